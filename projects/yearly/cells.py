"""How the cells of a yearly list are understood: days as offices write them, money, people, posts. No rows.

What could be read in two ways is asked about and never guessed: the sentence says what to write instead.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from opinions.ledger.fields import BadCell
from projects.works.posts import is_post

MOST_PEOPLE = 10_000_000
MOST_DIGITS = 13  # of an amount, before its point; more cannot be reckoned exactly
Span = tuple[date, date]  # the first and the last day that the words allow
_BEFORE = re.compile(r"^(?:计划|预计|拟|力争|确保|于)+")
_AFTER = re.compile(r"(?:全部|基本)?(?:开工|动工|启动|完工|完成|竣工|建成|投用|办结)$")
_BY = re.compile(r"(?:之前|以前|前|内|左右)$")
_CLOCK = re.compile(r"(?<=\d)\s+\d{1,2}:\d{2}(?::\d{2})?$")
_DAY = re.compile(r"(?:(?P<y>(?:20)?\d\d)[-./年])?(?P<m>\d{1,2})(?P<sep>[-./月])(?P<d>\d{1,2})[日号]?")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"[45]\d{4}")
_EPOCH = date(1899, 12, 30)
_MONTH = re.compile(r"(?:(?P<y>20\d\d)[-./年])?(?P<m>\d{1,2})(?P<word>月份?|)(?P<part>初|上旬|中旬|下旬|底|末)?")
_YEAR = re.compile(r"(?:(?P<y>20\d\d)年?|今年|当年|本年)?(?:度)?(?P<part>.*)")
_IN_MONTH = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (31, 31), "末": (31, 31)}
_IN_YEAR = {
    "": (1, 12), "全年": (1, 12), "年": (1, 12), "底": (12, 12), "末": (12, 12), "年底": (12, 12), "年末": (12, 12),
    "上半年": (1, 6), "下半年": (7, 12),
} | {
    f"{before}{number}季度": (3 * at + 1, 3 * at + 3)
    for before in ("", "第") for at, numbers in enumerate(("一1", "二2", "三3", "四4")) for number in numbers
}  # fmt: skip
_UNITS = {
    "亿": Decimal(10_000),
    "千万": Decimal(1000),
    "百万": Decimal(100),
    "万": Decimal(1),
    "元": Decimal("0.0001"),
}  # in 10,000 yuan
_MONEY = re.compile(r"(?:约|总投资|计划投资|投资|共计|共|合计|¥)*(\d+(?:\.\d+)?)(亿|千万|百万|万|元)?元?(?:左右)?")
_PEOPLE = re.compile(
    r"(?:约|惠及|受益|覆盖)*(\d+(?:\.\d+)?)(万|千)?(?:余|多)?(?:人次|人|名|位)?(?:群众|居民|学生|师生|村民|老人)?(?:以上|左右)?"
)


def plain(text: str) -> str:
    """Return a text with full-width signs made plain and without blanks, for understanding only."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def span(text: str, year: int) -> Span:
    """Understand a day, month, quarter, half or year; what names no year is in `year`. Raises BadCell."""
    word = plain(_CLOCK.sub("", unicodedata.normalize("NFKC", text)))
    word = _BY.sub("", _AFTER.sub("", _BEFORE.sub("", word)))
    try:
        found = _day(word, year) or _month(word, year) or _part(word, year)
    except ValueError as error:  # the thirtieth of February
        raise BadCell(f"没有“{text[:30]}”这一天") from error
    if found is None:
        raise BadCell(f"看不懂“{text[:30]}”，请写成 {year}年9月30日 或者 {year}年9月")
    if not year - 2 <= found[0].year <= found[1].year <= year + 5:
        raise BadCell(f"“{text[:30]}”离 {year} 年太远，请再看一下")
    return found


def _day(word: str, year: int) -> Span | None:
    if found := _DAY.fullmatch(word):
        if found["y"] is None and found["sep"] == "." and found["d"] in ("1", "2", "3"):
            month, day = found["m"], found["d"]
            raise BadCell(
                f"“{word}”可能是 {month}月{day}日，也可能是 {month}月{day}0日（Excel 会去掉末尾的 0），请写明几月几日"
            )
        on = date(int(found["y"] or year) % 100 + 2000, int(found["m"]), int(found["d"]))
    elif found := _COMPACT.fullmatch(word):
        on = date(*map(int, found.groups()))
    elif _SERIAL.fullmatch(word):
        on = _EPOCH + timedelta(days=int(word))
    else:
        return None
    return on, on


