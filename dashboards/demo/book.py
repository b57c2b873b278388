"""Two pages of the home station's paper book: one copied and done with, one half copied, each with a drawn photo."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw, ImageFont

from core.fonts import SIMPLIFIED, font_file
from core.uploads import CleanPhoto
from core.workdays import local_date
from dashboards.demo.people import HOME_STATION, People
from opinions import books, workflow
from opinions.models import BookPage, Opinion
from opinions.states import Channel, Outcome, Satisfaction, Solved
from opinions.workflow import Message
from stations.models import Region, Station

BOOK = "2026-1"
WIDE, HIGH, ROW = 1500, 1060, 150
PAPER, LINE, INK = "#f3efe3", "#9fb4c4", "#26324a"


@dataclass(frozen=True)
class Written:
    """One line as it stands on paper, and what the clerk answered at once; "" where the station goes on with it."""

    ago: int
    name: str
    phone: str
    words: str
    answer: str = ""


COPIED = (
    Written(24, "周大娘", "13900004101", "老年卡丢了，不知道去哪里补办", "带身份证到便民服务窗口，当天补好。"),
    Written(23, "吴师傅", "13900004102", "门前的垃圾桶盖子坏了，招苍蝇", "联系了保洁，当天换了新桶。"),
    Written(22, "郑女士", "", "想问孩子转学要什么材料", "户口簿、房本或租房合同，八月下旬到教育局窗口办。"),
)
HALF = (
    Written(4, "孙大叔", "13900004103", "巷口路灯不亮，晚上看不见台阶"),
    Written(3, "钱大娘", "13900004104", "健身器材松了，孩子玩着不安全"),
    Written(2, "冯先生", "13900004105", "下雨天桥洞积水，电动车过不去"),
    Written(1, "褚女士", "", "社区诊所周末能不能开门"),
)
COPIED_OF_HALF = 2


def tell_book(people: People, at: datetime) -> None:
    """Photograph both pages; copy all of the first, and of the second what the clerk has come to by now."""
    station = Station.objects.select_related("region", "contact").get(code=HOME_STATION)
    earlier = at - timedelta(days=20)
    first = _page(people, station, 12, COPIED, earlier)
    for number, line in enumerate(COPIED, 1):
        _copy(people, first, number, line, at, earlier)
    books.finish(first.pk, actor=people.clerks[station.pk], at=earlier + timedelta(hours=1))
    yesterday = at - timedelta(days=1)
    second = _page(people, station, 13, HALF, yesterday)
    for number, line in enumerate(HALF[:COPIED_OF_HALF], 1):
        _copy(people, second, number, line, at, yesterday)


def _page(people: People, station: Station, number: int, lines: tuple[Written, ...], at: datetime) -> BookPage:
    photo = draw_page(number, [(f"{line.name}  {line.phone}", line.words) for line in lines])
    clerk = people.clerks[station.pk]
    return books.add_page(station=station, book=BOOK, page=number, photos=[photo], actor=clerk, at=at)[0]


def _copy(people: People, page: BookPage, number: int, line: Written, now: datetime, at: datetime) -> None:
    """Copy one line as the clerk does; what he could answer he did, and rang a day later."""
    clerk, key = people.clerks[page.station_id], uuid5(NAMESPACE_URL, f"{page}{number}")
    town = page.station.region_id
    village = Region.objects.filter(code__startswith=town).exclude(code=town).order_by("code").first()

    def record(origin: str) -> Opinion:
        message = Message(
            body=line.words, channel=Channel.BOOK, region=village, name=line.name, phone=line.phone, origin=origin
        )
        return workflow.submit(station=page.station, actor=clerk, at=at, message=message, client_key=key)

    made = books.copy_line(
        page.pk, number, actor=clerk, at=at, client_key=key, record=record,
        written_on=local_date(now - timedelta(days=line.ago)),
    )  # fmt: skip
    if line.answer:
        workflow.answer_on_spot(made.opinion_id, actor=clerk, at=at, body=line.answer, outcome=Outcome.A)
        rated = {"solved": Solved.YES, "satisfaction": Satisfaction.SATISFIED}
        workflow.rate(made.opinion_id, actor=clerk, at=at + timedelta(days=1), **rated)


def draw_page(number: int, lines: list[tuple[str, str]]) -> CleanPhoto:
    """Return a photo of a ruled page with these lines, name and telephone above the words; nobody's hand is in it."""
    paper = Image.new("RGB", (WIDE, HIGH), PAPER)
    pen = ImageDraw.Draw(paper)
    large, small = (ImageFont.truetype(font_file(), size, index=SIMPLIFIED) for size in (44, 30))
    pen.text((60, 40), f"民情收集簿  {BOOK}  第 {number} 页", font=large, fill="#6b2a22")
    for place in range(6):
        top = 130 + place * ROW
        pen.line(((50, top + ROW - 14), (WIDE - 50, top + ROW - 14)), fill=LINE, width=3)
        pen.text((62, top + 52), str(place + 1), font=small, fill=LINE)
        if place < len(lines):
            who, words = lines[place]
            pen.text((120, top + 8), who, font=small, fill=INK)
            pen.text((120, top + 56), words, font=large, fill=INK)
    pen.line(((104, 120), (104, HIGH - 40)), fill="#c98f86", width=3)
    jpeg, thumb = io.BytesIO(), io.BytesIO()
    paper.save(jpeg, "JPEG", quality=78)
    paper.resize((480, 339)).save(thumb, "JPEG", quality=70)
    data = jpeg.getvalue()
    return CleanPhoto(data, thumb.getvalue(), WIDE, HIGH, hashlib.sha256(data).hexdigest())
