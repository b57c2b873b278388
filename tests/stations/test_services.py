"""Who answers for a station, who serves there, and what may be changed on its page."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry, RoleGrant
from core.workdays import local_date
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from stations import services
from stations.models import Representative, Service, Station, Venue
from tests.world import START, World

TODAY = local_date(START)


def revoke(*names: str) -> None:
    RoleGrant.objects.filter(user__username__in=names).update(revoked_at=START)


def contactless(world: World) -> Station:
    world.station.contact = None
    world.station.save()
    return world.station


def test_the_named_contact_answers(world: World) -> None:
    assert services.first_contact_for(world.station) == world.clerk


def test_without_one_any_staff_of_the_station(world: World) -> None:
    assert services.first_contact_for(contactless(world)) == world.clerk


def test_then_the_town_then_the_county(world: World) -> None:
    station = contactless(world)
    revoke("clerk")
    assert services.first_contact_for(station) == world.town_staff
    revoke("town_staff")
    assert services.first_contact_for(station) == world.county_staff


def test_a_disabled_contact_does_not_answer(world: World) -> None:
    world.clerk.is_active = False
    world.clerk.save()
    station = Station.objects.get(pk=world.station.pk)
    assert services.first_contact_for(station) == world.town_staff


def test_nobody_left_is_said_in_words(world: World) -> None:
    station = contactless(world)
    revoke("clerk", "town_staff", "county_staff")
    with pytest.raises(VerbError, match="还没有工作人员"):
        services.first_contact_for(station)


@pytest.mark.parametrize("name", ["clerk", "town_staff", "county_staff"])
def test_staff_change_facts(world: World, name: str) -> None:
    services.change_station(world.station.pk, actor=world.users[name], at=START, facts={"head": "安可期"})
    assert Station.objects.get(code="mingnan").head == "安可期"
    line = AuditEntry.objects.get(action="station_changed")
    assert (line.subject, line.detail) == ("station:mingnan", {"what": "站长"})


@pytest.mark.parametrize("name", ["other_clerk", "leader", "rep", "grid", "handler", "admin"])
def test_others_change_nothing(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.change_station(world.station.pk, actor=world.users[name], at=START, facts={"head": "安可期"})


@pytest.mark.parametrize("name", ["code", "region_id", "contact_id", "id"])
def test_what_hangs_on_a_station_cannot_be_changed_here(world: World, name: str) -> None:
    with pytest.raises(BadInput):
        services.change_station(world.station.pk, actor=world.clerk, at=START, facts={name: "x"})


def test_an_unchanged_station_leaves_no_line(world: World) -> None:
    services.change_station(world.station.pk, actor=world.clerk, at=START, facts={"name": world.station.name})
    assert not AuditEntry.objects.filter(action="station_changed").exists()


def test_a_venue_moves_instead_of_doubling(world: World) -> None:
    for place in ("一楼", "二楼", "二楼"):
        services.arrange(
            world.station.pk, actor=world.clerk, at=START, places={"EXPRESS_WINDOW": place}, hours={"LEGAL": None}
        )
    assert [venue.place for venue in Venue.objects.filter(station=world.station)] == ["二楼"]
    assert not world.station.posts.filter(is_active=True).exists()
    assert AuditEntry.objects.filter(action="station_changed").count() == 2


def test_an_unknown_kind_of_venue_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="BALLROOM"):
        services.arrange(world.station.pk, actor=world.clerk, at=START, places={"BALLROOM": "一楼"}, hours={})


def test_a_representative_and_his_mandates(world: World) -> None:
    person = services.create_representative(" 田有声 ", phone="138 0000 1234", occupation="教师")
    assert (person.name, person.phone) == ("田有声", "13800001234")
    first = services.give_mandate(person, "COUNTY", term=16, started_on=date(2022, 3, 1), region=world.town)
    services.give_mandate(person, "TOWNSHIP", term=12, started_on=date(2022, 3, 1))
    assert services.give_mandate(person, "COUNTY", term=16, started_on=date(2024, 1, 1)) == first
    assert person.mandates.count() == 2


@pytest.mark.parametrize(("name", "phone", "field"), [("  ", "", "name"), ("田有声", "12", "phone")])
def test_bad_particulars_are_said_at_their_field(world: World, name: str, phone: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        services.create_representative(name, phone=phone)
    assert refused.value.field == field


def test_coming_twice_is_coming_once(world: World) -> None:
    person = services.create_representative("田有声")
    first = services.begin_service(world.station.pk, person.pk, actor=world.clerk, at=START)
    again = services.begin_service(world.station.pk, person.pk, actor=world.clerk, at=START + timedelta(days=3))
    assert (first, first.since) == (again, TODAY)
    assert AuditEntry.objects.filter(action="service_begun").count() == 1


def test_one_who_left_may_come_back(world: World) -> None:
    service = Service.objects.get()
    services.end_service(service.pk, actor=world.clerk, at=START)
    assert not Representative.objects.serving(world.station).exists()
    services.begin_service(world.station.pk, service.representative_id, actor=world.clerk, at=START)
    assert Representative.objects.serving(world.station).count() == 1
    assert Service.objects.count() == 2, "the earlier time stays on record"


def test_leaving_twice_is_refused(world: World) -> None:
    service = Service.objects.get()
    services.end_service(service.pk, actor=world.clerk, at=START)
    with pytest.raises(WrongState):
        services.end_service(service.pk, actor=world.clerk, at=START)


def test_only_staff_appoint(world: World) -> None:
    service = Service.objects.get()
    for name in ("other_clerk", "leader", "rep"):
        with pytest.raises(NotAllowed):
            services.end_service(service.pk, actor=world.users[name], at=START)
        with pytest.raises(NotAllowed):
            services.begin_service(world.station.pk, service.representative_id, actor=world.users[name], at=START)
