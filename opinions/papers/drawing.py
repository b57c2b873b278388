"""Draws the templates that come with the portal, in the layout of official papers. Run `manage.py draw_papers`.

A4 throughout. The letter keeps the margins of GB/T 9704 (37, 35, 28 and 26 mm) and its type: headings in 小标宋, body
in 仿宋 size 3 (16 pt) with 28 pt of leading. The forms are tables; they keep the paper's width, with narrower margins,
because a form must fit on one sheet. Where a county's machine lacks a typeface Word takes the one named beside it.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from opinions.papers.kinds import (
    ASSIGNMENT,
    DUTY_REPORT,
    LETTER,
    ORIGINALS,
    PAPERS,
    RECEPTION,
    SUGGESTION,
    SUGGESTION_REPLY,
    SUPERVISION,
    SURVEY,
)

HEADING, TEXT, LABEL = "方正小标宋简体", "仿宋", "黑体"
# Not 仿宋_GB2312: it lacks 洺.
_STAND_INS = {HEADING: "华文中宋", TEXT: "FangSong", LABEL: "SimHei"}
_SERIF = {HEADING: "roman", TEXT: "modern", LABEL: "swiss"}
_RED = "C00000"
_SMALL = 15  # millimetres; rows above hold running text


def draw_all(folder: Path = ORIGINALS) -> list[Path]:
    """Write every template into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, paper in PAPERS.items():
        document = _DRAWERS[key]()
        document.core_properties.title = paper.label
        document.core_properties.author = ""
        document.core_properties.comments = ""
        path = folder / f"{key}.docx"
        document.save(str(path))
        written.append(path)
    return written


