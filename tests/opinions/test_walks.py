"""Any sequence of verbs by anybody: what the loop promises holds after every single step."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Opinion, Rating
from opinions.states import BEFORE_ANSWER, CLOSED, OPEN, TABLE, State, Step
from tests.world import START, World

pytestmark = pytest.mark.slow

ACTORS = (
    "clerk", "town_staff", "county_staff", "handler", "co_handler", "rep", "resident", "system", "other_clerk",
    "leader",
)  # fmt: skip
FAR = date(2027, 6, 1)


def verbs(world: World) -> dict[str, Callable[..., Opinion]]:
    """Every verb with sound input, ready for id, actor and moment."""

    def bind(name: str, **given_input: Any) -> Callable[..., Opinion]:
        return lambda pk, actor, at: getattr(workflow, name)(pk, actor=actor, at=at, **given_input)

    bad = {"solved": "NO", "satisfaction": "DISSATISFIED"}
    return {
        "accept": bind("accept", category=world.category),
        "decline": bind("decline", reason="已经起诉。", where_to_go="县人民法院"),
        "merge": lambda pk, actor, at: workflow.merge(pk, actor=actor, at=at, lead_id=world.submit(at=at, phone="").pk),
        "take_in": lambda pk, actor, at: workflow.merge(
            world.submit(at=at, phone="").pk, actor=actor, at=at, lead_id=pk
        ),
        "unmerge": bind("unmerge", reason="不是一件事"),
        "answer_on_spot": bind("answer_on_spot", body="到二楼办。", outcome="A"),
        "answer_promise": bind("answer_on_spot", body="下月修。", outcome="C", promised_on=FAR),
        "refer": bind("refer", reason="跨单位"),
        "assign": bind("assign", lead=world.unit, demand="修好"),
        "assign_both": bind("assign", lead=world.unit, co_units=[world.co_unit], demand="一起修"),
        "sign": bind("sign"),
        "co_sign": bind("co_sign"),
        "give_part": bind("give_part", part="线路查过"),
        "request_extension": bind("request_extension", working_days=4, reason="等配件"),
        "grant_extension": bind("grant_extension"),
        "refuse_extension": bind("refuse_extension", reason="不用等"),
        "move_promise": bind("move_promise", promised_on=FAR + timedelta(days=40), reason="雨季"),
        "reveal": bind("reveal", reason="回电"),
        "request_return": bind("request_return", legal_basis="清单"),
        "grant_return": bind("grant_return"),
        "refuse_return": bind("refuse_return", reason="还归你"),
        "report_progress": bind("report_progress", note="在办"),
        "report_fulfilment": bind("report_fulfilment", note="办到了"),
        "reply": bind("reply", body="修好了", outcome="A"),
        "reply_promise": bind("reply", body="在修", outcome="B", promised_on=FAR),
        "approve_reply": bind("approve_reply"),
        "reject_reply": bind("reject_reply", missing="没写日期"),
        "feed_back": bind("feed_back", how="打电话"),
        "rate": bind("rate", solved="YES", satisfaction="SATISFIED"),
        "rate_bad": bind("rate", **bad),
        "close_unrated": bind("close_unrated"),
        "fulfil": bind("fulfil", finding="看过，好了"),
        "look_back": bind("look_back", finding="看过"),
        "withdraw": bind("withdraw"),
        "add_words": bind("add_words", words="又坏了"),
        "explain": bind("explain", note="等配件"),
        "press": bind("press"),
        "visit": bind("visit", note="去看了"),
        "reopen": bind("reopen", reason="来信"),
        **{name: bind(name) for name in NAMES if name.startswith("take_back_")},
    }


NAMES = (
    "accept", "decline", "answer_on_spot", "answer_promise", "refer", "assign", "assign_both", "sign",
    "request_return", "grant_return", "refuse_return", "report_progress", "report_fulfilment", "reply",
    "reply_promise", "approve_reply", "reject_reply", "feed_back", "rate", "rate_bad", "close_unrated", "fulfil",
    "look_back", "withdraw", "add_words", "reopen", "merge", "take_in", "unmerge", "co_sign", "give_part",
    "request_extension", "grant_extension", "refuse_extension", "move_promise", "reveal",
    "explain", "press", "visit",
    "take_back_accept", "take_back_decline", "take_back_assign", "take_back_merge",
)  # fmt: skip
STEPS = st.tuples(st.sampled_from(NAMES), st.sampled_from(ACTORS), st.integers(0, 3 * 24 * 60))
# A walk that mostly gets somewhere: the usual road in order, with anything at all in between.
ROAD = (
    "accept",
    "assign",
    "sign",
    "reply",
    "approve_reply",
    "rate_bad",
    "sign",
    "reply_promise",
    "approve_reply",
    "rate",
)


# Merged with others, extended, with a promise that is moved and kept.
CROWDED = (
    "merge", "unmerge", "take_in", "accept", "take_in", "assign", "sign", "request_extension", "grant_extension",
    "take_in", "reply_promise", "approve_reply", "rate", "move_promise", "fulfil",
)  # fmt: skip


def actor_of(world: World, name: str) -> Any:
    """Return the account, the resident or the clock of that name."""
    return {"resident": RESIDENT, "system": SYSTEM}.get(name) or getattr(world, name)


def who_may(verb: str) -> str:
    """Return an actor whom the road's verb belongs to."""
    if verb in ("sign", "reply", "reply_promise", "request_extension"):
        return "handler"
    return "resident" if verb.startswith("rate") else "clerk"


