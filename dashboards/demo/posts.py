"""What was done at the service posts of the demo county: a few weeks of short records, told through the verbs.

The home station has some of each post, a mediation to ask about today, one that held and one that became a matter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.workdays import WorkCalendar, local_date
from dashboards.demo.people import HOME_STATION, People
from opinions import workflow as matters
from opinions.models import PostRecord
from opinions.posts import queries, workflow
from opinions.posts.models import Kind
from opinions.posts.states import FollowUp, Referral, Result
from opinions.posts.workflow import Facts
from opinions.receptions.queries import serving
from opinions.states import Channel
from opinions.workflow import Message
from stations.models import Region, Station

ELSEWHERE = 5  # busy stations besides the home one that have a record of each post
LAWYER = "岳青禾"


@dataclass(frozen=True)
class Told:
    """One record: how many days ago, at which post, and its words."""

    ago: int
    kind: Kind
    subject: str
    more: dict[str, Any]


def _mediation(ago: int, subject: str, answer: str, people: tuple[tuple[str, str], ...], **more: Any) -> Told:
    agreed = {"result": Result.AGREED, "answer": answer, "people": people}
    return Told(ago, Kind.MEDIATION, subject, agreed | more)


TOLD = (
    Told(1, Kind.INFORMATION, "高龄津贴从几岁起能领，要带什么", {
        "answer": "满八十岁；带户口本和银行卡，到便民大厅民政窗口", "forms_filled": 1, "form_names": "高龄津贴申请表",
    }),
    Told(6, Kind.INFORMATION, "在外打工，医保能不能在手机上缴", {"answer": "能，当面教他儿媳妇缴好了两个人的"}),
    Told(13, Kind.INFORMATION, "孩子上小学要哪些证明", {
        "answer": "户口本、房产证或居住证、预防接种证；学校八月十号起登记", "forms_filled": 2,
        "form_names": "入学登记表、居住证明",
    }),
    Told(27, Kind.INFORMATION, "老屋翻修要不要先报批", {"answer": "要，先到村里申请，再到自然资源所看现场"}),
    _mediation(
        21, "两家为滴水檐争地界，吵了半年", "檐口各退二十公分，砌沟的钱平摊，秋收后动工",
        (("崔家", "13900005611"), ("卫家", "13900005612")), follow_up_on=1,
    ),
    _mediation(
        32, "楼上漏水泡了楼下的墙", "楼上修水管，楼下墙皮由楼上出料、楼下出工", (("李婶", "13900005613"), ("孙家", "")),
        follow_up_on=15, found=FollowUp.HOLDS,
    ),
    Told(8, Kind.MEDIATION, "兄弟两个为老人轮着住谈不到一起", {
        "result": Result.NOT_AGREED, "answer": "大的说房子小，小的说轮过头了；约了下周请族里长辈再谈",
        "people": (("老大", "13900005614"), ("老二", "")), "follow_up_on": -5,
    }),
    Told(3, Kind.LEGAL, "工头欠三个月工资，没有签合同", {
        "answer": "先留好工友证明、转账记录和工地照片，够一年以内都能要", "referral": Referral.LEGAL_AID,
        "referred_to": "县法律援助中心，公共法律服务大厅一楼",
    }),
    Told(17, Kind.LEGAL, "借条没有写还钱日子，还算不算数", {"answer": "算数，先催他还，催的话留下记录"}),
    Told(38, Kind.LEGAL, "老人想把房子留给照顾他的侄女，怎么写才有用", {
        "answer": "自己写全、签名、写日期；怕以后有争议就去公证", "referral": Referral.NOTARY,
        "referred_to": "带身份证、房产证",
    }),
    Told(2, Kind.PROJECT, "村口修一个能遮雨的候车亭", {
        "place": "二道桥北头", "beneficiaries": "三个村上下学的孩子", "wants_word": True,
        "people": (("赵老师", "13900005615"),),
    }),
    Told(11, Kind.PROJECT, "广场边上装几样老人能用的健身器材", {
        "place": "文化广场东侧", "beneficiaries": "附近两百来户",
    }),
    Told(24, Kind.PROJECT, "灌溉渠清一清，再装两道闸", {
        "place": "南沟到友谊桥一段", "beneficiaries": "六百亩地", "wants_word": True,
        "people": (("石老汉", "13900005616"),),
    }),
)  # fmt: skip
TURNED = Told(5, Kind.INFORMATION, "巷口的窨井盖破了，该找谁", {"answer": "先拿砖围上，站里替他报上去"})
BRIEF = {
    Kind.INFORMATION: {"answer": "当面讲清楚了，材料单子抄给他了"},
    Kind.MEDIATION: {"result": Result.AGREED, "answer": "各让一步，话说开了", "people": (("东家", ""), ("西家", ""))},
    Kind.LEGAL: {"answer": "该留的凭据给他列了一张单子"},
    Kind.PROJECT: {"beneficiaries": "全村"},
}
BRIEFLY = {
    Kind.INFORMATION: "问残疾证怎么办",
    Kind.MEDIATION: "邻居为放垃圾桶红了脸",
    Kind.LEGAL: "问宅基地能不能卖",
    Kind.PROJECT: "村卫生室添一台制氧机",
}


def tell_posts(people: People, at: datetime) -> None:
    """Write the home station's records and a few elsewhere."""
    home = Station.objects.select_related("region").get(code=HOME_STATION)
    for number, told in enumerate((*TOLD, TURNED)):
        row = _write(home, told, people, at, number)
        if found := told.more.get("found"):
            workflow.follow_up(row.pk, actor=people.clerks[home.pk], at=at - timedelta(days=14), found=found)
        if told is TURNED:
            _turn(row, people, at)
    for number, station in enumerate(_busy(home)):
        for step, kind in enumerate(Kind):
            told = Told(4 + 7 * step + number, kind, BRIEFLY[kind], BRIEF[kind])
            _write(station, told, people, at, number + step)


