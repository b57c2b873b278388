"""The paper and the unit's letter as Word files, from the templates that the county may replace. No person is on them.

A template knows texts only, so the table of evidence is put in afterwards, where the template has `{{ evidence }}`.
"""

import io
from collections.abc import Sequence
from typing import Any

from core.workdays import day_words
from opinions.models import FormalSuggestion
from opinions.papers.contexts import formal_day
from opinions.papers.kinds import SUGGESTION, SUGGESTION_REPLY, Paper
from opinions.papers.store import template_of
from opinions.suggestions.evidence import Evidence
from opinions.suggestions.models import SuggestionReply
from opinions.suggestions.states import Consent
from stations.models import Region

HEADS = ("序号", "村、社区", "反映的事", "类别", "日期", "办得怎么样", "回执开头")
_WIDTHS = (12, 24, 44, 26, 18, 20, 18)  # millimetres, together the width of the page between its margins
_HERE = "〔依据表在此〕"


def papers_for(suggestion: FormalSuggestion) -> list[Paper]:
    """Return the papers there are of it as it stands: the letter needs an answer."""
    return [SUGGESTION, *([SUGGESTION_REPLY] if suggestion.replies.exists() else [])]


def filled(kind: str, suggestion: FormalSuggestion, evidence: Evidence) -> bytes:
    """Return the Word file."""
    from opinions.papers.filling import fill  # noqa: PLC0415 - heavy, and most web workers never need it

    if kind == SUGGESTION_REPLY.key:
        return fill(template_of(kind), reply_texts(suggestion))
    content = fill(template_of(kind), texts(suggestion, evidence))
    return with_table(content, rows_of(evidence))


def texts(suggestion: FormalSuggestion, evidence: Evidence) -> dict[str, str]:
    """What stands in each place of the paper."""
    counted = "；".join(
        f"{label}：" + "，".join(f"{name} {number} 件" for name, number in found) for label, found in evidence.counts
    )
    return _common(suggestion) | {
        "station": suggestion.station.name,
        "why": _paragraphs(suggestion.why),
        "analysis": _paragraphs(suggestion.analysis),
        "proposal": _paragraphs(suggestion.proposal),
        "matters": str(len(evidence.items)),
        "people": str(evidence.people),
        "counts": f"{counted}。" if evidence.items else "",
        "evidence": _HERE if evidence.items else "",
        "submitted_on": formal_day(suggestion.submitted_at),
    }


def reply_texts(suggestion: FormalSuggestion) -> dict[str, str]:
    """What stands in each place of the letter: the last answer. Raises LookupError before there is one."""
    answer = suggestion.replies.select_related("unit").order_by("-round").first()
    if answer is None:
        raise LookupError("there is no answer yet")
    helpers = suggestion.charges.filter(round=answer.round, role="CO").order_by("pk")
    return _common(suggestion) | {
        "unit": answer.unit.name,
        "co_units": "、".join(helpers.values_list("unit__short_name", flat=True)) or "无",
        "body": _paragraphs(answer.body),
        "outcome": SuggestionReply(outcome=answer.outcome).get_outcome_display(),
        "promise": formal_day(answer.promised_on),
        "replied_on": formal_day(answer.created_at),
    }


def _common(suggestion: FormalSuggestion) -> dict[str, str]:
    county = Region.objects.filter(code=suggestion.county_code).values_list("name", flat=True).first()
    agreed = suggestion.cosigners.filter(answer=Consent.AGREED).order_by("pk")
    return {
        "number": suggestion.number,
        "title": suggestion.title,
        "representative": suggestion.representative.name,
        "cosigners": "、".join(agreed.values_list("representative__name", flat=True)),
        "county": f"{county or ''}人大常委会",
    }


def _paragraphs(text: str) -> str:
    """Make each line a paragraph of its own (`\a` in a template's text)."""
    return "\a".join(line.strip() for line in text.split("\n") if line.strip())


def rows_of(evidence: Evidence) -> list[tuple[str, ...]]:
    """Return the lines of the table: what and where, never who."""
    return [
        (str(at), one.village, one.title, one.category, day_words(one.created_at), one.outcome, one.receipt)
        for at, one in enumerate(evidence.items, 1)
    ]


def with_table(content: bytes, rows: Sequence[Sequence[str]]) -> bytes:
    """Put the table where the template asks for it; a template without that place stays as it is."""
    from docx import Document  # noqa: PLC0415 - heavy, and most web workers never need it

    document = Document(io.BytesIO(content))
    place = next((paragraph for paragraph in document.paragraphs if _HERE in paragraph.text), None)
    if place is None:
        return content
    table = document.add_table(rows=0, cols=len(HEADS))
    for number, cells in enumerate([HEADS, *rows]):
        _write_row(table, cells, is_head=number == 0)
    _draw_borders(table)
    place._p.addnext(table._tbl)
    place._p.getparent().remove(place._p)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _write_row(table: Any, cells: Sequence[str], *, is_head: bool) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    row = table.add_row()
    kept = row._tr.get_or_add_trPr()
    kept.append(OxmlElement("w:cantSplit"))
    if is_head:
        kept.append(OxmlElement("w:tblHeader"))  # said again on every page
    for cell, text, width in zip(row.cells, cells, _WIDTHS, strict=True):
        cell.width = Mm(width)
        run = cell.paragraphs[0].add_run(text)
        run.font.size, run.font.name = Pt(10.5), "Times New Roman"
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体" if is_head else "仿宋")


def _draw_borders(table: Any) -> None:
    """Draw every line of the table itself: a county's own template need not know our style of tables."""
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>"))
