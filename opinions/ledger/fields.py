"""What a column of an older ledger can mean, how it is guessed from its heading, and how its cells are understood."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.workdays import OFFICE
from opinions.ledger.reading import heading
from opinions.states import Channel, Kind, Outcome, Satisfaction


class BadCell(Exception):
    """A cell that cannot be understood; `str()` is the sentence for the person."""


@dataclass(frozen=True)
class Meaning:
    """One thing that a column can hold. `words` are headings that ledgers use for it."""

    key: str
    label: str
    words: str
    is_required: bool = False


MEANINGS = (
    Meaning("created", "收到日期", "日期 时间 接待日期 接待时间 登记日期 登记时间 反映时间 来访时间 受理日期", True),
    Meaning("body", "内容", "反映内容 反映问题 主要内容 诉求 诉求内容 意见建议 意见内容 问题 事由 具体内容", True),
    Meaning("number", "编号", "序号 登记号 台账编号 流水号 回执码 编码"),
    Meaning("title", "事情", "标题 主题 事项"),
    Meaning("name", "称呼", "姓名 来访人 反映人 群众姓名 选民姓名 联系人 留言人"),
    Meaning("phone", "电话", "联系电话 手机 手机号 联系方式 电话号码"),
    Meaning("village", "村（社区）", "村 社区 所在村 住址 村居 所属村 单位或住址"),
    Meaning("location", "地点", "位置 具体位置 发生地点"),
    Meaning("channel", "从哪来", "渠道 来源 方式 来访方式 反映方式"),
    Meaning("category", "类别", "分类 问题类别 类型 问题类型 事项类别"),
    Meaning("kind", "缓急", "紧急程度 轻重缓急"),
    Meaning("unit", "主办单位", "承办单位 责任单位 交办单位 转办单位 办理单位"),
    Meaning("reply", "答复", "答复内容 办理情况 处理情况 处理结果 答复情况 回复 回复内容 反馈情况"),
    Meaning("replied", "答复日期", "办结日期 办结时间 答复时间 回复日期 回复时间 反馈时间 处理时间"),
    Meaning("outcome", "办理结果", "结果 是否解决 解决情况 办理状态"),
    Meaning("promised", "承诺日期", "承诺时间 预计完成 计划完成时间"),
    Meaning("satisfaction", "评价", "满意度 是否满意 群众评价 满意情况"),
)
BY_KEY: Mapping[str, Meaning] = {meaning.key: meaning for meaning in MEANINGS}

_DAY = re.compile(
    r"(?P<y>(?:19|20)?\d\d)\s*[-./年]\s*(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:[ T]*(?P<h>\d{1,2})[:：时](?P<n>\d{1,2})?分?(?:[:：]\d{1,2})?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"[345]\d{4}")
_EPOCH = date(1899, 12, 30)
MORNING, AFTERNOON = time(9), time(17)


def by_word(meanings: Sequence[Meaning]) -> dict[str, str]:
    """Return what each folded heading word means."""
    return {heading(word): meaning.key for meaning in meanings for word in (meaning.label, *meaning.words.split())}


_BY_WORD = by_word(MEANINGS)
KNOWN = frozenset(_BY_WORD)


def guess(headings: Sequence[str], known: Mapping[str, str] = _BY_WORD) -> dict[str, int]:
    """Return which column holds what, by exact headings first, then by headings that contain a known word."""
    found: dict[str, int] = {}
    folded = [heading(word) for word in headings]
    for at, word in enumerate(folded):
        if key := known.get(word):
            found.setdefault(key, at)
    for at, word in enumerate(folded):
        if at in found.values() or not word:
            continue
        inside = [one for one in known if len(one) > 1 and one in word]
        if inside:
            found.setdefault(known[max(inside, key=len)], at)
    return found


def moment(text: str, at: time = MORNING) -> datetime:
    """Understand a day, with or without a time: 2023-1-13, 2023.1.13 9:30, 2023年1月13日, 20230113, a sheet's number.

    Raises BadCell.
    """
    day, clock = _day_and_time(text)
    if day is None:
        raise BadCell(f"看不懂“{text[:30]}”，请写成 2023-1-13 这样")
    return datetime.combine(day, clock or at, tzinfo=OFFICE)


def _day_and_time(text: str) -> tuple[date | None, time | None]:
    try:
        if found := _DAY.fullmatch(text):
            year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
            clock = time(int(found["h"]), int(found["n"] or 0)) if found["h"] else None
            return date(year, int(found["m"]), int(found["d"])), clock
        if found := _COMPACT.fullmatch(text):
            return date(*map(int, found.groups())), None
    except ValueError:
        return None, None
    return (_EPOCH + timedelta(days=int(text)), None) if _SERIAL.fullmatch(text) else (None, None)


def _chooser(words: Mapping[str, Sequence[str]], what: str) -> Callable[[str], str]:
    by_word = {heading(word): value for value, said in words.items() for word in said}

    def choose(text: str) -> str:
        value = by_word.get(heading(text))
        if value is None:
            known = "、".join(said[0] for said in words.values())
            raise BadCell(f"没有“{text[:20]}”这种{what}，请写{known}当中的一个")
        return value

    return choose


channel_of = _chooser(
    {
        Channel.BOOK: ("民情收集簿", "收集簿", "走访记录簿", "台账"),
        Channel.WINDOW: ("窗口", "来访", "上门", "现场", "民意直通车"),
        Channel.PHONE: ("电话", "来电", "热线"),
        Channel.RECEPTION: ("选民接待", "接待", "接待日", "代表接待"),
        Channel.VISIT: ("走访", "入户", "联动走访", "下村"),
        Channel.WEB: ("网页留言", "网上", "网络", "微信"),
        Channel.QR: ("扫码留言", "扫码", "二维码", "码上找代表"),
    },
    "来源",
)
kind_of = _chooser(
    {
        Kind.URGENT: ("紧急", "急", "特急"),
        Kind.CONSULTATION: ("咨询",),
        Kind.ORDINARY: ("一般", "普通", "平"),
        Kind.COMPLEX: ("复杂", "疑难"),
    },
    "缓急",
)
outcome_of = _chooser(
    {
        Outcome.A: ("已解决", "A", "解决", "办结", "已办结", "已办", "是", "已完成", "完成"),
        Outcome.B: ("正在解决", "B", "正在办理", "办理中"),
        Outcome.C: ("列入计划", "C"),
        Outcome.D: ("留作参考、暂无条件", "D", "留作参考", "暂无条件", "未解决", "否", "已解释"),
    },
    "办理结果",
)
satisfaction_of = _chooser(
    {
        Satisfaction.SATISFIED: ("满意", "非常满意", "很满意"),
        Satisfaction.FAIR: ("基本满意", "一般", "较满意", "比较满意"),
        Satisfaction.DISSATISFIED: ("不满意",),
    },
    "评价",
)
