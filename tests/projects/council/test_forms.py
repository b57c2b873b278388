"""What the score sheet makes of what was sent, and how results stand on a page."""

from typing import Any

import pytest

from projects.council.closing import can_be_decided, why_not_kept
from projects.council.forms import AnswerForm, CheckForm, lines, marks_from
from projects.council.models import AgendaItem, Council, FeasibilityOpinion
from projects.council.present import MARKS, RESULT_MARKS, agenda, mark_of, results_of
from projects.council.states import HIGHEST, LOWEST, MEASURES, QUESTIONS, TABLE, VERB_LABELS, Result, State
from projects.states import State as IdeaState
from tests.projects.council.conftest import REASON, Table, marks

ITEMS = [AgendaItem(pk=1), AgendaItem(pk=2)]


def test_an_untouched_item_is_left_out_and_a_half_one_is_not() -> None:
    sent = {"need_1": "5", "benefit_1": "4", "feasibility_1": "3", "cost_1": "2", "need_3": "5"}
    assert marks_from(sent, ITEMS) == {1: marks()}
    assert marks_from(sent | {"need_2": "1"}, ITEMS) == {1: marks(), 2: {"need": 1}}
    assert marks_from({}, ITEMS) == {}


@pytest.mark.parametrize("strange", ["0", "6", "", "05", "5 ", "five", "５", "1e0", "+1", None])
def test_a_strange_mark_counts_as_none(strange: Any) -> None:
    assert marks_from({"need_1": strange, "cost_1": "2"}, ITEMS) == {1: {"cost": 2}}


def test_a_sheet_shows_the_marks_that_were_given_and_what_is_wrong() -> None:
    first, second = lines(ITEMS, {1: marks()}, ("need_2", "还没有打"))
    chosen = {row.name: [value for value, is_chosen in row.choices if is_chosen] for row in first.rows}
    assert chosen == {"need_1": [5], "benefit_1": [4], "feasibility_1": [3], "cost_1": [2]}
    assert all([value for value, _ in row.choices] == list(range(LOWEST, HIGHEST + 1)) for row in first.rows)
    assert [row.error for row in second.rows] == ["还没有打", "", "", ""]
    assert not any(is_chosen for row in second.rows for _, is_chosen in row.choices)


def test_every_measure_says_what_one_and_five_mean() -> None:
    assert len(MEASURES) == 4
    assert all(hint.startswith("1 ") and "，5 " in hint for _, _, hint in MEASURES)


def test_every_verb_has_a_word_and_every_state_and_result_a_shape() -> None:
    assert {verb for verb, _, _ in TABLE.pairs()} == set(VERB_LABELS)
    assert set(MARKS) == set(State)
    assert set(RESULT_MARKS) == set(Result)
    for state in State:
        assert mark_of(Council(state=state))[2] == state.label
    assert len({glyph for _, glyph in RESULT_MARKS.values()}) == len(Result)


@pytest.mark.parametrize("state", list(IdeaState))
def test_what_still_waits_for_a_meeting(state: str) -> None:
    assert can_be_decided(Council(station_id=1), state) == (state == IdeaState.POOLED)
    assert can_be_decided(Council(station=None), state) == (state in (IdeaState.POOLED, IdeaState.SCREENED))


@pytest.mark.parametrize("name", [name for name, _ in QUESTIONS])
def test_each_question_can_keep_an_item_from_being_listed(name: str) -> None:
    whole = dict.fromkeys([one for one, _ in QUESTIONS], "YES")
    assert why_not_kept(AgendaItem(**whole)) == ""
    assert why_not_kept(AgendaItem(**(whole | {name: "UNCLEAR"}))) == ""
    assert dict(QUESTIONS)[name] in why_not_kept(AgendaItem(**(whole | {name: "NO"})))
    assert "没有核对完" in why_not_kept(AgendaItem(**(whole | {name: ""})))


def test_the_checklist_form_gives_the_verb_what_it_takes() -> None:
    form = CheckForm({"public_money": "YES", "benefits_many": "NO", "benefits_many_note": "只有两户"})
    assert form.is_valid()
    assert form.answers == {"public_money": ("YES", ""), "benefits_many": ("NO", "只有两户"), "within_year": ("", "")}


@pytest.mark.parametrize("cost", ["-1", "x", "1.234", "99999999999"])
def test_a_strange_cost_is_refused_by_the_form(cost: str) -> None:
    form = AnswerForm({"verdict": "YES", "words": "行", "cost": cost})
    assert not form.is_valid()
    assert set(form.errors) == {"cost"}


@pytest.mark.parametrize(
    ("cost", "shown"), [(None, ""), ("12.50", "12.5"), ("100", "100"), ("0", "0"), ("0.05", "0.05")]
)
def test_a_cost_is_said_without_needless_zeros(cost: str | None, shown: str) -> None:
    from decimal import Decimal  # noqa: PLC0415 - one look

    assert FeasibilityOpinion(cost=None if cost is None else Decimal(cost)).cost_words == shown


def test_a_page_knows_the_agenda_in_order_and_the_results_newest_first(table: Table) -> None:
    council, items = table.opened(3)
    assert [(entry.number, entry.item.pk) for entry in agenda(council)] == [
        (number, item.pk) for number, item in enumerate(items, 1)
    ]
    assert results_of(items[0].idea) == []
    assert agenda(council)[0].mark is None
    table.close(council, "LATER", "KEEP", "NO")
    table.hall.pool(items[0].idea, at=council.created_at.replace(year=2027))
    again = table.council()
    table.item(again, items[0].idea)
    (entry,) = results_of(items[0].idea)
    assert (entry.mark, entry.item.reason) == (("is-soon", "minus", "缓办"), REASON)
