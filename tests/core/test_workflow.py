"""The engine: a closed table is closed to everyone."""

import pytest
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from core.workflow import BadInput, NotAllowed, Table, Transition, VerbError, WrongState


class Light(models.TextChoices):
    """Three states with words on screen."""

    RED = "RED", "红灯"
    GREEN = "GREEN", "绿灯"
    BROKEN = "BROKEN", "坏了"


STATES = tuple(Light.values)
TRANSITIONS = (
    Transition("install", frozenset({""}), frozenset({Light.RED})),
    Transition("switch", frozenset({Light.RED}), frozenset({Light.GREEN, Light.BROKEN})),
    Transition("stop", frozenset({Light.GREEN}), frozenset({Light.RED})),
    Transition("repair", frozenset({Light.BROKEN}), frozenset({Light.RED})),
)
# Typed by hand, as the whole point of a closed table is that nothing else is in it.
ALLOWED = {("install", ""), ("switch", "RED"), ("stop", "GREEN"), ("repair", "BROKEN")}
ARRIVALS = {
    ("install", "", "RED"),
    ("switch", "RED", "GREEN"),
    ("switch", "RED", "BROKEN"),
    ("stop", "GREEN", "RED"),
    ("repair", "BROKEN", "RED"),
}


@pytest.fixture
def table() -> Table:
    """The table of a traffic light with words for its refusals."""
    return Table(TRANSITIONS, state_labels=dict(Light.choices), verb_labels={"stop": "变红"})


@pytest.mark.parametrize("verb", ["install", "switch", "stop", "repair", "explode", ""])
@pytest.mark.parametrize("state", ["", *STATES, "UNKNOWN"])
def test_only_listed_pairs_are_allowed(table: Table, verb: str, state: str) -> None:
    assert table.allows(verb, state) == ((verb, state) in ALLOWED)
    if (verb, state) in ALLOWED:
        table.check(verb, state)
    else:
        with pytest.raises(WrongState):
            table.check(verb, state)


@pytest.mark.parametrize("verb", ["install", "switch", "stop", "repair"])
@pytest.mark.parametrize("source", ["", *STATES])
@pytest.mark.parametrize("target", ["", *STATES])
def test_only_listed_arrivals_are_allowed(table: Table, verb: str, source: str, target: str) -> None:
    if (verb, source, target) in ARRIVALS:
        table.check_arrival(verb, source, target)
    else:
        with pytest.raises(WrongState):
            table.check_arrival(verb, source, target)


def test_pairs_lists_the_whole_table(table: Table) -> None:
    assert table.pairs() == ARRIVALS


def test_none_and_blank_both_mean_creation(table: Table) -> None:
    assert table.allows("install", None)
    assert table.verbs(None) == table.verbs("") == ("install",)
    assert Transition("install", frozenset({None}), frozenset({"RED"})) == TRANSITIONS[0]  # type: ignore[arg-type]


def test_verbs_come_in_the_order_of_the_table() -> None:
    table = Table([Transition("zebra", {"A"}, {"B"}), Transition("ape", {"A"}, {"B"})])  # type: ignore[arg-type]
    assert table.verbs("A") == ("zebra", "ape")
    assert table.verbs("B") == ()


def test_refusal_is_a_sentence_with_the_words_on_screen(table: Table) -> None:
    with pytest.raises(WrongState) as refusal:
        table.check("stop", Light.RED)
    assert refusal.value.message == "现在的状态是“红灯”，不能“变红”。可能刚刚有人办理过，请刷新页面再看。"
    assert str(refusal.value) == refusal.value.message


def test_refusal_uses_the_label_of_the_choice_when_the_table_has_none() -> None:
    with pytest.raises(WrongState, match="绿灯"):
        Table(TRANSITIONS).check("repair", Light.GREEN)


def test_refusal_before_anything_exists(table: Table) -> None:
    with pytest.raises(WrongState, match="还没有登记"):
        table.check("stop", "")


@pytest.mark.parametrize(
    ("verb", "sources", "targets"), [("", {"A"}, {"B"}), ("go", set(), {"B"}), ("go", {"A"}, set())]
)
def test_an_arrow_that_leads_nowhere_is_a_mistake(verb: str, sources: set[str], targets: set[str]) -> None:
    with pytest.raises(ValueError, match="needs a verb"):
        Transition(verb, frozenset(sources), frozenset(targets))


def test_a_pair_listed_twice_is_a_mistake() -> None:
    twice = [Transition("go", frozenset("AB"), frozenset("C")), Transition("go", frozenset("B"), frozenset("D"))]
    with pytest.raises(ValueError, match="listed twice"):
        Table(twice)


def test_one_verb_may_lead_elsewhere_from_another_state() -> None:
    table = Table([Transition("go", frozenset("A"), frozenset("B")), Transition("go", frozenset("C"), frozenset("D"))])
    table.check_arrival("go", "C", "D")
    with pytest.raises(WrongState):
        table.check_arrival("go", "A", "D")


@given(st.text(max_size=8), st.text(max_size=8))
def test_whatever_is_not_listed_is_refused(verb: str, state: str) -> None:
    assert Table(TRANSITIONS).allows(verb, state) == ((verb, state) in ALLOWED)


def test_every_refusal_is_a_verb_error_with_a_message() -> None:
    for error in (WrongState("甲"), NotAllowed("乙"), BadInput("丙", "body")):
        assert isinstance(error, VerbError)
        assert error.message == str(error)
    assert BadInput("丙", "body").field == "body"
    assert BadInput("丙").field == ""
