"""The county board as a workbook: the shown tables, one a sheet, with numbers as numbers and texts as texts.

No text can become a formula: every text cell is written as a string. Shares are left empty over too few cases.
"""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any

from dashboards.county_board import MEASURES, OUTCOME_WORDS, VITALITY, Board
from dashboards.queries import Counts

COUNT_HEAD = (
    "收到（件）",
    "到期该答",
    "按期答复",
    "按期 %",
    "答复过",
    "评了",
    "满意和基本满意",
    "满意 %",
    "参与 %",
    "重新办",
    "重办 %",
)
_WIDE, _NARROW = 24, 12


def workbook(board: Board) -> bytes:
    """Return the file's bytes."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and most web workers never need it

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for name, columns, rows in _sheets(board):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, len(columns), _NARROW)
        for place, label in enumerate(columns):
            sheet.write_string(0, place, label, head)
        for number, row in enumerate(rows, 1):
            _write(sheet, number, row)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int | float):
            sheet.write_number(number, place, value)
        elif value is not None:
            sheet.write_string(number, place, str(value))


def counted(counts: Counts) -> list[Any]:
    """Return the cells of COUNT_HEAD."""
    return [
        counts.received,
        counts.due,
        counts.in_time,
        counts.timely.percent,
        counts.answered,
        counts.rated,
        counts.happy,
        counts.satisfied.percent,
        counts.took_part.percent,
        counts.reopened,
        counts.again.percent,
    ]


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def _sheets(board: Board) -> list[Sheet]:
    makers: tuple[Callable[[Board], Sheet], ...] = (_overview, _stations, _units, _subjects, _months)
    return [maker(board) for maker in makers]


def _overview(board: Board) -> Sheet:
    scope = board.scope
    where = scope.towns.get(scope.town, "全部乡镇街道")
    subject = scope.subjects[scope.subject] if scope.subject else "全部类别"
    rows: list[Sequence[Any]] = [
        ("时间", f"{scope.span.since} 至 {scope.span.until}", "按收到的日子算"),
        ("范围", f"{where}，{subject}", ""),
    ]
    for tile, measure in zip(board.tiles, MEASURES, strict=True):
        value = board.now.received if measure.rate is None else measure.rate(board.now).percent
        rows.append((tile.name, value, f"{tile.definition} {tile.figure.base}".strip()))
    rows.append(("说明", "不到 10 件的不算比例，留空。", ""))
    return "总览", ("项目", "数", "怎么算的"), rows


def _stations(board: Board) -> Sheet:
    columns = ("站点", "活力", *COUNT_HEAD, "缺什么")
    rows = [
        (row.name, VITALITY[row.life.vitality][2], *counted(row.counts), "、".join(row.life.missing))
        for row in board.stations
    ]
    return "站点", columns, rows


def _units(board: Board) -> Sheet:
    columns = ("责任单位", *COUNT_HEAD, "中位天数", *OUTCOME_WORDS)
    return (
        "责任单位",
        columns,
        [(row.name, *counted(row.counts), row.median, *row.counts.outcomes) for row in board.units],
    )


def _subjects(board: Board) -> Sheet:
    rows = [(name, *(number for number, _, _ in cells), total) for name, total, _, cells in board.heat.rows]
    return "类别和乡镇", ("类别", *board.heat.towns, "合计"), rows


def _months(board: Board) -> Sheet:
    rows = [(f"{row.month:%Y-%m}", *counted(row.counts)) for row in board.months]
    return "按月", ("月份", *COUNT_HEAD), rows
