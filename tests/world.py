"""A small county for tests: two towns, two stations, three units, and one account for each role.

`make_world()` writes real rows; `World.opinion(state)` brings a matter to a state through the verbs alone.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Role, RoleGrant, User
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from opinions.workflow import Message
from stations.models import Category, Region, Representative, Service, Station, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 25, 9, 41, tzinfo=SHANGHAI)  # a Wednesday, a working day
WORDS = "东街往王寨去的路口，三盏路灯从过年前就不亮了。晚上孩子下自习走这里，请帮忙问问归谁管。"
PASSWORD = "a long pass phrase 7"


def _user(username: str, name: str = "") -> User:
    user = User(username=username, name=name or username, created_at=START)
    user.set_password(PASSWORD)
    return user


def _grant(user: User, role: str, scope: dict[str, str]) -> RoleGrant:
    return RoleGrant(user=user, role=role, granted_at=START - timedelta(days=30), **scope)


def make_user(username: str, role: str = "", *, name: str = "", **scope: str) -> User:
    """Create an account, with one role and its scope when given."""
    user = _user(username, name)
    user.save()
    if role:
        _grant(user, role, scope).save()
    return user


@dataclass
class World:
    """Rows by their short names; `users` by role name."""

    county: Region
    town: Region
    village: Region
    other_town: Region
    station: Station
    other_station: Station
    unit: Unit
    co_unit: Unit
    other_unit: Unit
    category: Category
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return the account of that name: `world.clerk`."""
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def submit(self, *, at: datetime = START, station: Station | None = None, **message: Any) -> Opinion:
        """Send a resident's message."""
        message = {"body": WORDS, "region": self.village, "phone": "13800001234", "name": "田大山"} | message
        return workflow.submit(
            station=station or self.station, actor=RESIDENT, at=at, message=Message(**message), client_key=None
        )

    def opinion(self, state: str = State.SUBMITTED, *, at: datetime = START, outcome: str = "A") -> Opinion:
        """Bring a fresh matter to a state by the shortest road, a minute a step."""
        row = self.submit(at=at)
        for number, step in enumerate(self._road(state, outcome), 1):
            step(row.pk, at + timedelta(minutes=number))
        return Opinion.objects.get(pk=row.pk)

    def shared(self, *, at: datetime = START, is_signed: bool = True) -> Opinion:
        """Bring a fresh matter to 县城管局 as lead and 县供电公司 as co-handler, handed out by the county."""
        row = self.opinion(State.ACCEPTED, at=at)
        minute = timedelta(minutes=1)
        workflow.refer(row.pk, actor=self.clerk, at=at + 2 * minute, reason="要两个单位一起办")
        workflow.assign(
            row.pk, actor=self.county_staff, at=at + 3 * minute, lead=self.unit, co_units=[self.co_unit], demand="修好"
        )
        if is_signed:
            workflow.sign(row.pk, actor=self.handler, at=at + 4 * minute)
        return Opinion.objects.get(pk=row.pk)

    def _merge(self, pk: int, at: datetime) -> None:
        workflow.merge(pk, actor=self.clerk, at=at, lead_id=self.submit(at=at, name="", phone="").pk)

    def _road(self, state: str, outcome: str) -> list[Any]:
        promised = date(2026, 12, 1) if outcome in "BC" else None
        clerk, handler = self.clerk, self.handler

        def accept(pk: int, at: datetime) -> None:
            workflow.accept(pk, actor=clerk, at=at, category=self.category)

        def assign(pk: int, at: datetime) -> None:
            workflow.assign(pk, actor=clerk, at=at, lead=self.unit, demand="查明原因并修复")

        def sign(pk: int, at: datetime) -> None:
            workflow.sign(pk, actor=handler, at=at)

        def reply(pk: int, at: datetime) -> None:
            workflow.reply(pk, actor=handler, at=at, body="已修好", outcome=outcome, promised_on=promised)

        def approve(pk: int, at: datetime) -> None:
            workflow.approve_reply(pk, actor=clerk, at=at)

        def rate(pk: int, at: datetime) -> None:
            workflow.rate(pk, actor=RESIDENT, at=at, solved="YES", satisfaction="SATISFIED")

        def ask_return(pk: int, at: datetime) -> None:
            workflow.request_return(pk, actor=handler, at=at, legal_basis="职责清单第三条")

        def decline(pk: int, at: datetime) -> None:
            workflow.decline(pk, actor=clerk, at=at, reason="已进入诉讼。", where_to_go="县人民法院")

        def withdraw(pk: int, at: datetime) -> None:
            workflow.withdraw(pk, actor=RESIDENT, at=at)

        handled = [accept, assign, sign, reply, approve]
        roads = {
            State.SUBMITTED: [],
            State.ACCEPTED: handled[:1],
            State.ASSIGNED: handled[:2],
            State.RETURN_REQUESTED: [*handled[:2], ask_return],
            State.HANDLING: handled[:3],
            State.REPLIED: handled[:4],
            State.FED_BACK: handled,
            State.TRACKING: [*handled, rate],
            State.CLOSED: [*handled, rate],
            State.DECLINED: [decline],
            State.MERGED: [self._merge],
            State.WITHDRAWN: [withdraw],
        }
        return roads[State(state)]