def _month(word: str, year: int) -> Span | None:
    found = _MONTH.fullmatch(word)
    if found is None or not (found["y"] or found["word"]):
        return None
    if found["y"] and not found["word"] and found["m"] == "1":
        raise BadCell(f"“{word}”可能是 1 月，也可能是 10 月（Excel 会去掉末尾的 0），请写明几月")
    on, month = int(found["y"] or year), int(found["m"])
    if not 1 <= month <= 12:
        raise BadCell(f"没有“{word[:30]}”这个月")
    last = monthrange(on, month)[1]
    first, end = _IN_MONTH.get(found["part"] or "", (1, 31))
    return date(on, month, min(first, last)), date(on, month, min(end, last))


def _part(word: str, year: int) -> Span | None:
    found = _YEAR.fullmatch(word)
    if not word or found is None or found["part"] not in _IN_YEAR:
        return None
    on, (first, end) = int(found["y"] or year), _IN_YEAR[found["part"]]
    return date(on, first, 1), date(on, end, monthrange(on, end)[1])


def funds(text: str, heading: str) -> Decimal:
    """Understand an amount and return it in 10,000 yuan; a bare number has the unit that the heading names, else 万元.

    Raises BadCell.
    """
    found = _MONEY.fullmatch(plain(text).replace(",", ""))
    if found is None:
        raise BadCell(f"看不懂“{text[:30]}”，请写成 120、120万元 或者 1.2亿元；不花钱的写 0")
    if len(found[1].partition(".")[0]) > MOST_DIGITS:
        raise BadCell(f"“{text[:20]}”太多了，请再看一下")
    factor = _UNITS[found[2]] if found[2] else _unit_of(heading)
    return (Decimal(found[1]) * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _unit_of(heading: str) -> Decimal:
    inside = re.findall(r"[(:](?:单位)?:?(亿|千万|百万|万|元)元?", plain(heading))
    return _UNITS[inside[-1] if inside else "万"]


def people(text: str) -> int:
    """Understand how many people. Raises BadCell."""
    found = _PEOPLE.fullmatch(plain(text).replace(",", ""))
    number = Decimal(found[1]) * {"万": 10_000, "千": 1000}.get(found[2], 1) if found else Decimal(-1)
    if number < 0 or number != int(number):
        raise BadCell(f"看不懂“{text[:30]}”，请写人数，如 800 或者 1.2万人；说不准就空着")
    if number > MOST_PEOPLE:
        raise BadCell(f"“{text[:30]}”太多了，请再看一下")
    return int(number)


def post(text: str) -> str:
    """Return a leader's post. Raises BadCell where a name seems to stand beside it: names are not published."""
    if not is_post(text):
        raise BadCell(f"“{text[:20]}”里像是有姓名，这里只写职务，比如“分管副县长”")
    return text


def steps(text: str, year: int) -> list[tuple[str, date]]:
    """Understand milestones such as “3月底前完成招标；6月底前主体封顶”: what is done by which day. Raises BadCell."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[;；。\n]+", text))):
        found.append(_step(part, year))
    return found


_STEP = re.compile(
    r"(?:\d{1,2}[、)）]\s*)?(?P<when>(?:20\d\d\s*[-./年]\s*)?\d{1,2}\s*(?:月份?\s*(?:\d{1,2}\s*[日号]|初|[上中下]旬|底|末)?"
    r"|[./-]\s*\d{1,2}日?)|(?:20\d\d\s*年)?(?:年底|[上下]半年|第?[一二三四]季度))"
    r"\s*(?:之前|以前|前|内)?\s*[:：,，]?\s*(?P<what>.+)"
)


def _step(part: str, year: int) -> tuple[str, date]:
    found = _STEP.fullmatch(part)
    if found is None:
        raise BadCell(f"看不懂“{part[:30]}”，请写成“6月底前主体完工；9月底前验收”")
    return found["what"].strip(), span(found["when"], year)[1]
