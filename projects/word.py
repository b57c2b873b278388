"""How a Word paper of the projects is written: runs whose Chinese has a typeface of its own. Heavy: brings docx."""

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt


def say(paragraph: Any, words: str, face: str, size: float, *, is_centred: bool = False) -> None:
    """Write a run in a typeface, `size` in points."""
    run = paragraph.add_run(words)
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    paragraph.paragraph_format.space_after = Pt(4)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
