"""Any sequence of verbs by anybody: what a suggestion promises holds after every single step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from opinions.models import FormalSuggestion, Opinion, Verdict
from opinions.suggestions import deadlines, workflow
from opinions.suggestions.states import HELD, NUMBERED, TABLE, State
from tests.opinions.suggestions.world import TEXTS, make, person
from tests.world import START, World

ACTORS = ("rep", "mate", "clerk", "county_staff", "handler", "co_handler", "leader", "other_clerk", "system")
MOVES = {"assign", "grant_extension", "judge"}


def verbs(world: World, row: FormalSuggestion) -> dict[str, Callable[..., Any]]:
    """Every verb with sound input, ready for actor and moment."""

    def bind(name: str, **given_input: Any) -> Callable[..., Any]:
        return lambda actor, at: getattr(workflow, name)(row.pk, actor=actor, at=at, **given_input)

    def with_signer(name: str, **more: Any) -> Callable[..., Any]:
        def call(actor: Any, at: Any) -> Any:
            signer = row.cosigners.first()
            return getattr(workflow, name)(row.pk, actor=actor, at=at, cosigner_id=signer.pk if signer else 0, **more)

        return call

    no = {"satisfaction": "DISSATISFIED", "comment": "没修好", "how": "打电话"}
    return {
        "write": bind("write", **TEXTS | {"why": "又灭了两盏"}),
        "gather": lambda actor, at: workflow.gather(
            row.pk, actor=actor, at=at, opinion_ids=[world.submit(at=at, phone="").pk]
        ),
        "leave_out": lambda actor, at: workflow.leave_out(
            row.pk, actor=actor, at=at, opinion_id=row.matters.values_list("opinion_id", flat=True).first() or 0
        ),
        "invite": bind("invite", representative=person("安可期")),
        "let_off": with_signer("let_off"),
        "answer_invitation": with_signer("answer_invitation", agrees=True, how="打电话"),
        "submit": bind("submit", how="签了字"),
        "send_back": bind("send_back", reason="写清楚"),
        "accept": bind("accept"),
        "withdraw": bind("withdraw", reason="合并", how="当面"),
        "assign": bind("assign", lead=world.unit, co_units=[world.co_unit]),
        "request_extension": bind("request_extension", months=2, reason="等开标"),
        "grant_extension": bind("grant_extension"),
        "refuse_extension": bind("refuse_extension", reason="来得及"),
        "reply": bind("reply", body="换好了", outcome="A"),
        "judge": bind("judge", satisfaction="SATISFIED", how="打电话"),
        "judge_no": bind("judge", **no),
    }


NAMES = (
    "write", "gather", "leave_out", "invite", "let_off", "answer_invitation", "submit", "send_back", "accept",
    "withdraw", "assign", "request_extension", "grant_extension", "refuse_extension", "reply", "judge", "judge_no",
)  # fmt: skip
STEPS = st.tuples(st.sampled_from(NAMES), st.sampled_from(ACTORS), st.integers(0, 40 * 24 * 60))
# A road that goes everywhere: back once, extended, not satisfied, extended again, closed.
ROAD = (
    "submit", "send_back", "submit", "accept", "assign", "request_extension", "grant_extension", "reply", "judge_no",
    "request_extension", "grant_extension", "reply", "judge",
)  # fmt: skip
COUNTY = ("send_back", "accept", "assign", "grant_extension", "refuse_extension")


def who_may(verb: str) -> str:
    if verb in COUNTY:
        return "county_staff"
    return "handler" if verb in ("request_extension", "reply") else "rep"


def assert_sound(row: FormalSuggestion, before: FormalSuggestion) -> None:
    """Check everything that must hold of a suggestion at rest."""
    history = list(row.history.order_by("id"))
    assert history[-1].to_state == row.state
    assert [line.at for line in history] == sorted(line.at for line in history)
    for earlier, later in zip(history, history[1:], strict=False):
        assert later.from_state == earlier.to_state
        assert (later.verb, later.from_state, later.to_state) in TABLE.pairs()
    assert_limit(row, before, history[-1].verb)
    leads = row.charges.filter(role="LEAD", ended_at=None).count()
    assert leads == (1 if row.state in (State.ASSIGNED, State.REPLIED) else 0), "one open round"
    assert row.charges.filter(ended_at=None).exclude(round=row.round).count() == 0
    assert (row.number != "") == (
        row.state in NUMBERED or (row.state == State.WITHDRAWN and row.accepted_at is not None)
    )
    assert row.extensions.filter(verdict=Verdict.PENDING).count() <= (row.state == State.ASSIGNED)
    assert row.round in (1, 2)
    if row.state == State.CLOSED:
        assert row.satisfaction
        assert row.replies.get(round=row.round).satisfaction == row.satisfaction
        assert row.satisfaction != "DISSATISFIED" or row.round == 2
    else:
        assert row.closed_at is None
        assert row.satisfaction == ""
    if row.state not in (State.DRAFT, State.RETURNED, State.WITHDRAWN):
        assert row.matters.exists()


def assert_limit(row: FormalSuggestion, before: FormalSuggestion, verb: str) -> None:
    """The limit stands from the assignment on, never past the sixth month, and moves only by the three verbs."""
    assert (row.due_on is not None) == (row.state in HELD)
    if row.due_on is None or row.first_assigned_on is None:
        return
    assert row.due_on <= deadlines.add_months(row.first_assigned_on, 6)
    if before.due_on != row.due_on:
        assert verb in MOVES
        assert row.reminded == 0
    if before.first_assigned_on is not None:
        assert row.first_assigned_on == before.first_assigned_on
    if verb == "grant_extension":
        assert before.due_on is not None
        assert row.due_on > before.due_on


def walk(world: World, steps: list[tuple[str, str, int]]) -> FormalSuggestion:
    """Try each step; refused ones must leave no trace."""
    row, at = make(world), START
    acts = verbs(world, row)
    for name, actor, minutes in steps:
        at += timedelta(minutes=minutes)
        before = FormalSuggestion.objects.get(pk=row.pk)
        lines = before.history.count()
        try:
            with transaction.atomic():
                acts[name](actor_of(world, actor), at)
        except VerbError:
            after = FormalSuggestion.objects.get(pk=row.pk)
            assert after.history.count() == lines
            assert (after.state, after.due_on, after.changed_at) == (before.state, before.due_on, before.changed_at)
            continue
        row = FormalSuggestion.objects.get(pk=row.pk)
        assert row.history.count() == lines + 1
        assert_sound(row, before)
    states = Opinion.objects.filter(suggested_in__suggestion=row).values_list("state", flat=True)
    assert set(states) <= {"SUBMITTED"}, "the matters behind it go their own way"
    return row


def actor_of(world: World, name: str) -> Any:
    from opinions.actors import SYSTEM  # noqa: PLC0415

    return SYSTEM if name == "system" else getattr(world, name)


RELAXED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.django_db
@given(steps=st.lists(STEPS, max_size=14))
@RELAXED
def test_any_walk_keeps_every_promise(world: World, steps: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        walk(world, steps)
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(
    detours=st.lists(st.lists(STEPS, max_size=2), min_size=len(ROAD), max_size=len(ROAD)),
    pace=st.sampled_from([5, 24 * 60, 20 * 24 * 60]),
)
@RELAXED
def test_the_long_road_with_any_detours_keeps_every_promise(
    world: World, detours: list[list[tuple[str, str, int]]], pace: int
) -> None:
    steps: list[tuple[str, str, int]] = []
    for verb, detour in zip(ROAD, detours, strict=True):
        steps += [*detour, (verb, who_may(verb), pace)]
    with transaction.atomic():
        walk(world, steps)
        transaction.set_rollback(True)


def test_the_long_road_arrives(world: World) -> None:
    row = walk(world, [(verb, who_may(verb), 60) for verb in ROAD])
    assert (row.state, row.round, row.satisfaction) == (State.CLOSED, 2, "SATISFIED")
    assert [wish.verdict for wish in row.extensions.all()] == [Verdict.GRANTED] * 2


def test_verbs_here_are_the_verbs_of_the_table(world: World) -> None:
    assert set(NAMES) - {"judge_no"} | {"draft"} == {verb for verb, _source, _target in TABLE.pairs()}
    assert set(NAMES) == set(verbs(world, make(world)))
