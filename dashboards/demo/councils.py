"""Screening councils of the demo county: one of the station and one of the county with results, one that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.workdays import local_date
from dashboards.demo.people import COUNTY, HOME_STATION, HOME_UNIT, People
from projects import workflow
from projects.council import asking, closing, preparing, scoring
from projects.council.models import AgendaItem, Council
from projects.council.states import QUESTIONS, Result, Verdict
from projects.models import ProjectIdea
from projects.states import Source
from stations.models import Category, Region, Representative, Station, Unit

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """A pooled idea: its words, whom it serves, what the meeting decided and why."""

    body: str
    title: str
    summary: str
    benefit: str
    result: str = ""
    reason: str = ""


STATION = (
    Wish(
        "社区门口过马路没有斑马线，接孩子的时候很险。", "东街社区门口画斑马线、装提示灯",
        "在东街社区门口画斑马线，装黄闪提示灯。", "社区一千二百多人", Result.KEEP, "盼的人多，花钱少，两个月办得完。",
    ),
    Wish(
        "老街的石板路高低不平，下雨积水，想整条换新的。", "老街石板路整条换新", "老街六百米石板路重新铺。",
        "老街两百多户", Result.LATER, "要和下水管网一起改，等管网定了再上会。",
    ),
)  # fmt: skip
COUNTY_WISHES = (
    Wish(
        "几个乡镇的卫生院没有康复的地方，老人要跑县城。", "六个乡镇卫生院建康复室",
        "在六个乡镇卫生院各建一间康复室，配常用器材。", "六个乡镇四万多老人", Result.KEEP,
        "受益的人多，房子是现成的，一年里办得完。",
    ),
)  # fmt: skip
AHEAD = (
    Wish(
        "公园里天黑了没有灯，晚上不敢去走路。", "街心公园装路灯",
        "街心公园步道装二十四盏路灯。", "附近四个小区三千多人",
    ),
    Wish(
        "菜市场门口没有放电动车的地方，乱停堵路。", "菜市场门口建电动车停车棚",
        "菜市场北门建能停六十辆的车棚，带充电。",
        "赶集日两千多人",
    ),
)  # fmt: skip


def tell_councils(people: People, at: datetime) -> None:
    """Hold the three meetings; the open one waits for the demo representative's marks."""
    station = Station.objects.get(code=HOME_STATION)
    _hold(people, station, STATION, "洺南街道民生议事会", at - 6 * DAY, is_over=True)
    _hold(people, None, COUNTY_WISHES, "全县民生议事会", at - 4 * DAY, is_over=True)
    _hold(people, station, AHEAD, "洺南街道第二次民生议事会", at - DAY, is_over=False)


def _hold(
    people: People, station: Station | None, wishes: tuple[Wish, ...], title: str, at: datetime, *, is_over: bool
) -> None:
    actor = people.clerks[station.pk] if station else people.county
    region = station.region if station else Region.objects.get(pk=COUNTY)
    invited = list(preparing.invitable(station, region.pk)[:9])
    words = preparing.Plan(title, local_date(at), "二楼会议室", "人大代表联络站站长", invited)
    council = preparing.plan(actor=actor, at=at, station=station, region=region, plan=words)
    items = [_item(council, wish, region, at) for wish in wishes]
    _ask(people, council, items[0], at, is_answered=is_over)
    preparing.open_council(council.pk, actor=actor, at=at + HOUR)
    _score(council, items, invited, at + 2 * HOUR, leaves_out="" if is_over else "rep")
    if is_over:
        said = {item.pk: closing.Decision(wish.result, wish.reason) for item, wish in zip(items, wishes, strict=True)}
        closing.close(council.pk, actor=actor, at=at + 5 * HOUR, decisions=said)


def _item(council: Council, wish: Wish, region: Region, at: datetime) -> AgendaItem:
    actor = council.created_by
    said = workflow.Wish(body=wish.body, region=region, source=Source.PAPER)
    idea: ProjectIdea = workflow.propose(actor=actor, at=at - DAY, wish=said)
    category = Category.objects.filter(children=None).order_by("position", "id").first()
    workflow.pool(idea.pk, actor=actor, at=at - DAY + HOUR, title=wish.title, summary=wish.summary, category=category)
    item = preparing.add(council.pk, actor=actor, at=at, idea_id=idea.pk)
    answers = dict.fromkeys([name for name, _ in QUESTIONS], ("YES", "")) | {"benefits_many": ("YES", wish.benefit)}
    preparing.check(council.pk, actor=actor, at=at, item_id=item.pk, answers=answers)
    return item


def _ask(people: People, council: Council, item: AgendaItem, at: datetime, *, is_answered: bool) -> None:
    """Ask the demo unit; the open meeting still waits for its word."""
    unit = Unit.objects.get(code=HOME_UNIT)
    asked = asking.ask(council.pk, actor=council.created_by, at=at, item_id=item.pk, unit=unit)
    if is_answered:
        asking.answer(
            asked.pk, actor=people.handlers[unit.pk], at=at + HOUR, verdict=Verdict.IF,
            words="位置合适，要先和供电、交警对一下地下管线。", cost=Decimal("18.5"),
        )  # fmt: skip


def _score(
    council: Council, items: list[AgendaItem], invited: list[Representative], at: datetime, leaves_out: str
) -> None:
    """Give marks that differ a little from one to the next; whoever has no account wrote on paper."""
    for number, person in enumerate(invited):
        if person.user is not None and person.user.username == leaves_out:
            continue
        marks = {
            item.pk: {
                "need": 5 - (number + place) % 2,
                "benefit": 4 + number % 2,
                "feasibility": 3 + (number * 2 + place) % 3,
                "cost": 2 + (number + place) % 3,
            }
            for place, item in enumerate(items)
        }  # fmt: skip
        if person.user is not None:
            scoring.score(council.pk, actor=person.user, at=at, marks=marks)
        else:
            scoring.enter(council.pk, actor=council.created_by, at=at, representative_id=person.pk, marks=marks)
