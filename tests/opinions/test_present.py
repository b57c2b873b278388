"""How a matter is shown: mark, limit in words, five steps, timeline."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from core.models import CalendarDay
from core.workdays import WorkCalendar
from opinions import present, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from tests.world import SHANGHAI, START, World

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def due_on(month: int, day: int, state: str = State.HANDLING) -> Opinion:
    """An unsaved matter whose present limit ends on that day."""
    return Opinion(state=state, step_due_at=at(month, day, 17, 30))


@pytest.mark.parametrize("state", State.values)
def test_every_state_has_shape_colour_and_word(state: str) -> None:
    mark = present.state_mark(state)
    assert mark.glyph
    assert mark.tone in {"is-wait", "is-move", "is-soon", "is-done"}
    assert mark.label == State(state).label


def test_no_two_states_share_a_shape() -> None:
    shapes = [present.state_mark(state).glyph for state in State.values]
    assert len(set(shapes)) == len(shapes)


def test_a_state_is_never_solid_red() -> None:
    assert all(present.state_mark(state).tone != "is-late" for state in State.values)


@pytest.mark.parametrize(
    ("now", "words", "tone", "glyph"),
    [
        (at(4, 9, 9), "今天下班前", "is-soon", "dia"),
        (at(4, 9, 17, 29), "今天下班前", "is-soon", "dia"),
        (at(4, 9, 17, 30), "今天过了", "is-late", "tri"),
        (at(4, 9, 23, 0), "今天过了", "is-late", "tri"),
        (at(4, 10, 0, 1), "超 1 个工作日", "is-late", "tri"),
        (at(4, 13, 9), "超 2 个工作日", "is-late", "tri"),
        (at(4, 11, 9), "超 1 个工作日", "is-late", "tri"),
        (at(4, 8, 9), "明天下班前", "is-soon", "dia0"),
        (at(4, 7, 9), "还有 2 个工作日", "is-done", "full"),
        (at(4, 2, 9), "还有 4 个工作日", "is-done", "full"),
        (at(3, 25, 9), "4 月 9 日前", "is-done", "full"),
    ],
)
def test_a_running_limit_in_words(now: datetime, words: str, tone: str, glyph: str) -> None:
    WorkCalendar.forget()
    chip = present.due_chip(due_on(4, 9), now)
    assert (chip.words, chip.tone, chip.glyph) == (words, tone, glyph)


def test_working_days_are_counted_over_a_holiday(db: None) -> None:
    chip = present.due_chip(due_on(4, 9), at(4, 3))
    assert chip.words == "还有 3 个工作日"  # 7, 8 and 9 April; Qingming lies between
    for day in (7, 8):
        CalendarDay.objects.create(date=date(2026, 4, day), is_workday=False, name="临时放假", source="test")
    WorkCalendar.forget()
    assert present.due_chip(due_on(4, 9), at(4, 3)).words == "还有 1 个工作日"


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED, State.MERGED, State.WITHDRAWN])
def test_nothing_is_late_after_the_end(state: str) -> None:
    row = due_on(1, 5, state)
    assert not present.is_late(row.state, row.step_due_at, at(12, 1))
    assert present.due_chip(row, at(12, 1)).tone != "is-late"


@pytest.mark.parametrize(
    ("state", "words"),
    [("CLOSED", "办结了"), ("DECLINED", "不用办了"), ("MERGED", "一起办"), ("WITHDRAWN", "不用办了")],
)
def test_each_end_has_its_word(state: str, words: str) -> None:
    assert present.due_chip(due_on(1, 5, state), at(12, 1)).words == words


def test_the_residents_silence_is_not_late() -> None:
    row = due_on(1, 5, State.FED_BACK)
    assert not present.is_late(row.state, row.step_due_at, at(12, 1))
    assert "可评" in present.due_chip(row, at(12, 1)).words


def test_a_provisional_limit_says_so() -> None:
    row = due_on(4, 9)
    row.is_provisional = True
    assert present.due_chip(row, at(4, 1)).is_provisional


def test_a_matter_without_a_limit_says_so() -> None:
    assert present.due_chip(Opinion(state=State.HANDLING), at(4, 1)).words == "没有期限"


@pytest.mark.parametrize(
    ("state", "step", "done"),
    [
        ("SUBMITTED", 1, False),
        ("ACCEPTED", 2, False),
        ("ASSIGNED", 3, False),
        ("RETURN_REQUESTED", 3, False),
        ("HANDLING", 3, False),
        ("REPLIED", 4, False),
        ("TRACKING", 4, False),
        ("FED_BACK", 5, False),
        ("CLOSED", 5, True),
    ],
)
def test_the_place_on_the_five_step_line(state: str, step: int, done: bool) -> None:
    line = present.five(due_on(4, 9, state), at(4, 1))
    assert (line.step, line.done, line.late) == (step, done, False)


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize(
    ("state", "word", "glyph"),
    [("DECLINED", "不予受理", "minus"), ("MERGED", "已并案", "merge"), ("WITHDRAWN", "已撤回", "cross")],
)
def test_what_went_no_further_ends_where_it_ended_with_its_own_word(
    state: str, word: str, glyph: str, accepted: bool
) -> None:
    row = due_on(4, 9, state)
    row.accepted_at = at(4, 2) if accepted else None
    line = present.five(row, at(4, 20))
    assert (line.step, line.ended, line.glyph) == (3 if accepted else 2, word, glyph)
    assert not line.late
    assert not line.done


def test_a_rows_own_columns_are_enough_for_the_line() -> None:
    row = SimpleNamespace(state="WITHDRAWN", step_due_at=None)
    assert present.five(row, at(4, 1)).ended == "已撤回"  # type: ignore[arg-type]


def test_the_triangle_comes_with_lateness() -> None:
    assert present.five(due_on(4, 9), at(4, 10)).late
    assert not present.five(due_on(4, 9, State.FED_BACK), at(4, 10)).late


def test_the_resident_reads_only_public_lines_newest_first(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.report_progress(
        row.pk, actor=world.handler, at=START + timedelta(hours=1), note="预算还没批", is_public=False
    )
    workflow.report_progress(row.pk, actor=world.handler, at=START + timedelta(hours=2), note="明天开工")
    public = [entry.public_text for entry in present.timeline(row, public_only=True)]
    assert public[0] == "县城管局：明天开工"
    assert not any("预算" in text for text in public)
    assert len(present.timeline(row, public_only=False)) == len(public) + 1


def test_the_verbs_offered_are_those_the_table_and_the_rules_allow(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    everyday = ["merge", "take_in", "let_go", "answer_on_spot", "refer", "assign", "add_words", "reveal"]
    assert [verb for verb in present.verbs_for(world.clerk, row) if verb in everyday] == everyday
    assert {"assign", "reveal"} <= set(present.verbs_for(world.county_staff, row))
    assert not set(present.verbs_for(world.county_staff, row)) & {"merge", "add_words", "refer"}
    assert present.verbs_for(world.handler, row) == []
    assert present.verbs_for(world.leader, row) == []


def test_resident_and_desk_read_where_it_ended(world: World) -> None:
    early, late = world.opinion(State.DECLINED), world.opinion(State.ACCEPTED)
    workflow.withdraw(late.pk, actor=RESIDENT, at=START + timedelta(hours=3))
    client = Client()
    client.force_login(world.clerk)
    for row, word, passed in ((early, "不予受理", ["收到"]), (late, "已撤回", ["收到", "受理"])):
        for address in (f"/t/{row.receipt}/", f"/desk/opinions/{row.pk}/"):
            page = client.get(address).content.decode()
            line = page[page.index('<ol class="steps"') :]
            line = line[: line.index("</ol>")]
            shown = [name for name in ("收到", "受理", "办理", "答复", "评价") if f"<span>{name}</span>" in line]
            assert shown == passed
            assert line.count('aria-current="step"') == 1
            assert f"<span>{word}</span>" in line