def _blank(top: float, bottom: float, left: float, right: float) -> Any:
    """An empty A4 document with our typefaces; margins in millimetres."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(14)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), TEXT)
    style.paragraph_format.space_after = Pt(0)
    _name_stand_ins(document)
    return document


def _name_stand_ins(document: Any) -> None:
    """Tell Word which typeface to take where ours is not installed."""
    part = next(part for part in document.part.package.parts if part.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{_SERIF[name]}"/>'
        f'<w:pitch w:val="variable"/></w:font>'
        for name, other in _STAND_INS.items()
    )
    part._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    )


def _write(paragraph: Any, text: str, face: str = TEXT, size: float = 14, color: str = "") -> Any:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hint"), "eastAsia")
    if color:
        tint = OxmlElement("w:color")
        tint.set(qn("w:val"), color)
        run._element.get_or_add_rPr().append(tint)
    return paragraph


def _line(document: Any, text: str, face: str = TEXT, size: float = 14, align: str = "LEFT", color: str = "") -> Any:
    paragraph = _write(document.add_paragraph(), text, face, size, color)
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align)
    return paragraph


def _heading(document: Any, text: str, *, size: float = 22, color: str = "") -> None:
    paragraph = _line(document, text, HEADING, size, "CENTER", color)
    paragraph.paragraph_format.space_after = Pt(10)


def _foot(document: Any, text: str) -> None:
    _line(document, text, size=10.5).paragraph_format.space_before = Pt(6)


def _leading(paragraph: Any, points: float, *, indent: float = 0) -> Any:
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    if indent:
        shape.first_line_indent = Pt(indent)
    return paragraph


def _red_rule(paragraph: Any) -> None:
    """Draw the red line under a paragraph, as under the name of an issuing office."""
    rule = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="{_RED}"/></w:pBdr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(rule))


Row = tuple[float, list[tuple[str, int]]]


def _form(document: Any, widths: list[float], rows: list[Row]) -> None:
    """Draw a bordered table. Widths in millimetres; a row is its least height and its cells: text and columns taken.

    Every other cell, from the first, is a label. A label is centred, a value starts at the left.
    """
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for height, cells in rows:
        row = table.add_row()
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        if height <= _SMALL:  # a tall one holds as much as somebody wrote, and goes on over the page
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for width, cell in zip(widths, row.cells, strict=True):
            cell.width = Mm(width)
        at = 0
        for number, (text, span) in enumerate(cells):
            cell = row.cells[at]
            if span > 1:
                cell = cell.merge(row.cells[at + span - 1])
            _cell(cell, text, is_label=number % 2 == 0, is_tall=height > _SMALL)
            at += span


def _cell(cell: Any, text: str, *, is_label: bool, is_tall: bool) -> None:
    top = is_tall and not is_label
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="{"top" if top else "center"}"/>'))
    lines = text.split("\n")
    for number, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _write(paragraph, line, LABEL if is_label else TEXT, 12)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if is_label else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _reception() -> Any:
    document = _blank(25, 20, 25, 22)
    _heading(document, RECEPTION.label)
    _line(document, "站点：{{ station }}　　　编号：{{ number }}", size=12).paragraph_format.space_after = Pt(4)
    _form(
        document,
        [25, 34, 25, 31, 22, 26],
        [
            (10, [("接待时间", 1), ("{{ received_at }}", 3), ("从哪来", 1), ("{{ channel }}", 1)]),
            (
                10,
                [
                    ("首问负责人", 1),
                    ("{{ receiver }}", 1),
                    ("记录人", 1),
                    ("{{ recorder }}", 1),
                    ("接待代表", 1),
                    ("{{ representatives }}", 1),
                ],
            ),
            (10, [("来访人", 1), ("{{ name }}", 1), ("电话", 1), ("{{ phone }}", 1), ("人数", 1), ("{{ people }}", 1)]),
            (10, [("村（社区）", 1), ("{{ village }}", 1), ("地点", 1), ("{{ place }}", 3)]),
            (10, [("类别", 1), ("{{ category }}", 1), ("事情", 1), ("{{ title }}", 3)]),
            (58, [("反映的\n内容", 1), ("{{ body }}", 5)]),
            (32, [("当场答复", 1), ("{{ spot_answer }}", 5)]),
            (20, [("拟办意见", 1), ("{{ proposal }}", 5)]),
            (10, [("交给谁办", 1), ("{{ unit }}", 2), ("告知日期", 1), ("{{ told_on }}", 2)]),
            (30, [("办理结果", 1), ("{{ result }}", 5)]),
            (12, [("来访人签名", 1), ("", 2), ("接待人签名", 1), ("", 2)]),
        ],
    )
    _line(document, "{{ printed_on }}打印。来访人的称呼、电话可以不填。", size=10.5).paragraph_format.space_before = Pt(
        6
    )
    return document


def _assignment() -> Any:
    document = _blank(25, 20, 25, 22)
    _heading(document, "{{ from_office }}", size=24, color=_RED)
    title = _line(document, ASSIGNMENT.label, HEADING, 22, "CENTER")
    _red_rule(title)
    title.paragraph_format.space_after = Pt(8)
    _line(document, "编号：{{ number }}　　　交办日期：{{ assigned_on }}", size=12).paragraph_format.space_after = Pt(4)
    _form(
        document,
        [25, 56, 25, 57],
        [
            (11, [("主办单位", 1), ("{{ unit }}", 1), ("协办单位", 1), ("{{ co_units }}", 1)]),
            (11, [("答复期限", 1), ("{{ due_on }}", 1), ("缓急", 1), ("{{ kind }}（第 {{ round }} 轮）", 1)]),
            (11, [("事情", 1), ("{{ title }}", 3)]),
            (11, [("类别", 1), ("{{ category }}", 1), ("地点", 1), ("{{ place }}", 1)]),
            (82, [("群众反映\n的内容", 1), ("{{ body }}", 3)]),
            (38, [("请办什么", 1), ("{{ demand }}", 3)]),
            (14, [("群众", 1), ("{{ name }}　{{ phone }}\n{{ identity_note }}", 3)]),
            (11, [("联系人", 1), ("{{ contact }}", 1), ("联系电话", 1), ("{{ contact_phone }}", 1)]),
            (14, [("签收人", 1), ("{{ signed_by }}", 1), ("签收日期", 1), ("{{ signed_on }}", 1)]),
        ],
    )
    _line(
        document, "期限从交办之日起按工作日算，签收早晚不影响。办不了的，请在两个工作日内写明依据申请退回。", size=10.5
    ).paragraph_format.space_before = Pt(6)
    return document


def _supervision() -> Any:
    document = _blank(25, 20, 25, 22)
    _heading(document, "{{ issuer }}", size=24, color=_RED)
    title = _line(document, SUPERVISION.label, HEADING, 22, "CENTER")
    _red_rule(title)
    title.paragraph_format.space_after = Pt(8)
    _line(document, "编号：{{ number }}　　　督办等级：{{ level }}", size=12).paragraph_format.space_after = Pt(4)
    _form(
        document,
        [28, 53, 28, 54],
        [
            (12, [("承办单位", 1), ("{{ unit }}", 3)]),
            (12, [("督办的事", 1), ("{{ title }}", 3)]),
            (12, [("交办日期", 1), ("{{ assigned_on }}", 1), ("原定期限", 1), ("{{ due_on }}", 1)]),
            (12, [("改过的期限", 1), ("{{ earlier_dates }}", 3)]),
            (62, [("督办事由", 1), ("{{ reasons }}", 3)]),
            (55, [("督办要求", 1), ("{{ demand }}", 3)]),
            (12, [("请答复于", 1), ("{{ reply_by }}前", 1), ("签发日期", 1), ("{{ issued_on }}", 1)]),
            (30, [("单位签收\n（盖章）", 1), ("", 1), ("签发单位\n（盖章）", 1), ("{{ issuer }}", 1)]),
        ],
    )
    return document


def _letter() -> Any:
    document = _blank(37, 35, 28, 26)
    title = _line(document, f"关于“{{{{ title }}}}”的{LETTER.label}", HEADING, 22, "CENTER")
    _leading(title, 34)
    _leading(_line(document, "{{ number }}", size=16, align="CENTER"), 28).paragraph_format.space_after = Pt(14)
    _leading(_line(document, "{{ name }}：", size=16), 28)
    opening = "您在{{ received_on }}通过{{ station }}反映的“{{ title }}”一事，我们已经办理。现答复如下："
    _leading(_line(document, opening, size=16), 28, indent=32)
    _leading(_line(document, "{{ body }}", size=16), 28, indent=32)
    outcome = "办理结果：{{ outcome }}。{% if promise %}我们承诺在{{ promise }}前办到。{% endif %}"
    _leading(_line(document, outcome, size=16), 28, indent=32)
    closing = "对这个答复满意不满意，请您告诉站点，电话 {{ station_phone }}。您不满意的，会重新办一轮。"
    _leading(_line(document, closing, size=16), 28, indent=32)
    sender = _leading(_line(document, "{{ unit }}", size=16, align="RIGHT"), 28)
    sender.paragraph_format.space_before, sender.paragraph_format.right_indent = Pt(42), Pt(32)
    dated = _leading(_line(document, "{{ replied_on }}", size=16, align="RIGHT"), 28)
    dated.paragraph_format.right_indent = Pt(32)
    return document


def _survey() -> Any:
    document = _blank(25, 20, 25, 22)
    _heading(document, SURVEY.label)
    _line(document, "站点：{{ station }}　　　编号：{{ number }}", size=12).paragraph_format.space_after = Pt(4)
    solved = "□ 解决了　　□ 部分解决　　□ 只给了答复　　□ 没解决"
    faces = "□ 满意　　□ 基本满意　　□ 不满意"
    _form(
        document,
        [30, 51, 30, 52],
        [
            (11, [("您说的事", 1), ("{{ title }}", 3)]),
            (11, [("收到日期", 1), ("{{ received_on }}", 1), ("答复日期", 1), ("{{ replied_on }}", 1)]),
            (11, [("谁答复的", 1), ("{{ unit }}", 1), ("办理结果", 1), ("{{ outcome }}（第 {{ round }} 轮）", 1)]),
            (70, [("答复内容", 1), ("{{ answer }}", 3)]),
            (15, [("问题解决\n了吗", 1), (solved, 3)]),
            (15, [("您满意吗", 1), (faces, 3)]),
            (15, [("办事态度", 1), (faces, 3)]),
            (44, [("您还想说\n的话", 1), ("", 3)]),
            (12, [("称呼", 1), ("{{ name }}", 1), ("日期", 1), ("　　　年　　月　　日", 1)]),
        ],
    )
    how = "请在您选的那一项前面打 √，交给站点或打电话 {{ station_phone }} 说一声。签不签名都行。"
    _line(document, how, size=12).paragraph_format.space_before = Pt(6)
    _line(
        document, "不满意的，会重新办一轮；谁办的，谁不能替您评。{{ printed_on }}打印。", size=10.5
    ).paragraph_format.space_before = Pt(6)
    return document


def _suggestion() -> Any:
    document = _blank(37, 35, 28, 26)
    _leading(_line(document, "{{ county }}代表建议", HEADING, 22, "CENTER", _RED), 34)
    number = _line(document, "{% if number %}第 {{ number }} 号{% endif %}", size=16, align="CENTER")
    _red_rule(_leading(number, 28))
    _leading(_line(document, "{{ title }}", HEADING, 22, "CENTER"), 34).paragraph_format.space_before = Pt(14)
    who = "领衔代表：{{ representative }}{% if cosigners %}　　联名代表：{{ cosigners }}{% endif %}"
    _leading(_line(document, who, size=16), 28).paragraph_format.space_before = Pt(10)
    _leading(_line(document, "联系站点：{{ station }}", size=16), 28)
    for head, place in (("一、案由", "why"), ("二、分析", "analysis"), ("三、具体建议", "proposal")):
        _leading(_line(document, head, LABEL, 16), 28, indent=32)
        _leading(_line(document, f"{{{{ {place} }}}}", size=16), 28, indent=32)
    _leading(_line(document, "四、依据", LABEL, 16), 28, indent=32)
    behind = "群众反映的同类的事 {{ matters }} 件，涉及 {{ people }} 人。{{ counts }}"
    _leading(_line(document, behind, size=16), 28, indent=32)
    _line(document, "{{ evidence }}", size=12)
    signed = _leading(_line(document, "{{ representative }}", size=16, align="RIGHT"), 28)
    signed.paragraph_format.space_before, signed.paragraph_format.right_indent = Pt(28), Pt(32)
    dated = _leading(_line(document, "{{ submitted_on }}", size=16, align="RIGHT"), 28)
    dated.paragraph_format.right_indent = Pt(32)
    return document


def _suggestion_reply() -> Any:
    document = _blank(37, 35, 28, 26)
    _leading(_line(document, "{{ unit }}", HEADING, 24, "CENTER", _RED), 36)
    title = "关于第 {{ number }} 号代表建议的答复函"
    _red_rule(_leading(_line(document, title, HEADING, 22, "CENTER"), 34))
    to = "{{ representative }}代表{% if cosigners %}并联名的{{ cosigners }}代表{% endif %}："
    _leading(_line(document, to, size=16), 28).paragraph_format.space_before = Pt(14)
    opening = "您提出的“{{ title }}”（第 {{ number }} 号）收悉，由我单位主办，协办单位：{{ co_units }}。现答复如下："
    _leading(_line(document, opening, size=16), 28, indent=32)
    _leading(_line(document, "{{ body }}", size=16), 28, indent=32)
    outcome = "办理结果：{{ outcome }}。{% if promise %}我们承诺在{{ promise }}前办到。{% endif %}"
    _leading(_line(document, outcome, size=16), 28, indent=32)
    closing = "对这个答复满意、基本满意还是不满意，请您告诉{{ county }}。您不满意的，我们重新办理一次。"
    _leading(_line(document, closing, size=16), 28, indent=32)
    sender = _leading(_line(document, "{{ unit }}", size=16, align="RIGHT"), 28)
    sender.paragraph_format.space_before, sender.paragraph_format.right_indent = Pt(42), Pt(32)
    dated = _leading(_line(document, "{{ replied_on }}", size=16, align="RIGHT"), 28)
    dated.paragraph_format.right_indent = Pt(32)
    _line(document, "抄送：{{ county }}", size=14).paragraph_format.space_before = Pt(28)
    return document


def _duty_report() -> Any:
    document = _blank(37, 35, 28, 26)
    _leading(_line(document, "{{ year }}年履职报告", HEADING, 22, "CENTER"), 34)
    _leading(
        _line(document, "{{ mandates }}　{{ name }}", size=16, align="CENTER"), 28
    ).paragraph_format.space_after = Pt(14)
    opening = "各位选民：{{ year }}年我在{{ station }}履行代表职责，现把做过的事向大家报告如下。"
    _leading(_line(document, opening, size=16), 28, indent=32)
    parts = (
        ("一、接待选民", "reception"), ("二、政策宣传", "outreach"), ("三、调研视察", "inspection"),
        ("四、建议办理", "suggestion"), ("五、为民服务", "service"), ("六、还没办结的", "open"),
    )  # fmt: skip
    for heading, place in parts:
        _leading(_line(document, heading, LABEL, 16), 28, indent=32)
        _leading(_line(document, f"{{{{ {place} }}}}", size=16), 28, indent=32)
    closing = "以上是站点记录里的事。说得不对、做得不够的，请大家当面指出来。"
    _leading(_line(document, closing, size=16), 28, indent=32)
    sender = _leading(_line(document, "{{ name }}", size=16, align="RIGHT"), 28)
    sender.paragraph_format.space_before, sender.paragraph_format.right_indent = Pt(42), Pt(32)
    dated = _leading(_line(document, "{{ printed_on }}", size=16, align="RIGHT"), 28)
    dated.paragraph_format.right_indent = Pt(32)
    return document


_DRAWERS = {
    DUTY_REPORT.key: _duty_report,
    SUGGESTION.key: _suggestion,
    SUGGESTION_REPLY.key: _suggestion_reply,
    RECEPTION.key: _reception,
    ASSIGNMENT.key: _assignment,
    SUPERVISION.key: _supervision,
    LETTER.key: _letter,
    SURVEY.key: _survey,
}
