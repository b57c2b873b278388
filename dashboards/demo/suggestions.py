"""Formal suggestions of the demo county, one at every stage, resting on the matters that the year left behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from core.workdays import end_of_day, local_date
from dashboards.demo.people import HOME_STATION, People
from opinions.models import FormalSuggestion, Opinion
from opinions.suggestions import workflow
from stations.models import Representative, Station, Unit

DAY = timedelta(days=1)
FULL = 5  # matters behind each


@dataclass(frozen=True)
class Theme:
    """One paper: what it asks for, the categories of its matters, who leads, how far it has come and how long ago."""

    title: str
    why: str
    analysis: str
    proposal: str
    categories: tuple[str, ...]
    unit: str
    helpers: tuple[str, ...]
    days_ago: int
    stage: str


THEMES = (
    Theme(
        "关于把路灯管到村口路口的建议",
        "今年来，群众多次反映路口、村口的路灯不亮，晚上孩子下自习、老人出门摸黑走路。",
        "路灯建设时由几家出钱，坏了以后没有一家认领，报修电话打来打去。",
        "一、明确一家单位管到底。\n二、在灯杆上贴报修电话。\n三、把老化的电缆列入明年计划更换。",
        ("sr-ludeng", "gy-dian"), "chengguan", ("gongdian",), 150, "closed",
    ),
    Theme(
        "关于雨天排水不畅路段整治的建议",
        "每到汛期，几处路口积水没过脚脖子，学生上学绕路，沿街门面进水。",
        "支管多年没有清淤，雨水口被落叶和泥沙堵住，城管和水利管护界线不清。",
        "一、汛前把支管清一遍。\n二、写清哪一段归谁管。\n三、积水多的路口加雨水口。",
        ("sr-paishui", "sl-hedao"), "chengguan", ("shuili",), 112, "late",
    ),
    Theme(
        "关于改善农村客运和村村通道路的建议",
        "群众反映有的村道坑洼，班车少，老人进城看病不方便。",
        "村道修了多年没有养护，班车线路沿用十年前的安排。",
        "一、排查坑洼路段，分批修。\n二、按赶集日加开班车。",
        ("jt-",), "jiaotong", (), 60, "extended",
    ),
    Theme(
        "关于垃圾清运做到日产日清的建议",
        "几个社区的垃圾桶满了没人收，夏天气味大、苍蝇多。",
        "清运车一车管几个片区，节假日人手少。",
        "一、公布每个点的清运时间。\n二、节假日排班。\n三、给群众一个能打通的电话。",
        ("sr-laji", "ny-huanjing", "sr-zhandao"), "chengguan", (), 75, "replied",
    ),
    Theme(
        "关于加强学校门口交通秩序的建议",
        "上学放学时校门口车多人多，家长和老师都担心。",
        "没有固定的接送区，电动车、三轮车、汽车挤在一起。",
        "一、划出接送区。\n二、上下学时段有人值守。",
        ("jt-", "jy-"), "jiaotong", (), 20, "accepted",
    ),
    Theme(
        "关于稳定村里自来水供水的建议",
        "有的村早晚水压低，有时发黄，群众要接水沉一沉再用。",
        "管网老，用水高峰压力不够，停水也不提前说。",
        "一、更换老管。\n二、停水提前一天告诉到户。",
        ("sl-gongshui", "gy-"), "shuili", (), 6, "submitted",
    ),
    Theme(
        "关于规范小区物业收费的建议",
        "几个小区反映收费项目说不清，维修不及时。",
        "",
        "一、收费项目上墙公示。",
        ("zf-",), "zhujian", (), 2, "draft",
    ),
)  # fmt: skip
LETTER = (
    "您提出的建议收到后，我们和您见了面，到现场看了三次。\n需要马上办的已经办好，其余的排进了计划，管护责任写进了单位职责。\n"
    "感谢您对我们工作的关心和支持。"
)
WAITS = "要和交通、财政一起排明年的项目，县里下个月才开会定。"


def tell_suggestions(people: People, at: datetime) -> None:
    """Write every theme as far as its stage says; a county without the unit or the matters simply has fewer."""
    station = Station.objects.get(code=HOME_STATION)
    author = Representative.objects.get(user__username="rep")
    for theme in THEMES:
        unit = Unit.objects.filter(code=theme.unit).first() or Unit.objects.get(code="chengguan")
        started = _office_hour(at - theme.days_ago * DAY)
        matters = _matters(station, theme, started)
        if matters:
            _tell(theme, station, author, people, unit, matters, started)


def _office_hour(at: datetime) -> datetime:
    return end_of_day(local_date(at)) - timedelta(hours=8)


def _matters(station: Station, theme: Theme, before: datetime) -> Sequence[int]:
    """Return matters of the home station and this kind, at rest by then where there are any, behind no other paper."""
    of_kind = Q()
    for prefix in theme.categories:
        of_kind |= Q(category__code__startswith=prefix)
    free = Opinion.objects.filter(of_kind, station=station, created_at__lt=before, suggested_in=None)
    usable = free.exclude(state__in=["WITHDRAWN", "DECLINED"]).order_by("-created_at", "-pk")
    at_rest = list(usable.filter(changed_at__lt=before).values_list("pk", flat=True)[:FULL])
    return at_rest or list(usable.values_list("pk", flat=True)[:FULL])


def _tell(
    theme: Theme, station: Station, author: Representative, people: People, unit: Unit, matters: Sequence[int],
    started: datetime,
) -> None:  # fmt: skip
    rep, clerk = author.user, people.clerks[station.pk]
    if rep is None:
        return
    row = workflow.draft(
        actor=rep, at=started, station=station, representative=author, title=theme.title, why=theme.why,
        analysis=theme.analysis, proposal=theme.proposal, opinion_ids=matters,
    )  # fmt: skip
    _sign(row, rep, clerk, started + timedelta(hours=1))
    if theme.stage == "draft":
        return
    workflow.submit(row.pk, actor=rep, at=started + 1 * DAY)
    if theme.stage == "submitted":
        return
    workflow.accept(row.pk, actor=people.county, at=started + 2 * DAY)
    if theme.stage != "accepted":
        _handled(theme, row, rep, people, unit, started)


def _sign(row: FormalSuggestion, rep: User, clerk: User, at: datetime) -> None:
    """Ask two colleagues; they have no account, so the station writes down what one of them said."""
    others = Representative.objects.filter(services__station=row.station, services__until=None).exclude(user=rep)
    for number, person in enumerate(others.order_by("pk")[:2]):
        workflow.invite(row.pk, actor=rep, at=at, representative=person)
        if number == 0:
            signer = row.cosigners.get(representative=person)
            workflow.answer_invitation(
                row.pk, actor=clerk, at=at + timedelta(minutes=20), cosigner_id=signer.pk, agrees=True,
                how="打电话说的，同意联名",
            )  # fmt: skip


def _handled(theme: Theme, row: FormalSuggestion, rep: User, people: People, unit: Unit, started: datetime) -> None:
    helpers = list(Unit.objects.filter(code__in=theme.helpers))
    handed, handler = started + 4 * DAY, people.handlers[unit.pk]
    demand = "请先和代表见一面，再书面答复。"
    workflow.assign(row.pk, actor=people.county, at=handed, lead=unit, co_units=helpers, demand=demand)
    if theme.stage == "extended":
        workflow.request_extension(row.pk, actor=handler, at=handed + 30 * DAY, months=2, reason=WAITS)
    elif theme.stage != "late":
        workflow.reply(row.pk, actor=handler, at=handed + 55 * DAY, body=LETTER, outcome="A")
    if theme.stage == "closed":
        workflow.judge(
            row.pk, actor=rep, at=handed + 58 * DAY, satisfaction="DISSATISFIED", comment="东边两个路口还是不亮。"
        )
        workflow.reply(row.pk, actor=handler, at=handed + 90 * DAY, body="东边两个路口的灯也修好了。", outcome="A")
        workflow.judge(row.pk, actor=rep, at=handed + 93 * DAY, satisfaction="SATISFIED", comment="都看过了，亮了。")
