"""The year's list as a sheet for the wall of a station's hall: A3 across, twelve projects to a page.

Light by shape and word beside its colour, so that a grey printer loses nothing; outlines only, no photos.
"""

from collections.abc import Sequence
from datetime import date

from core.workdays import day_words
from projects.board.year import Line, Year
from projects.works.measure import Light
from stations.prints.sheet import GREY, INK, LINE, PAPER, RED, Box, Code, Colour, Sheet, Text, fitted, measure

A3 = (420.0, 297.0)
PAGE = 12
EDGE, TOP, ROW = 16.0, 58.0, 17.6
TITLE_X, UNIT_X, BAR_X, LIGHT_X, NEXT_X = EDGE + 12, 176.0, 214.0, 282.0, 314.0
BAR_WIDTH, BAR_HEIGHT = 46.0, 5.0
GREEN, BLUE, AMBER = (27, 94, 61), (24, 72, 122), (122, 74, 0)
SHAPES: dict[Light, tuple[str, Colour]] = {
    Light.DONE: ("●", GREEN), Light.ON_TIME: ("◑", BLUE), Light.SOON: ("◆", AMBER), Light.LATE: ("▲", RED)
}  # fmt: skip


def sheets(year: Year | None, place: str, today: date, site: str) -> list[Sheet]:
    """Return the pages of a list; without one a page that says so, for the door was open to everybody."""
    lines = list(year.lines) if year else []
    parts: list[Sequence[Line]] = [lines[start : start + PAGE] for start in range(0, len(lines), PAGE)] or [[]]
    pages = []
    for number, part in enumerate(parts):
        sheet = Sheet(*A3, "民生实事")
        _head(sheet, year, place, today, site)
        for row, line in enumerate(part):
            _row(sheet, TOP + row * ROW, number * PAGE + row + 1, line)
        if not part:
            sheet.add(Text(EDGE, TOP + 14, 8, "年度项目还没有定。", GREY))
        _foot(sheet, number + 1, len(parts))
        pages.append(sheet)
    return pages


def _head(sheet: Sheet, year: Year | None, place: str, today: date, site: str) -> None:
    title = f"{place} {year.number} 年民生实事" if year else f"{place}民生实事"
    right = A3[0] - EDGE
    sheet.add(
        Text(EDGE, 27, fitted(title, 15, 250), title, RED, is_bold=True),
        Text(EDGE, 38, 6, f"数据截至 {today.year} 年 {day_words(today)}", GREY),
        Code(right - 36, 8, 36, f"{site}/projects/"),
        Text(right - 40, 24, 7, "手机扫一扫", INK, is_bold=True, anchor="r"),
        Text(right - 40, 33, 5, "照片、经过都看得到", GREY, anchor="r"),
        Box(EDGE, TOP - 5, right - EDGE, 0.5, INK),
    )
    heads = ((TITLE_X, "办什么，在哪里"), (UNIT_X, "谁来办"), (BAR_X, "办到哪里"), (NEXT_X, "接下来"))
    sheet.add(*(Text(x, TOP - 8, 4.6, words, GREY) for x, words in heads))


def _row(sheet: Sheet, y: float, number: int, line: Line) -> None:
    work, right = line.summary.work, A3[0] - EDGE
    shape, colour = SHAPES[line.summary.light]
    unit = work.unit.short_name
    where = work.place if work.place and work.place != line.place else ""
    second = "，".join(filter(None, (line.place, where, f"{work.funds.normalize():f} 万元")))
    sheet.add(
        Text(EDGE, y + 7, 6.4, str(number), GREY),
        *_lines(TITLE_X, y + 7, 6.4, UNIT_X - TITLE_X - 4, line.idea.title, is_bold=True),
        *_lines(TITLE_X, y + 13.2, 4.6, UNIT_X - TITLE_X - 4, second),
        Text(UNIT_X, y + 7, fitted(unit, 5.4, BAR_X - UNIT_X - 3), unit),
        *_bar(y + 3, line.summary.percent),
        Text(LIGHT_X, y + 7.2, 5.6, f"{shape} {line.summary.light.label}", colour, is_bold=True),
        *_lines(NEXT_X, y + 7, 5.4, right - NEXT_X, "，".join(filter(None, line.next_parts))),
        Box(EDGE, y + ROW - 2.4, right - EDGE, 0.2, LINE),
    )
    if line.brief:
        words = "，".join(filter(None, (line.brief.mark[2], line.brief.words)))
        sheet.add(*_lines(NEXT_X, y + 13.2, 4.6, right - NEXT_X, words))


def _bar(y: float, percent: int) -> list[Box | Text]:
    """Draw how far it is: an inked frame, the part that is done, and the number beside it."""
    inner = BAR_WIDTH - 0.8
    return [
        Box(BAR_X, y, BAR_WIDTH, BAR_HEIGHT, INK),
        Box(BAR_X + 0.4, y + 0.4, inner, BAR_HEIGHT - 0.8, PAPER),
        Box(BAR_X + 0.4, y + 0.4, inner * percent / 100, BAR_HEIGHT - 0.8, GREY),
        Text(BAR_X + BAR_WIDTH + 3, y + 4.3, 5.4, f"{percent}%", is_bold=True),
    ]


def _lines(x: float, y: float, size: float, width: float, words: str, *, is_bold: bool = False) -> list[Text]:
    """Put words on one line: a little smaller where they are long, cut with an ellipsis where they are too long."""
    least = size * 0.8
    if measure(words, least) > width:
        while measure(f"{words}…", least) > width:
            words = words[:-1]
        words = f"{words}…"
    return [Text(x, y, fitted(words, size, width), words, INK, is_bold=is_bold)]


def _foot(sheet: Sheet, number: int, count: int) -> None:
    y, x = A3[1] - 14, EDGE
    for light, (shape, colour) in SHAPES.items():
        words = f"{shape} {light.label}"
        sheet.add(Text(x, y, 5, words, colour))
        x += measure(words, 5) + 10
    sheet.add(Text(x, y, 5, "改过日子的，按原定的那天算拖期", GREY))
    if count > 1:
        sheet.add(Text(A3[0] - EDGE, y, 5, f"第 {number} 页，共 {count} 页", GREY, anchor="r"))
