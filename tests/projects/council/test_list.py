"""The list to the government: what stands on it, in which order, as Word and Excel, without anybody's name."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from accounts.models import AuditEntry
from projects.council import asking, papers, preparing
from projects.council.listing import listed, years
from projects.models import ProjectIdea
from projects.states import State
from tests.projects.conftest import PHONE, WORDS
from tests.projects.council.conftest import OPENED, YES, Table, marks

LIST = "/desk/projects/lists/"


def fill(table: Table) -> list[ProjectIdea]:
    """List two projects, the second scored better, one with a unit's opinion; a third is put aside."""
    council = table.council(of_county=True)
    items = [table.item(council) for _ in range(3)]
    staff, world = council.created_by, table.hall.world
    ProjectIdea.objects.filter(pk=items[0].idea_id).update(title="=1+1")
    answers = YES | {"benefits_many": ("YES", "八百多个学生")}
    preparing.check(council.pk, actor=staff, at=OPENED, item_id=items[1].pk, answers=answers)
    asked = asking.ask(council.pk, actor=staff, at=OPENED, item_id=items[1].pk, unit=world.unit)
    asking.answer(asked.pk, actor=world.handler, at=OPENED, verdict="IF", words="先迁电杆。", cost=Decimal("12.50"))
    preparing.open_council(council.pk, actor=staff, at=OPENED)
    for who in ("rep", "second"):
        table.score(council, who, {items[0].pk: marks(2, 2, 2, 2), items[1].pk: marks(5, 5, 5, 5)})
    table.close(council, "KEEP", "KEEP", "NO")
    return [item.idea for item in items]


def signed_in(table: Table, who: str) -> Client:
    client = Client()
    client.force_login(table.hall.world.users[who])
    return client


def test_the_best_scored_comes_first_with_all_that_was_said(table: Table) -> None:
    low, best, aside = fill(table)
    rows = listed(table.hall.world.county_staff, 2026)
    assert years(table.hall.world.county_staff) == [best.year]
    rows = listed(table.hall.world.county_staff, best.year)
    assert [(row.number, row.idea.pk) for row in rows] == [(1, best.pk), (2, low.pk)]
    first = rows[0]
    assert (first.benefit, first.cost) == ("八百多个学生", "12.5")
    assert first.opinion == "县城管局：有条件可行，先迁电杆。"
    assert first.scores == "综合 5.0（需求 5.0、受益 5.0、可行 5.0、花费 5.0），2 人打分"
    assert rows[1].opinion == rows[1].cost == ""
    assert aside.pk not in {row.idea.pk for row in rows}


def test_what_was_listed_without_a_meetings_row_stands_there_too(table: Table) -> None:
    idea = table.hall.idea(State.LISTED)
    (row,) = listed(table.hall.world.county_staff, idea.year)
    assert (row.benefit, row.scores, row.opinion) == (idea.summary, "", "")


@pytest.mark.parametrize("who", ["clerk", "town_staff", "rep", "handler", "grid", "admin"])
def test_the_list_is_the_countys(table: Table, who: str) -> None:
    fill(table)
    client = signed_in(table, who)
    for tail in ("", "word/", "excel/"):
        assert client.get(f"{LIST}{tail}").status_code == 403
        assert client.post(f"{LIST}{tail}").status_code in (403, 405)


@pytest.mark.parametrize("year", ["", "1999", "x", "９"])
def test_the_page_shows_the_newest_year_unless_a_known_one_is_asked(table: Table, year: str) -> None:
    _, best, _ = fill(table)
    page = signed_in(table, "leader").get(f"{LIST}?year={year}").content.decode()
    assert f"{best.year} 年" in page
    assert "八百多个学生" in page
    assert PHONE not in page


def test_the_spreadsheet_holds_texts_and_no_person(table: Table) -> None:
    _, best, _ = fill(table)
    answer = signed_in(table, "county_staff").post(f"{LIST}excel/?year={best.year}")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [name for name, _ in papers.HEADINGS] == list(rows[0])
    assert [row[0] for row in rows[1:]] == [1, 2]
    assert [row[5] for row in rows[1:]] == [12.5, ""]  # a number, to be added up
    assert sheet.cell(row=3, column=2).value == "=1+1"
    assert sheet.cell(row=3, column=2).data_type == "s"
    whole = "".join(str(cell) for row in rows for cell in row)
    for hidden in (PHONE, "田大山", WORDS, "麦知秋"):
        assert hidden not in whole
    assert AuditEntry.objects.get(action="list_exported").detail["count"] == 2


def test_the_word_file_holds_the_same_rows(table: Table) -> None:
    _, best, _ = fill(table)
    answer = signed_in(table, "county_staff").post(f"{LIST}word/?year={best.year}")
    document = Document(BytesIO(answer.content))
    (grid,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in grid.rows]
    assert rows[0] == [name for name, _ in papers.HEADINGS]
    assert len(rows) == 3
    assert rows[1][:2] == ["1", best.title]
    assert rows[2][:2] == ["2", "=1+1"]
    words = "".join(part.text for part in document.paragraphs) + "".join(map("".join, rows))
    assert f"{best.year} 年民生实事项目建议清单" in words
    assert "{" not in words
    for hidden in (PHONE, "田大山", WORDS, "麦知秋"):
        assert hidden not in words


def test_the_template_is_the_one_that_is_drawn(tmp_path: object) -> None:
    from pathlib import Path  # noqa: PLC0415 - only here

    fresh = Path(str(tmp_path)) / "list.docx"
    papers.draw_original(fresh)
    kept, drawn = (
        [[cell.text for cell in row.cells] for row in Document(str(path)).tables[0].rows]
        for path in (papers.ORIGINAL, fresh)
    )
    assert kept == drawn


def test_an_empty_list_is_not_exported(table: Table) -> None:
    client = signed_in(table, "county_staff")
    assert "清单还是空的" in client.get(LIST).content.decode()
    for tail in ("word/", "excel/"):
        assert client.post(f"{LIST}{tail}").status_code == 302
        assert client.get(f"{LIST}{tail}")["Location"].startswith(LIST)
    assert not AuditEntry.objects.filter(action="list_exported").exists()