def make_world() -> World:
    """Write the county and everybody in it."""
    county = Region.objects.create(code="411625", name="郸城县", short_name="郸城县", level="county")
    town = Region.objects.create(code="411625001", name="洺南街道", short_name="洺南街道", level="township")
    village = Region.objects.create(
        code="411625001005", name="东街社区居民委员会", short_name="东街社区", level="village"
    )
    other_town = Region.objects.create(code="411625101", name="吴台镇", short_name="吴台镇", level="township")
    units = Unit.objects.bulk_create(
        Unit(code=code, name=f"郸城{short}", short_name=short, region=county)
        for code, short in (("chengguan", "县城管局"), ("gongdian", "县供电公司"), ("shuili", "县水利局"))
    )
    top = Category.objects.create(code="shirong", name="市容环卫")
    category = Category.objects.create(
        code="ludeng", name="路灯照明", parent=top, usual_unit=units[0], keywords="路灯 灯不亮"
    )
    world = World(
        county=county,
        town=town,
        village=village,
        other_town=other_town,
        station=_station("mingnan", town),
        other_station=_station("wutai", other_town),
        unit=units[0],
        co_unit=units[1],
        other_unit=units[2],
        category=category,
    )
    _people(world)
    return world


def _station(code: str, region: Region) -> Station:
    return Station.objects.create(
        code=code,
        name=f"{region.name}融合站点",
        region=region,
        service_center=f"{region.name}党群服务中心",
        address="一楼",
        phone="0394-5550101",
        opening_hours="8:30–12:00 14:30–17:30",
    )


def _people(world: World) -> None:
    people = {
        "clerk": (Role.STATION_STAFF, {"station_code": "mingnan"}),
        "other_clerk": (Role.STATION_STAFF, {"station_code": "wutai"}),
        "town_staff": (Role.TOWN_STAFF, {"region_code": "411625001"}),
        "county_staff": (Role.COUNTY_STAFF, {"region_code": "411625"}),
        "leader": (Role.COUNTY_LEADER, {"region_code": "411625"}),
        "rep": (Role.REPRESENTATIVE, {"region_code": "411625001"}),
        "grid": (Role.GRID_WORKER, {"region_code": "411625001005"}),
        "handler": (Role.UNIT_HANDLER, {"unit_code": "chengguan"}),
        "co_handler": (Role.UNIT_HANDLER, {"unit_code": "gongdian"}),
        "other_handler": (Role.UNIT_HANDLER, {"unit_code": "shuili"}),
        "admin": (Role.SYSTEM_ADMIN, {"region_code": "411625"}),
        "security": (Role.SECURITY_ADMIN, {"region_code": "411625"}),
        "audit": (Role.AUDIT_ADMIN, {"region_code": "411625"}),
    }
    world.users = {user.username: user for user in User.objects.bulk_create(map(_user, people))}
    RoleGrant.objects.bulk_create(_grant(world.users[name], *role_and_scope) for name, role_and_scope in people.items())
    for station, user in ((world.station, "clerk"), (world.other_station, "other_clerk")):
        station.contact = world.users[user]
        station.save()
    person = Representative.objects.create(name="麦知秋", user=world.users["rep"])
    Service.objects.create(station=world.station, representative=person, since=date(2026, 1, 1))
