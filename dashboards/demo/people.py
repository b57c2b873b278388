"""Accounts, representatives and entry codes of the demo county."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Role, RoleGrant, User
from core.portraits import NAMES
from dashboards.demo import texts
from stations.models import EntryCode, Mandate, Region, Representative, Service, Station, Unit

COUNTY = "411625"
HOME_STATION = "mingnan"
HOME_UNIT = "chengguan"
TERM = 16
REPRESENTATIVES_A_TOWN = 3
DEMO_ACCOUNTS = ("county", "leader", "town", "station", "rep", "grid", "unit", "admin", "security", "audit")
SHELLS = ("shuanglou", "baji")  # one without representatives, one without a head: the county sees what is missing
# Fixed so that the printed posters of a demo keep working; a real county's codes are drawn by chance.
CODES = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class People:
    """Who acts in the demo's stories."""

    clerks: dict[int, User]
    handlers: dict[int, User]
    county: User


def seed_people(at: datetime, password: str, luck: Random) -> People:
    """Write everybody who signs in, and the representatives; the demo accounts share one password."""
    started = at - timedelta(days=400)
    stations, units = list(Station.objects.select_related("region")), list(Unit.objects.all())
    clerks = {row.pk: _clerk(row, started, luck) for row in stations}
    handlers = {row.pk: _handler(row, started, luck) for row in units}
    county = _account("county", "安如磐", started, (Role.COUNTY_STAFF, {"region_code": COUNTY}))
    _account("leader", "顾长河", started, (Role.COUNTY_LEADER, {"region_code": COUNTY}))
    _account("town", "陆守田", started, (Role.TOWN_STAFF, {"region_code": "411625001"}))
    _account("grid", "苗谷雨", started, (Role.GRID_WORKER, {"region_code": "411625001005"}))
    _account("admin", "程慎行", started, (Role.SYSTEM_ADMIN, {"region_code": COUNTY}))
    _account("security", "白清和", started, (Role.SECURITY_ADMIN, {"region_code": COUNTY}))
    _account("audit", "严明礼", started, (Role.AUDIT_ADMIN, {"region_code": COUNTY}))
    _representatives(stations, started, luck)
    _codes(stations, started, luck)
    set_passwords(password)
    return People(clerks, handlers, county)


def set_passwords(password: str) -> None:
    """Give the demo accounts one password, hashed once: hashing ten times would take seconds at every start."""
    User.objects.filter(username__in=DEMO_ACCOUNTS).update(password=make_password(password))


def _account(username: str, name: str, at: datetime, grant: tuple[str, dict[str, str]]) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, name=name, created_at=at)
        user.set_unusable_password()
        user.save()
    role, scope = grant
    RoleGrant.objects.get_or_create(user=user, role=role, revoked_at=None, **scope, defaults={"granted_at": at})
    user.forget_grants()
    return user


def _name(luck: Random) -> str:
    return luck.choice(texts.FAMILY) + luck.choice(texts.GIVEN)


def _clerk(station: Station, at: datetime, luck: Random) -> User:
    is_home = station.code == HOME_STATION
    username, name = ("station", "安可期") if is_home else (f"zd-{station.code}", _name(luck))
    user = _account(username, name, at, (Role.STATION_STAFF, {"station_code": station.code}))
    station.contact = user
    station.save(update_fields=["contact"])
    return user


def _handler(unit: Unit, at: datetime, luck: Random) -> User:
    username, name = ("unit", "周新禾") if unit.code == HOME_UNIT else (f"dw-{unit.code}", _name(luck))
    return _account(username, name, at, (Role.UNIT_HANDLER, {"unit_code": unit.code}))


def _representatives(stations: list[Station], at: datetime, luck: Random) -> None:
    if Representative.objects.exists():
        return
    Station.objects.filter(code=SHELLS[1]).update(head="")
    for station in stations:
        if station.code == SHELLS[0]:
            continue
        is_town = station.region.level == Region.Level.TOWNSHIP
        for number in range(REPRESENTATIVES_A_TOWN if is_town else 1):
            is_demo = station.code == HOME_STATION and number == 0
            person = Representative.objects.create(
                name="麦知秋" if is_demo else _name(luck),
                occupation=luck.choice(texts.JOBS),
                portrait=NAMES[0 if is_demo else (station.pk * 7 + number) % len(NAMES)],
            )
            if is_demo:
                grant = (Role.REPRESENTATIVE, {"region_code": station.region_id})
                person.user = _account("rep", person.name, at, grant)
                person.save(update_fields=["user"])
            level = Mandate.Level.COUNTY if number == 0 else Mandate.Level.TOWNSHIP
            Mandate.objects.create(
                representative=person, level=level, term=TERM, region=station.region, started_on=date(2022, 3, 1)
            )
            Service.objects.create(station=station, representative=person, since=at.date())


def _codes(stations: list[Station], at: datetime, luck: Random) -> None:
    if EntryCode.objects.exists():
        return
    for station in stations:
        _code(station, "STATION", "站点门口", at, luck)
        _code(station, "WINDOW", "代表民意直通车窗口", at, luck)
        for village in Region.objects.inside(station.region_id).villages()[:2]:
            _code(station, "PLACE", f"{village.short_name}公示栏", at, luck, region=village)


def _code(
    station: Station, kind: str, label: str, at: datetime, luck: Random, *, region: Region | None = None
) -> EntryCode:
    return EntryCode.objects.create(
        code="".join(luck.choice(CODES) for _ in range(8)),
        kind=kind,
        station=station,
        region=region,
        label=label,
        location=region.short_name if region else "",
        created_at=at,
    )
