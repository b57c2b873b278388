"""Themes of the demo county: the last months and this one, one station's own, and notes of what was done."""

from datetime import date, datetime, time, timedelta

from accounts.models import User
from core.workdays import OFFICE, local_date
from dashboards.demo.people import HOME_STATION, People
from duties.themes import workflow
from duties.themes.workflow import Wording
from stations.models import Region, Representative, Station, Unit

# The last is this month's, whichever month that is; so the words speak of no season.
COUNTY = (
    ("路灯和小路", "说说家门口的路灯、井盖和小路。哪里黑、哪里不好走，都可提。", "灯杆号牌、照片。", ("chengguan",)),
    ("看病报销", "说说医保怎么缴、怎么报。听不懂的地方，请医保局当面讲。", "医保卡、看病的票据。", ("yibao",)),
    ("用水和排水", "说说自来水和下水道。停水、水压低、积水，都可以提。", "水费单、停水的日子。", ("shuili",)),
    ("养老和助餐", "说说老人吃饭、看病、没人照看的难处。", "想让站点上门的，留下地址。", ("minzheng",)),
)  # fmt: skip
OWN = ("农贸市场怎么改", "市场要改造，说说摊位、停车和卫生怎么安排。", "现在哪里不方便，画个图也行。")
NOTES = (
    (3, "在友谊社区讲怎么看水费单、水压低找谁", "友谊社区广场", 32),
    (8, "上门看了五户行动不便的老人，记了三件事", "东街社区", 5),
    (34, "请医保局的同志讲报销，现场答了十几个问题", "党群服务中心二楼", 46),
)


def tell_themes(people: People, at: datetime) -> None:
    """Set a theme a month, each in its time, and note what was done at the home station."""
    county = Region.objects.get(level=Region.Level.COUNTY)
    staff = User.objects.get(username="county")
    months = _months(local_date(at), len(COUNTY))
    for month, (title, about, bring, units) in zip(months, COUNTY, strict=True):
        invited = tuple(Unit.objects.filter(code__in=units))
        workflow.set_theme(county, month, Wording(title, about, bring, invited), actor=staff, at=_set_on(month, at))
    home = Station.objects.select_related("region").get(code=HOME_STATION)
    clerk = people.clerks[home.pk]
    workflow.set_theme(home, months[0], Wording(*OWN), actor=clerk, at=_set_on(months[0], at))
    person = Representative.objects.get(user__username="rep")
    for back, what, place, came in NOTES:
        workflow.write_note(
            home, actor=clerk, at=at - timedelta(days=back - 1), day=local_date(at) - timedelta(days=back), what=what,
            place=place, people=came, representatives=[person],
        )  # fmt: skip


def _months(today: date, number: int) -> list[date]:
    """The last months up to this one, the first first."""
    found = [today.replace(day=1)]
    while len(found) < number:
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found


def _set_on(month: date, at: datetime) -> datetime:
    """The tenth of the month before, in the morning; never after now."""
    return min(datetime.combine((month - timedelta(days=1)).replace(day=10), time(10), OFFICE), at)