def assert_sound(row: Opinion, before: Opinion | None) -> None:
    """Check everything that must hold of a matter at rest."""
    history = list(row.history.order_by("id"))
    assert history[-1].to_state == row.state
    assert [line.at for line in history] == sorted(line.at for line in history)
    for earlier, later in zip(history, history[1:], strict=False):
        assert later.from_state == earlier.to_state
        assert later.to_state in {target for verb, source, target in TABLE.pairs() if verb == later.verb and
                                  source == later.from_state}  # fmt: skip
    running = list(row.deadlines.filter(ended_at=None))
    leads = row.assignments.filter(ended_at=None, role="LEAD").count()
    if row.state in CLOSED:
        assert row.closed_at
        assert row.step_due_at is None
        assert not running
        assert leads == 0
    else:
        assert row.closed_at is None
        assert row.step_due_at in {limit.due_at for limit in running}
    held = row.state in (State.ASSIGNED, State.HANDLING, State.REPLIED, State.RETURN_REQUESTED)
    assert leads == (1 if held else 0)
    assert row.reply_due_at is None or row.reply_due_at > row.created_at
    assert Rating.objects.filter(opinion=row).count() <= row.replies.filter(verdict="APPROVED").count()
    if before is not None and before.round == row.round and before.reply_due_at and row.reply_due_at:
        same_charge = before.assigned_at == row.assigned_at
        is_extended = history[-1].verb == "grant_extension"
        assert is_extended or not same_charge or before.reply_due_at == row.reply_due_at, "a date moved by itself"
        assert not is_extended or row.reply_due_at > before.reply_due_at
    charges = row.assignments.filter(ended_at=None)
    assert all(charge.due_at == row.reply_due_at for charge in charges)
    assert row.extensions.filter(step=Step.REPLY, round=row.round).count() <= 1
    if row.state == State.MERGED:
        assert row.merges.filter(ended_at=None).count() == 1
        assert row.merged_into.state in BEFORE_ANSWER, "merged into something that never brings an answer"


