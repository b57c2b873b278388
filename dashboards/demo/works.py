"""Projects of the demo county that stand on the yearly list: one at each step from the list to the second verdict."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from accounts.models import User
from core.workdays import local_date
from dashboards.demo.people import COUNTY, HOME_STATION, HOME_UNIT, People
from dashboards.demo.pictures import draw
from projects import workflow
from projects.models import ProjectIdea
from projects.polls import workflow as polls
from projects.polls.models import Face, Poll
from projects.polls.workflow import Answers
from projects.states import Source, State
from projects.works import inspecting, planning, reporting
from projects.works.models import Work
from projects.works.planning import Plan, Step
from stations.models import Category, Region, Representative, Station, Unit

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOT_BEGUN = (State.ADOPTED, State.BALLOTED, State.SHELVED)
ASKED = ("好用不好用", "离家近不近")


@dataclass(frozen=True)
class Build:
    """One project: its words, its plan by days before today, how far each milestone is, and what the poll came to."""

    body: str
    title: str
    summary: str
    unit: str
    funds: str
    people: int
    place: str
    steps: tuple[tuple[str, int, int, int], ...]  # title, days from today, weight, percent
    state: str
    voices: tuple[int, int, int] = (0, 0, 0)
    is_county: bool = False
    photo: str = ""


BUILDS = (
    Build(
        "二中门口车多，学生过马路挤成一团，盼着修个天桥。", "县二中门口建过街天桥",
        "在县二中门口建一座过街天桥，四千多师生上下学走天桥。", HOME_UNIT, "460", 4200, "县二中南门",
        (("定好设计和施工队", 40, 20, 0), ("桥墩立起来", 110, 50, 0), ("装好栏杆和灯", 150, 30, 0)),
        State.ADOPTED, is_county=True,
    ),
    Build(
        "老城区的水管三天两头坏，水又黄又小，盼着换新的。", "老城区六条街换自来水管",
        "老城区六条街换七公里新水管，六千多户水量水质都能上去。", "shuili", "820", 21000, "老城区六条街",
        (("备好管材", -60, 10, 100), ("三条街换完", -20, 40, 70), ("六条街全换完", 45, 50, 10)),
        State.BUILDING, is_county=True, photo="gy-shui",
    ),
    Build(
        "东街没有地方停车，路两边停满了，救护车都进不来。", "东街空地建停车场",
        "东街老粮库空地建一百二十个车位，头半小时不收钱。", HOME_UNIT, "96.5", 3600, "东街老粮库",
        (("拆掉旧围墙", -30, 20, 100), ("铺好地面", 25, 50, 45), ("画线装灯", 60, 30, 0)),
        State.BUILDING, photo="jt-",
    ),
    Build(
        "社区老人多，中午没处吃饭，盼着办个食堂。", "友谊社区办养老食堂",
        "友谊社区一楼办养老食堂，六十岁以上八块钱一荤一素一汤。", HOME_UNIT, "38", 900, "友谊社区服务中心一楼",
        (("腾房子、装厨房", -50, 60, 100), ("试着开张", -12, 40, 100)), State.COMPLETED, (9, 2, 0),
    ),
    Build(
        "卫生室没有暖气，冬天打针冻得手抖。", "洺南卫生室装暖气",
        "街道四个卫生室装暖气、换门窗。", HOME_UNIT, "21", 2600, "四个卫生室",
        (("换好门窗", -120, 40, 100), ("暖气试烧", -100, 60, 100)), State.EVALUATED, (14, 3, 1),
    ),
    Build(
        "背街小巷一下雨就是泥，走路要绕着走。", "三条背街小巷铺路面",
        "北关三条小巷铺水泥路面，两边修排水沟。", HOME_UNIT, "54", 1500, "北关三条小巷",
        (("挖好排水沟", -110, 40, 100), ("铺完路面", -90, 60, 100)), State.RECTIFYING, (6, 2, 8),
    ),
    Build(
        "村卫生室夜里没有人，急病要跑十几里到镇上，盼着村里有急救的。", "三十个村卫生室配急救设备",
        "三十个村卫生室配除颤仪和氧气，村医学会用。", HOME_UNIT, "186", 42000, "三十个行政村",
        (("买好设备", 30, 40, 0), ("村医都学会用", 70, 60, 0)), State.BALLOTED, is_county=True,
    ),
    Build(
        "县里没有像样的体育馆，下雨天没处打球。", "县城建室内球馆",
        "县城建一座有四片场地的室内球馆。", HOME_UNIT, "1280", 9000, "县城新区",
        (("定好设计", 30, 20, 0), ("主体封顶", 160, 80, 0)), State.SHELVED, is_county=True,
    ),
)  # fmt: skip
TO_CHOOSE_FROM = BUILDS[-2:]  # stand on the list until the representatives choose one; see ballots.py


def tell_works(people: People, at: datetime) -> None:
    """Bring each as far as it says, every step at its own time."""
    station = Station.objects.select_related("region").get(code=HOME_STATION)
    luck = Random(28)  # noqa: S311 - a demo must be the same each time, not secret
    for build in BUILDS:
        number = _place(build)
        idea = _listed(build, people, station, at - (190 - number) * DAY)
        work = _adopted(build, idea, people, at - (150 - number) * DAY)
        if build.state in NOT_BEGUN:
            continue
        _built(build, work, people, luck, at)
        if build.is_county:
            _slipped(work, people, at)
        elif build.state == State.BUILDING:
            _looked_at(work, luck, at - 2 * DAY)
        if build.state != State.BUILDING:
            _judged(build, work, people.clerks[station.pk], at)


def _listed(build: Build, people: People, station: Station, at: datetime) -> ProjectIdea:
    region = Region.objects.get(pk=COUNTY) if build.is_county else station.region
    said = workflow.Wish(body=build.body, region=region, source=Source.PAPER)
    idea: ProjectIdea = workflow.propose(actor=people.county, at=at, wish=said)
    category = Category.objects.filter(children=None).order_by("position", "id").first()
    words = {"title": build.title, "summary": build.summary, "category": category}
    workflow.pool(idea.pk, actor=people.county, at=at + DAY, **words)
    for voice in range(5 + len(build.body) % 7):
        workflow.second(idea.pk, at=at + 2 * DAY + voice * HOUR, device=f"demo-{idea.pk}-{voice}")
    workflow.screen(idea.pk, actor=people.county, at=at + 12 * DAY, reason="盼的人多，花得起，一年里办得完。")
    workflow.enlist(idea.pk, actor=people.county, at=at + 20 * DAY, reason="议定了，写进给政府的清单。")
    return idea


def _adopted(build: Build, idea: ProjectIdea, people: People, at: datetime) -> Work:
    today = local_date(at)
    days = [local_date(at + DAY)] + [_day(build, number, at) for number in range(len(build.steps))]
    begins = days[1] - 20 * DAY if build.state in NOT_BEGUN else min(today, *days)
    plan = Plan(
        unit=Unit.objects.get(code=build.unit), leader_post="分管副县长" if build.is_county else "街道办事处主任",
        scope=build.summary, funds=Decimal(build.funds), funds_source="县财政", beneficiaries=build.people,
        place=build.place, starts_on=begins, ends_on=max(days),
        steps=[Step(step[0], day, step[2]) for step, day in zip(build.steps, days[1:], strict=True)],
    )  # fmt: skip
    return planning.adopt(idea.pk, actor=people.county, at=at, plan=plan)


def _place(build: Build) -> int:
    """Return how many days after the first one it came; those to choose from came on one day, and so in one year."""
    return BUILDS.index(TO_CHOOSE_FROM[0] if build in TO_CHOOSE_FROM else build)


def _day(build: Build, number: int, at: datetime) -> date:
    return local_date(at + (150 - _place(build) + build.steps[number][1]) * DAY)


def _built(build: Build, work: Work, people: People, luck: Random, at: datetime) -> None:
    """Begin it and let the unit report, first halfway, then as it stands."""
    handler = people.handlers[work.unit_id]
    begun = at - 140 * DAY
    planning.start(work.pk, actor=people.county, at=begun, day=local_date(begun))
    steps = list(work.milestones.all())
    halfway = {steps[0].pk: 60}
    reporting.report(work.pk, actor=handler, at=begun + 20 * DAY, words="人和材料都到了，开始干了。", percents=halfway)
    photos = [draw(luck, build.photo)] if build.photo else []
    now = {step.pk: told[3] for step, told in zip(steps, build.steps, strict=True)}
    last = at - 3 * DAY if build.state == State.BUILDING else at - (40 if build.state == State.COMPLETED else 85) * DAY
    reporting.report(
        work.pk, actor=handler, at=last, words="按节点往前赶，附近的住户都打了招呼。", percents=now, photos=photos
    )
    if build.state != State.BUILDING:
        reporting.complete(work.pk, actor=people.county, at=last + DAY, day=local_date(last + DAY))


def _slipped(work: Work, people: People, at: datetime) -> None:
    """Give the late milestone another day, with its reason; the first day stays."""
    rows = list(work.milestones.all())
    steps = [Step(row.title, row.due_on, row.weight, row.pk) for row in rows]
    steps[1] = Step(rows[1].title, local_date(at + 15 * DAY), rows[1].weight, rows[1].pk)
    kept = Work.objects.select_related("unit").get(pk=work.pk)
    names = ("unit", "leader_post", "scope", "funds", "funds_source", "beneficiaries", "place", "starts_on", "ends_on")
    plan = Plan(**{name: getattr(kept, name) for name in names}, steps=steps)
    reason = "老管线图纸对不上，多挖了两段，工期往后延。"
    planning.change_plan(work.pk, actor=people.county, at=at - 10 * DAY, plan=plan, reason=reason)


def _looked_at(work: Work, luck: Random, at: datetime) -> None:
    """Let the demo representative go and look; what he found is a matter."""
    rep = Representative.objects.select_related("user").get(user__username="rep")
    inspecting.inspect(
        work.pk, actor=rep.user, at=at, day=local_date(at), people=f"{rep.name}等三位代表",
        words="地面平整，围挡齐全。", findings=("出口朝着小学，放学的时候要有人看着。",), photos=[draw(luck, "jt-")],
        client_key=UUID(int=work.pk),
    )  # fmt: skip


def _judged(build: Build, work: Work, clerk: User, at: datetime) -> None:
    """Ask the people; one poll still runs, the others came to a verdict."""
    runs = build.state == State.COMPLETED
    opened = at - (5 if runs else 60) * DAY
    poll = polls.open_poll(work.pk, actor=clerk, at=opened, closes_on=local_date(opened + 10 * DAY), questions=ASKED)
    _speak(poll, build.voices, opened + HOUR)
    if not runs:
        polls.evaluate(poll.pk, actor=clerk, at=opened + 11 * DAY)


def _speak(poll: Poll, voices: tuple[int, int, int], at: datetime) -> None:
    said = [face for face, number in zip((Face.GOOD, Face.FAIR, Face.BAD), voices, strict=True) for _ in range(number)]
    for number, face in enumerate(said):
        polls.speak_by_device(poll.pk, at=at, said=Answers(face), device=f"demo-{poll.pk}-{number}")
