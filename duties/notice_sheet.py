"""值班公示 as a Word file: a published month on one A4 table, for the wall or to be sent on. Names only."""

import io
from itertools import groupby
from typing import Any

from core.templatetags.look import WEEKDAYS
from core.workdays import day_words
from duties.models import Roster
from duties.states import Post
from duties.themes.queries import theme_of

HEADS = ("日期", "时间", "岗位", "代表")
_WIDTHS = (42, 32, 40, 56)  # millimetres, the page between its margins
NOBODY = "待定"


def rows_of(roster: Roster) -> list[tuple[str, str, str, str]]:
    """The lines of the sheet: who sits together stands in one, a gap is said as open."""
    shifts = roster.shifts.select_related("representative").order_by("day", "start", "post", "id")
    found = []
    for (day, start, end, post), some in groupby(shifts, key=lambda row: (row.day, row.start, row.end, row.post)):
        names = "、".join(row.representative.name if row.representative else NOBODY for row in some)
        hours = f"{start.hour}:{start:%M}–{end.hour}:{end:%M}"
        found.append((f"{day_words(day)} 周{WEEKDAYS[day.weekday()]}", hours, Post(post).label, names))
    return found


def written(roster: Roster) -> bytes:
    """The file."""
    from docx import Document  # noqa: PLC0415 - heavy, and most web workers never need it
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    document, station = Document(), roster.station
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(20)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(title, f"{station.name} {roster.month.year} 年 {roster.month.month} 月代表值班公示", "方正小标宋简体", Pt(20))
    if theme := theme_of(station, roster.month):
        _say(document.add_paragraph(), f"本月主题：{theme.title}。{theme.about}", "仿宋", Pt(14))
        if theme.bring:
            _say(document.add_paragraph(), f"您可以带来：{theme.bring}", "仿宋", Pt(14))
    table = document.add_table(rows=0, cols=len(HEADS), style="Table Grid")
    for number, cells in enumerate([HEADS, *rows_of(roster)]):
        for cell, text, width in zip(table.add_row().cells, cells, _WIDTHS, strict=True):
            cell.width = Mm(width)
            _say(cell.paragraphs[0], text, "仿宋" if number else "黑体", Pt(14))
    where = "　".join(filter(None, [station.address, f"电话 {station.phone}" if station.phone else ""]))
    foot = f"{where}　{day_words(roster.published_at)}公布" if roster.published_at else where
    _say(document.add_paragraph(), foot, "仿宋", Pt(12))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _say(paragraph: Any, text: str, font: str, size: Any) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415

    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
