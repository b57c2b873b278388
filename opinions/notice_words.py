"""How the loop's notices travel: which go out by other channels, which become one message, and what the county may
write into their texts. Beside `notify.py`, which says who is told of what.
"""

from typing import Any

from django.urls import reverse

from notices import kinds, words
from notices.kinds import Family
from notices.states import Channel
from notices.words import Word

DEADLINES, ARRIVALS, TURNS = "deadlines", "arrivals", "turns"
_FAMILIES = {
    "opinion_due_soon": DEADLINES,
    "opinion_overdue": DEADLINES,
    "opinion_unsigned": DEADLINES,
    "supervision_yellow": DEADLINES,
    "opinion_received": ARRIVALS,
    "opinion_assigned": ARRIVALS,
    "opinion_referred": ARRIVALS,
}
_STAFF_WORDS = ("subject", "title", "unit", "holder", "station", "due_day", "link", "receipt2")
_RESIDENT_WORDS = ("link", "receipt", "station", "station_phone", "unit", "due_day", "due_part", "receipt2", "subject")

words.register(
    Word("title", "标题", "这件事的标题", "东街与王寨路口三盏路灯不亮"),
    Word("unit", "承办单位", "交给了哪个单位", "县城管局"),
    Word("holder", "谁在办", "单位；还没交办时写“站点”", "县城管局"),
    Word("station", "站点", "站点的名称", "洺南街道融合站点"),
    Word("station_phone", "站点电话", "站点的电话", "0394-5550101"),
    Word("receipt", "回执码", "整个回执码", "K7QM4XWD3R"),
    Word("due_day", "期限", "几月几日", "4 月 9 日"),
    Word("due_part", "期限前答复", "带逗号的半句，没有期限就不写", "，4月9日前答复"),
)
kinds.link("opinion_list", lambda group: f"{reverse('opinions:list')}?group={group}")
kinds.register_family(Family(DEADLINES, "快到期或超期的事", subject="opinion_list:late", is_daily=True))
kinds.register_family(Family(ARRIVALS, "新来的事", subject="opinion_list:todo"))
kinds.register_family(Family(TURNS, "有变化的事", subject="opinion_list:open"))


def to_staff(name: str) -> dict[str, Any]:
    """How a notice to colleagues travels: on the page at once, and to who has not read it by other channels."""
    return {
        "channels": (Channel.IN_SITE,),
        "pass_on": (Channel.EMAIL, Channel.WECOM, Channel.WECHAT),
        "family": _FAMILIES.get(name, TURNS),
        "words": _STAFF_WORDS,
    }


def to_residents() -> dict[str, Any]:
    """How a message to a resident travels: to his telephone, and to WeChat where he follows the county's account."""
    return {"channels": (Channel.SMS, Channel.WECHAT), "words": _RESIDENT_WORDS}
