"""The list to the government as Word and Excel. Cells are texts and numbers, never formulas."""

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


def cells(row: Listed) -> list[str | int]:
    """Return a row's cells, in the order of HEADINGS."""
    return [
        row.number, row.idea.title, row.place, row.benefit, row.opinion, row.cost, row.scores, row.idea.seconds,
    ]  # fmt: skip


def write_excel(buffer: BytesIO, rows: list[Listed], year: int) -> None:
    """Write the rows as a spreadsheet."""
    columns = [(heading, width, itemgetter(place)) for place, (heading, width) in enumerate(HEADINGS)]
    sheets.write(buffer, [cells(row) for row in rows], columns, f"{year}年")


def write_word(buffer: BytesIO, rows: list[Listed], year: int) -> None:
    """Fill the rows into the portal's own template, in the sandbox of the other papers."""
    from docxtpl import DocxTemplate  # noqa: PLC0415 - heavy, as above

    from opinions.papers.filling import clean, environment  # noqa: PLC0415 - brings docxtpl

    names = ("number", "title", "place", "benefit", "opinion", "cost", "scores", "seconds")
    filled = [{name: clean(str(value)) for name, value in zip(names, cells(row), strict=True)} for row in rows]
    document = DocxTemplate(BytesIO(ORIGINAL.read_bytes()))
    document.render({"year": str(year), "count": str(len(rows)), "rows": filled}, environment())
    document.save(buffer)


def draw_original(path: Path = ORIGINAL) -> None:
    """Draw the Word template: A4 across, one table with a row for each project."""
    from docx import Document  # noqa: PLC0415 - heavy, and only run when the template changes
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(18)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    words = title.add_run("{{ year }} 年民生实事项目建议清单")
    words.bold, words.font.size = True, Pt(20)
    document.add_paragraph("共 {{ count }} 件。由代表议事会议定，按代表打分排列。")
    table = document.add_table(rows=4, cols=len(HEADINGS))
    table.style = "Table Grid"
    names = ("number", "title", "place", "benefit", "opinion", "cost", "scores", "seconds")
    table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    for place, ((heading, width), name) in enumerate(zip(HEADINGS, names, strict=True)):
        table.rows[0].cells[place].text, table.rows[2].cells[place].text = heading, f"{{{{ row.{name} }}}}"
        for line in table.rows:
            line.cells[place].width = Mm(width * 1.45)
    document.save(str(path))