def _busy(home: Station) -> list[Station]:
    """Stations of towns with a head and representatives, which no county would call shells."""
    rows = Station.objects.filter(region__level="township", services__until=None).exclude(head="").exclude(pk=home.pk)
    rows = rows.exclude(services=None).select_related("region").distinct()
    return list(rows.order_by("region_id", "pk")[:ELSEWHERE])


def _write(station: Station, told: Told, people: People, at: datetime, number: int) -> PostRecord:
    """Write one record on the last working day before its time; who sat there by the roster, else one in turn."""
    moment = at - timedelta(days=told.ago)
    while not WorkCalendar.load().is_workday(local_date(moment)):
        moment -= timedelta(days=1)
    day, own = local_date(moment), dict(told.more)
    own.pop("found", None)
    if "follow_up_on" in own:
        own["follow_up_on"] = local_date(at - timedelta(days=own["follow_up_on"]))
    if told.kind == Kind.PROJECT:
        villages = Region.objects.filter(code__startswith=station.region_id, level=Region.Level.VILLAGE)
        own["region"] = villages.order_by("code").first()
    serves = list(serving(station, day))
    sits = queries.sits_at(station, told.kind, day)
    chosen = [person for person in serves if person.pk == sits or (told.kind == Kind.LEGAL and person.name == LAWYER)]
    who = (chosen or serves[number % len(serves) :])[0] if serves else None
    facts = Facts(subject=told.subject, day=day, representative=who, **own)
    return workflow.write(station, told.kind, facts, actor=people.clerks[station.pk], at=moment)


def _turn(row: PostRecord, people: People, at: datetime) -> None:
    clerk, moment = people.clerks[row.station_id], at - timedelta(hours=2)

    def make(record: PostRecord) -> Any:
        message = Message(
            body="巷口的窨井盖破了半块，骑车的容易摔，请换一个。", channel=Channel.WINDOW, location="巷口"
        )
        return matters.submit(station=record.station, actor=clerk, at=moment, message=message)

    workflow.turn(row.pk, actor=clerk, at=moment, make=make)
