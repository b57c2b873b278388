"""Projects as a spreadsheet. Cells are texts, numbers and days, never formulas; nobody's name is in it."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from core.workdays import local_date
from projects.present import keeper_of, place_of

MOST = 10_000  # rows; a county's ideas of many years
TOP = {"valign": "top", "text_wrap": True}
Cell = str | int | Decimal | date | None
Columns = Sequence[tuple[str, int, Callable[[Any], Cell]]]
POOL: Columns = (
    ("编号", 8, lambda row: row.pk),
    ("年度", 8, lambda row: row.year),
    ("收到日期", 12, lambda row: local_date(row.created_at)),
    ("地方", 14, place_of),
    ("站点", 20, keeper_of),
    ("类别", 16, lambda row: row.category.path if row.category else ""),
    ("从哪来", 12, lambda row: row.get_source_display()),
    ("状态", 8, lambda row: row.get_state_display()),
    ("标题", 30, lambda row: row.named),
    ("公开的说明", 50, lambda row: row.summary),
    ("原话", 50, lambda row: row.body),
    ("一起提的", 10, lambda row: row.gathered),
    ("附议", 8, lambda row: row.seconds),
    ("暂缓原因", 30, lambda row: row.shelved_reason),
)


def write(buffer: BytesIO, rows: Sequence[Any], columns: Columns, name: str) -> None:
    """Write a sheet of that name into `buffer`: a heading, a width and a cell for each column."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and most web workers never need it

    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    day, text = book.add_format({"num_format": "yyyy-mm-dd", **TOP}), book.add_format({"quote_prefix": True, **TOP})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (heading, width, _) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    for number, row in enumerate(rows, 1):
        for place, (_, _, cell) in enumerate(columns):
            value = cell(row)
            if isinstance(value, int | Decimal):
                sheet.write_number(number, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            else:
                sheet.write_string(number, place, str(value or ""), text)
    book.close()
