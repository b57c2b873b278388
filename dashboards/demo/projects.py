"""民生实事大家谈 of the demo county: one campaign, and ideas at each stage, each with its own voices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.workdays import local_date
from dashboards.demo.people import COUNTY, HOME_STATION, People
from opinions import consent
from opinions.actors import RESIDENT
from opinions.models import Opinion
from projects import workflow
from projects.models import ProjectIdea
from projects.states import Source
from stations.models import Category, EntryCode, Region, Representative, Station

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORDS = (
    "您盼着县里明年办成哪件事？修路、路灯、水、学校、看病、养老……一件就行。\n"
    "您提的，站点先看，代表商量，定下来的由政府办，办完请您来评。"
)


@dataclass(frozen=True)
class Wish:
    """One idea: the proposer's words, the public words once it is pooled, how many seconded it, why it was shelved."""

    body: str
    town: str  # the code of the place: a town, or the whole county
    category: str
    title: str = ""
    summary: str = ""
    voices: int = 0
    shelved: str = ""
    phone: str = ""


HOME = "411625001"
WISHES = (
    Wish(
        "东街小学门口那条路没有人行道，放学的时候孩子和汽车挤在一起，盼着修一条两米宽的人行道，再装几个减速带。",
        HOME, "jt-", "东街小学门口修人行道",
        "小学门口一百五十米修两米宽的人行道，装减速带，八百多个学生上学放学用得上。", 46,
        phone="13800000101",
    ),
    Wish(
        "菜市场旁边没有公厕，赶集的人上厕所要走一里地，老年人更不方便。",
        HOME, "sr-laji", "菜市场边建一座公厕", "在菜市场北门西侧建一座公厕，赶集日两千多人用得上，安排专人打扫。", 31,
    ),
    Wish(
        "村村都盼着装路灯，冬天天黑得早，老人孩子出门都摸黑。",
        COUNTY, "sr-ludeng", "主要村道装太阳能路灯",
        "在各乡镇人多的村道分批装太阳能路灯，先装学校、卫生室、村口。", 58,
    ),
    Wish(
        "想在河边修一条能散步的路，早晚走一走。",
        HOME, "jt-", "河边修一条步道", "沿河修一公里步道，种树、装灯。", 12,
        shelved="河道今年要清淤，等清完再修，免得修两次。",
    ),
    Wish(
        "我们社区六十多岁的人多，盼着有个能吃饭的地方，中午一荤一素就行，贵一点也愿意。",
        HOME, "mz-", phone="13800000102",
    ),
    Wish("学校西边那口塘年年有人掉下去，盼着围一圈栏杆。", HOME, "", phone="13800000103"),
)  # fmt: skip
SAME = "东街小学门口应该修人行道，孩子们放学和车抢路，太危险了。"
ON_PAPER = "南边几个村看病要跑到县城，盼着卫生院能做彩超。"
OWN = "下村走访，几位老人都说去县城的班车一天只有一趟，盼着赶集日加一趟。"


def tell_projects(people: People, at: datetime) -> None:
    """Open the campaign and bring each idea as far as it says."""
    station = Station.objects.get(code=HOME_STATION)
    today, started = local_date(at), at - 12 * DAY
    plan = workflow.Plan(
        today.year + 1, f"{today.year + 1} 年民生实事大家谈", WORDS, today - 20 * DAY, today + 40 * DAY
    )
    county = Region.objects.get(pk=COUNTY)
    workflow.open_campaign(region=county, actor=people.county, at=started - 8 * DAY, plan=plan)
    code = EntryCode.objects.create(
        code="MSSHXXAZ", kind=EntryCode.Kind.PROJECT, station=station, label="民生实事征集", created_at=started
    )
    made = [_tell(wish, people, station, code, started + number * HOUR) for number, wish in enumerate(WISHES)]
    _together(made[0], people, station, started + DAY)
    _from_the_desk(people, station, at - 2 * DAY)


def _tell(wish: Wish, people: People, station: Station, code: EntryCode, at: datetime) -> ProjectIdea:
    is_here = wish.town != COUNTY
    actor = people.clerks[station.pk] if is_here else people.county
    said = workflow.Wish(
        body=wish.body, region=Region.objects.get(pk=wish.town), entry_code=code if is_here else None, phone=wish.phone,
        consent_version=consent.VERSION,
    )  # fmt: skip
    idea = workflow.propose(actor=RESIDENT, at=at, wish=said)
    if wish.title:
        workflow.pool(
            idea.pk, actor=actor, at=at + DAY, title=wish.title, summary=wish.summary, category=_category(wish.category)
        )
    for voice in range(wish.voices):
        workflow.second(idea.pk, at=at + DAY + voice * HOUR, device=f"demo-{idea.pk}-{voice}")
    if wish.shelved:
        workflow.shelve(idea.pk, actor=actor, at=at + 4 * DAY, reason=wish.shelved)
    return idea


def _category(prefix: str) -> Category | None:
    leaves = Category.objects.filter(children=None).order_by("position", "id")
    return leaves.filter(code__startswith=prefix).first() or leaves.first()


def _together(lead: ProjectIdea, people: People, station: Station, at: datetime) -> None:
    """Somebody else wrote the same; the clerk put it under the first."""
    same = workflow.propose(
        actor=RESIDENT, at=at, wish=workflow.Wish(body=SAME, region=lead.region, consent_version=consent.VERSION)
    )
    workflow.merge(same.pk, actor=people.clerks[station.pk], at=at + HOUR, lead_id=lead.pk)


def _from_the_desk(people: People, station: Station, at: datetime) -> None:
    """One from a paper sheet, one by the representative, one from a matter of the home station."""
    clerk, rep = people.clerks[station.pk], Representative.objects.get(user__username="rep").user
    wishes = [(clerk, workflow.Wish(body=ON_PAPER, region=station.region, source=Source.PAPER))]
    if rep is not None:
        wishes.append((rep, workflow.Wish(body=OWN, region=station.region, source=Source.REPRESENTATIVE)))
    matter = Opinion.objects.filter(station=station, category__code__startswith="sr-paishui").order_by("pk").first()
    if matter is not None:
        of_matter = workflow.Wish(body=matter.body, region=matter.region, source=Source.OPINION, opinion=matter)
        wishes.append((clerk, of_matter))
    for number, (actor, wish) in enumerate(wishes):
        workflow.propose(actor=actor, at=at + number * HOUR, wish=wish)