def walk(world: World, steps: list[tuple[str, str, int]]) -> Opinion:
    """Try each step; refused ones must leave no trace."""
    acts = verbs(world)
    row, at = world.submit(), START
    for name, actor, minutes in steps:
        at += timedelta(minutes=minutes)
        before = Opinion.objects.get(pk=row.pk)
        lines, own = before.history.count(), before.history.exclude(verb="let_go").count()
        try:
            with transaction.atomic():
                acts[name](row.pk, actor_of(world, actor), at)
        except VerbError:
            row = Opinion.objects.get(pk=row.pk)
            assert row.history.count() == lines
            assert (row.state, row.step_due_at, row.round) == (before.state, before.step_due_at, before.round)
            continue
        row = Opinion.objects.get(pk=row.pk)
        assert row.history.exclude(verb="let_go").count() == own + 1
        assert_sound(row, before)
        for follower in row.followers.all():
            assert_sound(follower, None)
    return row


RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.django_db
@given(steps=st.lists(STEPS, max_size=14))
@RELAXED
def test_any_walk_keeps_every_promise(world: World, steps: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        walk(world, steps)
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(detours=st.lists(st.lists(STEPS, max_size=2), min_size=len(ROAD), max_size=len(ROAD)))
@RELAXED
def test_the_usual_road_with_any_detours_keeps_every_promise(
    world: World, detours: list[list[tuple[str, str, int]]]
) -> None:
    steps: list[tuple[str, str, int]] = []
    for verb, detour in zip(ROAD, detours, strict=True):
        steps += [*detour, (verb, who_may(verb), 5)]
    with transaction.atomic():
        walk(world, steps)
        transaction.set_rollback(True)


def test_the_usual_road_arrives(world: World) -> None:
    row = walk(world, [(verb, who_may(verb), 5) for verb in ROAD])
    assert (row.state, row.round) == (State.TRACKING, 2)
    assert row.deadlines.get(ended_at=None).step == Step.PROMISE


@pytest.mark.django_db
@given(detours=st.lists(st.lists(STEPS, max_size=2), min_size=len(CROWDED), max_size=len(CROWDED)))
@RELAXED
def test_a_crowded_road_with_any_detours_keeps_every_promise(
    world: World, detours: list[list[tuple[str, str, int]]]
) -> None:
    steps: list[tuple[str, str, int]] = []
    for verb, extra in zip(CROWDED, detours, strict=True):
        steps += [(verb, who_may(verb), 5), *extra]
    with transaction.atomic():
        walk(world, steps)
        transaction.set_rollback(True)


def test_the_crowded_road_arrives_with_everybody(world: World) -> None:
    row = walk(world, [(verb, who_may(verb), 5) for verb in CROWDED])
    assert row.state == State.FED_BACK
    assert [follower.state for follower in row.followers.all()] == [State.FED_BACK] * 3


def test_verbs_here_are_the_verbs_of_the_table(world: World) -> None:
    table = {verb for state in State.values for verb in TABLE.verbs(state)}
    twice = {"answer_promise", "assign_both", "reply_promise", "rate_bad"}  # the same verb with other input
    inside = {"let_go", "share_answer", "suggest"}  # these happen inside other verbs
    beside = {
        "recount",
        "supervise",
        "clear_card",
        "bounce",
        "arrive",
        "miss",
    }  # limits, cards and messages have their own tests
    assert (set(NAMES) - twice) | inside | beside == table
    assert set(NAMES) == set(verbs(world))


def test_every_open_state_can_still_come_to_an_end() -> None:
    reach = {source: {t for _verb, s, t in TABLE.pairs() if s == source} for source in State.values}
    for state in OPEN:
        seen, todo = {str(state)}, [str(state)]
        while todo:
            for target in reach[todo.pop()]:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        assert seen & set(map(str, CLOSED)), f"{state} is a dead end"


def test_moments_that_run_backwards_do_not_disorder_history(world: World) -> None:
    row = world.opinion(State.HANDLING)
    early: datetime = START - timedelta(days=2)
    workflow.report_progress(row.pk, actor=world.handler, at=early, note="钟慢了")
    lines = list(row.history.order_by("id").values_list("at", flat=True))
    assert lines == sorted(lines)
