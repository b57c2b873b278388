"""Whatever the scores, the results and the order of steps: one voice each, honest averages, a closed meeting stays."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from projects import workflow
from projects.council import asking, closing, preparing, scoring
from projects.council.figures import FEWEST, tallies
from projects.council.models import AgendaItem, Council, FeasibilityOpinion, Score
from projects.council.states import MEASURES
from projects.models import ProjectIdea
from projects.states import State
from tests.projects.council.conftest import CLOSED, HOUR, OPENED, YES, Table, marks

pytestmark = pytest.mark.django_db
NAMES = [name for name, _, _ in MEASURES]
SHEETS = st.fixed_dictionaries({name: st.integers(1, 5) for name in NAMES})
RESULTS = st.sampled_from(["KEEP", "LATER", "NO"])
few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Undo(Exception):
    """Ends an example and takes its rows back."""


def apart(body: Callable[[], None]) -> None:
    """Run one example in a transaction of its own that leaves nothing."""
    try:
        with transaction.atomic():
            body()
            raise Undo
    except Undo:
        pass


def outcome(ideas: list[int]) -> list[tuple[Any, ...]]:
    """Return all that a decision leaves on the ideas, by their order."""
    rows = [ProjectIdea.objects.get(pk=pk) for pk in ideas]
    return [
        (
            row.state,
            row.shelved_reason,
            row.changed_at,
            [(line.verb, line.from_state, line.to_state, line.public_text) for line in row.history.order_by("id")],
        )
        for row in rows
    ]


def one_by_one(council: Council, item: AgendaItem, result: str, reason: str) -> None:
    """Do by hand what the meeting decided of one item."""
    given_: dict[str, Any] = {"actor": council.created_by, "at": CLOSED, "reason": reason}
    if result != "KEEP":
        workflow.shelve(item.idea_id, **given_)
        return
    workflow.screen(item.idea_id, **given_)
    if council.is_of_county:
        workflow.enlist(item.idea_id, **given_)


@pytest.mark.parametrize("of_county", [False, True])
def test_closing_all_at_once_equals_one_by_one(table: Table, of_county: bool) -> None:
    council, items = table.opened(3, of_county=of_county)
    ideas = [item.idea_id for item in items]

    @few
    @given(st.lists(RESULTS, min_size=3, max_size=3), st.permutations(range(3)))
    def check(results: list[str], order: list[int]) -> None:
        left: list[list[tuple[Any, ...]]] = []

        def at_once() -> None:
            table.close(council, *results, reason="就这样定。")
            left.append(outcome(ideas))

        def by_hand() -> None:
            for number in order:
                one_by_one(council, items[number], results[number], "就这样定。")
            left.append(outcome(ideas))

        apart(at_once)
        apart(by_hand)
        assert left[0] == left[1]

    check()


def test_averages_are_those_recounted_from_the_sheets(table: Table) -> None:
    council, items = table.opened(2)

    @few
    @given(st.lists(st.tuples(st.sampled_from(["rep", "second", "paper"]), st.integers(0, 1), SHEETS), max_size=8))
    def check(sheets: list[tuple[str, int, dict[str, int]]]) -> None:
        def body() -> None:
            last: dict[tuple[str, int], dict[str, int]] = {}
            for who, number, sheet in sheets:
                put(table, council, who, items[number].pk, sheet)
                last[who, number] = sheet
            found = tallies(item.pk for item in items)
            for number, item in enumerate(items):
                mine = [sheet for (_, place), sheet in last.items() if place == number]
                tally = found.get(item.pk)
                assert (tally.voices if tally else 0) == len(mine)
                if tally is None:
                    continue
                assert tally.weight * 4 * len(mine) == sum(sum(sheet.values()) for sheet in mine)
                if len(mine) < FEWEST:
                    assert not tally.averages
                for (_, shown), name in zip(tally.averages, NAMES, strict=False):
                    exact = Fraction(sum(sheet[name] for sheet in mine), len(mine))
                    assert abs(Fraction(shown) - exact) <= Fraction(1, 20)

        apart(body)

    check()


def put(table: Table, council: Council, who: str, item_id: int, sheet: dict[str, int]) -> None:
    """Score as somebody: by telephone, or on paper for whoever has none."""
    if who in table.users:
        table.score(council, who, {item_id: sheet})
        return
    person = table.people[who].pk
    scoring.enter(council.pk, actor=council.created_by, at=OPENED, representative_id=person, marks={item_id: sheet})


def test_nobody_votes_for_two(table: Table) -> None:
    council, (item,) = table.opened()
    steps = st.tuples(
        st.sampled_from(["phone", "paper"]), st.sampled_from(["rep", "second", "paper"]), st.integers(1, 5)
    )

    @few
    @given(st.lists(steps, max_size=8))
    def check(taken: list[tuple[str, str, int]]) -> None:
        def body() -> None:
            mine: dict[str, tuple[int, bool]] = {}
            for way, who, need in taken:
                sheet = {item.pk: marks(need)}
                if way == "phone" and who in table.users:
                    table.score(council, who, sheet)
                    mine[who] = (need, False)
                elif way == "paper":
                    try:
                        scoring.enter(
                            council.pk, actor=council.created_by, at=OPENED, marks=sheet,
                            representative_id=table.people[who].pk,
                        )  # fmt: skip
                        mine[who] = (need, True)
                    except VerbError:
                        assert not mine[who][1]
            rows = {row.representative.pk: (row.need, row.on_paper) for row in Score.objects.all()}
            assert rows == {table.people[who].pk: kept for who, kept in mine.items()}
            assert Score.objects.count() <= council.seats.count()

        apart(body)

    check()


def snapshot(council: Council) -> list[Any]:
    """Return everything that a meeting keeps."""
    return [
        list(Council.objects.filter(pk=council.pk).values()),
        list(council.items.order_by("pk").values()),
        list(council.seats.order_by("pk").values()),
        list(Score.objects.filter(item__council=council).order_by("pk").values()),
        list(FeasibilityOpinion.objects.filter(item__council=council).order_by("pk").values()),
    ]


def test_no_sequence_lets_a_closed_meeting_change(table: Table) -> None:
    council, (item, other) = table.opened(2)
    world, clerk = table.hall.world, council.created_by
    table.score(council, "rep", {item.pk: marks()})
    asked = asking.ask(council.pk, actor=clerk, at=OPENED, item_id=item.pk, unit=world.unit)
    table.close(council, "KEEP", "LATER")
    spare = table.hall.idea(State.POOLED)
    late: dict[str, Any] = {"actor": clerk, "at": CLOSED + HOUR}
    said = closing.Decision("NO", "改主意了")
    steps: dict[str, Callable[[], Any]] = {
        "change": lambda: preparing.change(council.pk, plan=table.plan(title="改过的"), **late),
        "add": lambda: preparing.add(council.pk, idea_id=spare.pk, **late),
        "drop": lambda: preparing.drop(council.pk, item_id=item.pk, **late),
        "raise_up": lambda: preparing.raise_up(council.pk, item_id=other.pk, **late),
        "check": lambda: preparing.check(council.pk, item_id=item.pk, answers=YES, **late),
        "open": lambda: preparing.open_council(council.pk, **late),
        "score": lambda: table.score(council, "second", {item.pk: marks(1, 1, 1, 1)}),
        "enter": lambda: put(table, council, "paper", item.pk, marks()),
        "ask": lambda: asking.ask(council.pk, item_id=item.pk, unit=world.co_unit, **late),
        "answer": lambda: asking.answer(
            asked.pk, actor=world.handler, at=CLOSED, verdict="NO", words="办不了", cost=None
        ),
        "close": lambda: closing.close(council.pk, decisions={item.pk: said, other.pk: said}, **late),
        "pool": lambda: table.hall.pool(other.idea, at=CLOSED + HOUR),
        "shelve": lambda: workflow.shelve(item.idea_id, reason="以后再说", **late),
        "next": lambda: table.item(table.council(), spare),
    }
    before = snapshot(council)

    @few
    @given(st.lists(st.sampled_from(sorted(steps)), max_size=6))
    def check(taken: list[str]) -> None:
        def body() -> None:
            for name in taken:
                try:
                    with transaction.atomic():
                        steps[name]()
                except VerbError:
                    pass
            assert snapshot(council) == before

        apart(body)

    check()
