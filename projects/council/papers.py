"""The list to the government as Word and Excel. Cells are texts and numbers, never formulas."""

from decimal import Decimal
from io import BytesIO
from operator import itemgetter
from pathlib import Path

from projects import sheets
from projects.council.listing import Listed

ORIGINAL = Path(__file__).resolve().parent / "government_list.docx"
HEADINGS = (
    ("序号", 6), ("项目", 26), ("地方", 14), ("受益", 30), ("单位意见", 40), ("大约要多少钱（万元）", 14),
    ("代表打分", 40), ("附议", 8),
)  # fmt: skip
_PLACES = ("number", "title", "place", "benefit", "opinion", "cost", "scores", "seconds")
_WIDTHS = (13, 46, 24, 48, 54, 26, 44, 14)  # millimetres across; together as wide as the paper between its margins


def cells(row: Listed, cost: str | Decimal) -> list[str | int | Decimal]:
    """Return a row's cells, in the order of HEADINGS; the cost as words to be read or as a number to be added up."""
    return [row.number, row.idea.title, row.place, row.benefit, row.opinion, cost, row.scores, row.idea.seconds]


def write_excel(buffer: BytesIO, rows: list[Listed], year: int) -> None:
    """Write the rows as a spreadsheet."""
    columns = [(heading, width, itemgetter(place)) for place, (heading, width) in enumerate(HEADINGS)]
    sheets.write(buffer, [cells(row, row.cost_number) for row in rows], columns, f"{year}年")


def write_word(buffer: BytesIO, rows: list[Listed], year: int) -> None:
    """Write the rows as the Word list."""
    from projects.word import write_list  # noqa: PLC0415 - heavy, and most web workers never need it

    filled = [dict(zip(_PLACES, map(str, cells(row, row.cost)), strict=True)) for row in rows]
    write_list(buffer, ORIGINAL, filled, title=f"{year} 年民生实事项目建议清单", count=f"{len(rows)}")


def draw_original(path: Path = ORIGINAL) -> None:
    """Draw the Word template."""
    from projects.word import draw_list  # noqa: PLC0415 - as above

    columns = [(heading, name, width) for (heading, _), name, width in zip(HEADINGS, _PLACES, _WIDTHS, strict=True)]
    intro = "共 {{ count }} 件。由代表议事会议定，按代表打分排列。"
    draw_list(path, "民生实事项目建议清单", intro, columns, ("title", "benefit", "opinion", "scores"))
