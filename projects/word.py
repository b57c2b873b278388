"""How the Word papers of the projects are drawn: typefaces of official papers, tables of fixed widths, lists to fill.

Heavy: brings docx, which most web workers never need.
"""

from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate

from opinions.papers.drawing import HEADING, LABEL, TEXT
from opinions.papers.filling import clean, environment

LONG, SHORT = Mm(297), Mm(210)


def paper(title: str, *, is_across: bool = False) -> Any:
    """Begin a document of A4; its properties tell the title and nobody's name."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (LONG, SHORT) if is_across else (SHORT, LONG)
    section.left_margin = section.right_margin = Mm(14 if is_across else 25)
    if is_across:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.top_margin, section.bottom_margin = Mm(18), Mm(15)
    document.core_properties.title, document.core_properties.author = title, ""
    document.core_properties.comments = ""
    return document


def say(paragraph: Any, words: str, face: str, size: float, *, is_centred: bool = False) -> None:
    """Write a run in a typeface, `size` in points."""
    run = paragraph.add_run(words)
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    paragraph.paragraph_format.space_after = Pt(4)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def table_of(document: Any, rows: int, heads: Sequence[tuple[str, float]], size: float) -> Any:
    """Add a table with its heads; each has its words and its width in millimetres. `size` of the heads, in points."""
    table = document.add_table(rows=rows, cols=len(heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for place, (head, width) in enumerate(heads):
        table.columns[place].width = Mm(width)  # one reader goes by the columns, another by the cells
        for row in table.rows:
            row.cells[place].width = Mm(width)
            row.cells[place].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        say(table.rows[0].cells[place].paragraphs[0], head, LABEL, size, is_centred=True)
    _property(table.rows[0], "w:tblHeader")  # the heads stand on every page
    return table


def _property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def draw_list(
    path: Path, title: str, intro: str, columns: Sequence[tuple[str, str, float]], to_the_left: Collection[str]
) -> None:
    """Draw the template of a list: A4 across, one row for each project.

    A column has its heading, the name of its place in a row, and its width in millimetres.
    """
    document = paper(title, is_across=True)
    say(document.add_paragraph(), "{{ title }}", HEADING, 22, is_centred=True)
    say(document.add_paragraph(), intro, TEXT, 12)
    table = table_of(document, 4, [(heading, width) for heading, _, width in columns], 11)
    table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    for cell, (_, name, _width) in zip(table.rows[2].cells, columns, strict=True):
        say(cell.paragraphs[0], f"{{{{ row.{name} }}}}", TEXT, 11, is_centred=name not in to_the_left)
    _property(table.rows[2], "w:cantSplit")
    document.save(str(path))


def write_list(buffer: BytesIO, original: Path, rows: Sequence[Mapping[str, str]], **words: str) -> None:
    """Fill rows and further words into a drawn list, in the sandbox of the other papers."""
    filled = [{name: clean(value) for name, value in row.items()} for row in rows]
    document = DocxTemplate(BytesIO(original.read_bytes()))
    document.render(words | {"rows": filled}, environment())
    document.save(buffer)
