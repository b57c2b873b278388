"""Draws the Word template of the yearly list: A4 across, in the type of official papers, one row for each project."""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm

from opinions.papers.drawing import HEADING, LABEL, TEXT
from projects.word import say
from projects.works.papers import ORIGINAL, TABLE

TO_THE_LEFT = ("title", "scope", "unit", "leader", "source")


def draw_original(path: Path = ORIGINAL) -> None:
    """Write the template."""
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin, section.bottom_margin = Mm(18), Mm(15)
    document.core_properties.title, document.core_properties.author = "年度民生实事项目清单", ""
    document.core_properties.comments = ""
    say(document.add_paragraph(), "{{ title }}", HEADING, 22, is_centred=True)
    say(document.add_paragraph(), "共 {{ count }} 件，计划资金 {{ total }} 万元。", TEXT, 12)
    _table(document)
    document.save(str(path))


def _table(document: Any) -> None:
    table = document.add_table(rows=4, cols=len(TABLE))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for row in rows %}", "{%tr endfor %}"
    for place, (heading, name, width) in enumerate(TABLE):
        table.columns[place].width = Mm(width)
        for row in table.rows:
            row.cells[place].width = Mm(width)
            row.cells[place].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        say(table.rows[0].cells[place].paragraphs[0], heading, LABEL, 11, is_centred=True)
        words = f"{{{{ row.{name} }}}}"
        say(table.rows[2].cells[place].paragraphs[0], words, TEXT, 11, is_centred=name not in TO_THE_LEFT)
    _property(table.rows[0], "w:tblHeader")  # the heads stand on every page
    _property(table.rows[2], "w:cantSplit")


def _property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
