"""Writes over stations that change no workflow: who answers, who serves, what a station's page says."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import rules
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import Role, RoleGrant, User
from core.text import clean_phone
from core.workdays import local_date
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from stations.models import Mandate, Region, Representative, Service, ServicePost, Station, Venue

FACTS = (
    "name",
    "service_center",
    "address",
    "phone",
    "opening_hours",
    "first_responsible",
    "head",
    "deputy_head",
    "contact",
    "is_active",
)


def may_be_contact(station: Station) -> "QuerySet[User]":
    """Who can be named to answer first at a station: its own staff and its town's, with accounts that work."""
    above = [station.region_id[:length] for length in (9, 12)]
    held = RoleGrant.objects.filter(
        Q(role=Role.STATION_STAFF, station_code=station.code) | Q(role=Role.TOWN_STAFF, region_code__in=above),
        revoked_at=None,
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("name", "pk")


def first_contact_for(station: Station) -> User:
    """Return who answers for a message left at the station (首问).

    The named contact, else any of its staff, else the town's, else the county's. Raises VerbError when nobody is left.
    """
    if station.contact is not None and station.contact.is_active:
        return station.contact
    above = [station.region_id[:length] for length in (4, 6, 9, 12)]
    for scope in (
        {"role": Role.STATION_STAFF, "station_code": station.code},
        {"role": Role.TOWN_STAFF, "region_code__in": above},
        {"role": Role.COUNTY_STAFF, "region_code__in": above},
    ):
        held = RoleGrant.objects.filter(revoked_at=None, user__is_active=True, **scope)
        grant = held.select_related("user").order_by("id").first()
        if grant is not None:
            return grant.user
    raise VerbError("这个站点还没有工作人员，请打站点的电话，或换一个站点。")


def refuse_unless(permission: str, actor: Any, station: Station) -> None:
    """Raise NotAllowed unless the actor holds `permission` for this station."""
    if not rules.has_perm(permission, actor, station):
        raise NotAllowed("这个站点不归您管，请找本站点或上级的工作人员。")


@transaction.atomic
def change_station(station_id: int, *, actor: Any, at: datetime, facts: Mapping[str, Any]) -> Station:
    """Write the facts of a station's page; other names than `FACTS` are refused. Leaves a line in the audit log."""
    station = Station.objects.select_for_update().get(pk=station_id)
    refuse_unless("stations.change_station", actor, station)
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise BadInput("有的内容不能在这里改。")
    changed = [name for name, value in facts.items() if getattr(station, name) != value]
    contact = facts.get("contact")
    if "contact" in changed and contact is not None and not may_be_contact(station).filter(pk=contact.pk).exists():
        raise BadInput("首问人要从本站点或乡镇的工作人员里选。", field="contact")
    for name in changed:
        setattr(station, name, facts[name])
    if changed:
        station.save(update_fields=changed)
        _note("station_changed", actor, at, station, {"what": "、".join(_names(changed))})
    return station


def _names(fields: list[str]) -> list[str]:
    return [str(Station._meta.get_field(name).verbose_name) for name in fields]


@transaction.atomic
def arrange(
    station_id: int, *, actor: Any, at: datetime, places: Mapping[str, str], hours: Mapping[str, str | None]
) -> None:
    """Say where each kind of venue is ("" = there is none), and when each service post sits (None = not offered)."""
    station = Station.objects.select_for_update().get(pk=station_id)
    refuse_unless("stations.change_station", actor, station)
    before = _arrangement(station)
    for kind, place in places.items():
        rows = Venue.objects.filter(station=station, kind=Venue.Kind(kind).value)
        if not place:
            rows.delete()
        elif not rows.filter(place=place).exists():
            rows.delete()
            Venue.objects.create(station=station, kind=kind, place=place)
    for kind, when in hours.items():
        ServicePost.objects.update_or_create(
            station=station,
            kind=ServicePost.Kind(kind).value,
            defaults={"hours": when or "", "is_active": when is not None},
        )
    if _arrangement(station) != before:
        _note("station_changed", actor, at, station, {"what": "场所和服务岗"})


def _arrangement(station: Station) -> tuple[set[Any], set[Any]]:
    return (
        set(station.venues.values_list("kind", "place")),
        set(station.posts.values_list("kind", "hours", "is_active")),
    )


def create_representative(
    name: str, *, user: User | None = None, phone: str = "", occupation: str = ""
) -> Representative:
    """Write a representative. Raises BadInput for a missing name or an unusable telephone number."""
    if not name.strip():
        raise BadInput("请填代表的姓名。", field="name")
    try:
        number = clean_phone(phone)
    except ValueError as error:
        raise BadInput(str(error), field="phone") from error
    return Representative.objects.create(name=name.strip(), user=user, phone=number, occupation=occupation.strip())


def give_mandate(
    person: Representative,
    level: str,
    *,
    term: int,
    started_on: date,
    constituency: str = "",
    region: Region | None = None,
) -> Mandate:
    """Write a mandate; the same level and term again returns the one that is there."""
    defaults = {"started_on": started_on, "constituency": constituency, "region": region}
    return Mandate.objects.get_or_create(representative=person, level=level, term=term, defaults=defaults)[0]


@transaction.atomic
def begin_service(station_id: int, representative_id: int, *, actor: Any, at: datetime) -> Service:
    """Let a representative serve at a station from today on; again changes nothing."""
    station = Station.objects.select_for_update().get(pk=station_id)
    refuse_unless("stations.appoint_representative", actor, station)
    person = Representative.objects.get(pk=representative_id, is_active=True)
    service, is_new = Service.objects.get_or_create(
        station=station, representative=person, until=None, defaults={"since": local_date(at)}
    )
    if is_new:
        _note("service_begun", actor, at, station, {"what": f"representative:{person.pk}"})
    return service


@transaction.atomic
def end_service(service_id: int, *, actor: Any, at: datetime) -> Service:
    """Let a representative leave a station today. Raises WrongState when he has left already."""
    service = Service.objects.select_for_update(of=("self",)).select_related("station").get(pk=service_id)
    refuse_unless("stations.appoint_representative", actor, service.station)
    if service.until is not None:
        raise WrongState("这位代表已经不在本站点了，请刷新页面。")
    service.until = local_date(at)
    service.save(update_fields=["until"])
    _note("service_ended", actor, at, service.station, {"what": f"representative:{service.representative_id}"})
    return service


def _note(action: str, actor: Any, at: datetime, station: Station, detail: dict[str, Any]) -> None:
    audit.record(action, actor=actor, at=at, subject=f"station:{station.code}", detail=detail)
