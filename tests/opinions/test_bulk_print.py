"""Many papers in one Word file, and the chosen rows as a spreadsheet."""

import io
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from accounts.models import AuditEntry
from opinions.papers.joining import has_places_outside
from opinions.papers.store import template_of
from opinions.states import State
from tests.opinions.test_bulk import PRINT, enter, made
from tests.world import World

__all__ = ["enter"]


def test_one_word_file_holds_a_page_for_each(world: World, enter: Any) -> None:
    rows = made(world, State.ASSIGNED, 2)
    waiting = made(world)[0]
    client = enter("clerk")
    asked = {"row": [row.pk for row in (*rows, waiting)]}
    html = client.get(PRINT, asked).content.decode()
    assert "打开 2 张交办单" in html
    assert "打开 3 张选民接待登记表" in html
    assert "还没有交办，没有交办单。" in html
    file = client.get(PRINT, asked | {"paper": "assignment"})
    assert "%E4%BA%A4%E5%8A%9E%E5%8D%95-2%E4%BB%B6.docx" in file["Content-Disposition"]
    document = Document(io.BytesIO(file.content))
    assert len(document.tables) == 2
    assert document.element.xml.count('w:type="page"') == 1
    assert "13800001234" not in document.element.xml
    assert len(document.element.body.findall(f"{{{document.element.nsmap['w']}}}sectPr")) == 1


def test_joined_pages_hold_what_single_ones_hold(world: World, enter: Any) -> None:
    rows, client = made(world, State.ASSIGNED, 3), enter("clerk")
    single = [client.get(f"/desk/opinions/{row.pk}/papers/assignment/").content for row in rows]
    joined = client.get(PRINT, {"row": [row.pk for row in rows], "paper": "assignment"}).content

    def words(content: bytes) -> list[list[str]]:
        tables = Document(io.BytesIO(content)).tables
        return [[cell.text for line in table.rows for cell in line.cells] for table in tables]

    assert words(joined) == [table for content in single for table in words(content)]


def test_a_template_with_places_in_its_header_is_printed_one_by_one(
    world: World, enter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = made(world, State.ASSIGNED)[0]
    document = Document(io.BytesIO(template_of("assignment")))
    assert not has_places_outside(template_of("assignment"))
    document.sections[0].header.paragraphs[0].text = "{{ title }}"
    written = io.BytesIO()
    document.save(written)
    monkeypatch.setattr("opinions.views.bulk_print.template_of", lambda kind: written.getvalue())
    answer = enter("clerk").get(PRINT, {"row": row.pk, "paper": "assignment"}, follow=True)
    assert "只能一件一件打印" in answer.content.decode()
    assert answer.redirect_chain[0][0] == f"{PRINT}?row={row.pk}"


@pytest.mark.parametrize(("who", "paper", "status"), [("clerk", "assignment", 404), ("clerk", "letter", 404),
                                                      ("clerk", "nothing", 404), ("clerk", "reception", 200),
                                                      ("other_clerk", "reception", 404),
                                                      ("handler", "assignment", 403)])  # fmt: skip
def test_no_paper_that_is_not_there_or_not_for_him(world: World, enter: Any, who: str, paper: str, status: int) -> None:
    row = made(world)[0]
    assert enter(who).get(PRINT, {"row": row.pk, "paper": paper}).status_code == status


def test_only_the_chosen_are_exported_and_the_audit_says_so(world: World, enter: Any) -> None:
    rows = made(world, many=3)
    hidden = world.submit(station=world.other_station, region=world.other_town, at=timezone.now())
    sent = {"row": [rows[0].pk, rows[2].pk, hidden.pk], "chosen": "1"}
    answer = enter("clerk").post("/desk/opinions/export/?group=all", sent)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 3
    line = AuditEntry.objects.filter(action="ledger_exported").latest("pk")
    assert line.detail["rows"] == 2
    assert line.detail["filters"] == "一件一件选的"


def test_exporting_nothing_chosen_is_not_exporting_everything(world: World, enter: Any) -> None:
    made(world)
    answer = enter("clerk").post("/desk/opinions/export/?group=all", {"chosen": "1"}, follow=True)
    assert "一件也没有选" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()
