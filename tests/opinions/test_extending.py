"""More time: asked in time, once, decided by whoever handed out; the old date stays; and a promise moved."""

from datetime import date, timedelta

import pytest

from core.workdays import day_words, end_of_day
from core.workflow import BadInput, VerbError, WrongState
from notices.models import Notice
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Deadline, Extension, Opinion
from opinions.states import State, Step
from tests.world import START, World

LATER = START + timedelta(hours=1)


def asked(world: World, days: int = 5) -> Opinion:
    """Return a matter in hand whose unit asked for more days."""
    row = world.opinion(State.HANDLING)
    return workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=days, reason="等配件到货")


def test_asking_moves_nothing_and_tells_whoever_handed_out(world: World) -> None:
    row = asked(world)
    before = world.opinion(State.HANDLING).reply_due_at
    assert row.reply_due_at == before
    wish = row.extensions.get()
    assert (wish.verdict, wish.working_days, wish.old_due_at, wish.unit) == ("PENDING", 5, before, world.unit)
    assert Notice.objects.get(kind="opinion_extension_asked").user == world.clerk
    assert "还没定" in row.history.first().public_text


def test_granting_moves_every_date_together_and_keeps_the_old_one(world: World) -> None:
    row = asked(world)
    old = row.reply_due_at
    row = workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)
    wish = row.extensions.get()
    assert day_words(old) == "4 月 9 日"
    assert day_words(wish.new_due_at) == "4 月 16 日"
    assert (wish.old_due_at, wish.verdict, wish.decided_by) == (old, "GRANTED", world.clerk)
    limit = row.deadlines.get(step=Step.REPLY, ended_at=None)
    moved = {row.reply_due_at, row.step_due_at, limit.due_at, row.assignments.get().due_at}
    assert moved == {wish.new_due_at}
    assert limit.working_days == 15
    assert row.history.first().public_text == "答复的日子从 4 月 9 日延到 4 月 16 日。原因：等配件到货"


def test_the_resident_is_told_and_the_unit_too(world: World) -> None:
    row = asked(world)
    workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)
    assert Notice.objects.filter(kind="resident_extended").count() == 1
    assert Notice.objects.get(kind="opinion_extension_decided").user == world.handler


def test_a_told_limit_is_told_again_of_its_new_day(world: World) -> None:
    row = asked(world)
    Deadline.objects.filter(opinion=row, step=Step.REPLY).update(soon_told_at=LATER)
    workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)
    assert row.deadlines.get(step=Step.REPLY).soon_told_at is None


def test_a_refusal_leaves_the_date(world: World) -> None:
    row = asked(world)
    old = row.reply_due_at
    row = workflow.refuse_extension(row.pk, actor=world.clerk, at=LATER, reason="配件县里有")
    assert row.reply_due_at == old == row.assignments.get().due_at
    assert row.history.first().public_text == "没有同意延期，还是 4 月 9 日前答复"
    assert row.extensions.get().note == "配件县里有"


def test_once_a_round_whatever_came_of_it(world: World) -> None:
    row = asked(world)
    workflow.refuse_extension(row.pk, actor=world.clerk, at=LATER, reason="不用")
    with pytest.raises(WrongState, match="已经申请过一次"):
        workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=1, reason="还要")


@pytest.mark.parametrize("days", [0, -1, 11, 1000])
def test_at_most_the_original_length(world: World, days: int) -> None:
    row = world.opinion(State.HANDLING)
    with pytest.raises(BadInput, match="最多再要 10 个工作日"):
        workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=days, reason="等")
    assert not Extension.objects.exists()


def test_exactly_the_original_length_is_granted(world: World) -> None:
    row = asked(world, 10)
    row = workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)
    assert row.deadlines.get(step=Step.REPLY).working_days == 20


def test_lateness_is_not_cured(world: World) -> None:
    row = world.opinion(State.HANDLING)
    late = row.reply_due_at + timedelta(minutes=1)
    with pytest.raises(WrongState, match="期限已经过了"):
        workflow.request_extension(row.pk, actor=world.handler, at=late, working_days=3, reason="等")


def test_asked_in_time_may_be_granted_a_day_late(world: World) -> None:
    row = asked(world)
    late = row.reply_due_at + timedelta(days=1)
    assert workflow.grant_extension(row.pk, actor=world.clerk, at=late).reply_due_at > late


def test_a_reason_is_needed(world: World) -> None:
    row = world.opinion(State.HANDLING)
    with pytest.raises(BadInput, match="群众看得到"):
        workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=3, reason=" ")
    row = asked(world)
    with pytest.raises(BadInput, match="不同意"):
        workflow.refuse_extension(row.pk, actor=world.clerk, at=LATER, reason="")


def test_an_answer_makes_the_wish_pointless(world: World) -> None:
    row = asked(world)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.reject_reply(row.pk, actor=world.clerk, at=LATER, missing="日期")
    assert row.extensions.get().verdict == "LAPSED"
    with pytest.raises(VerbError, match="没有等着核"):
        workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)


def test_the_next_round_has_its_own_wish(world: World) -> None:
    row = asked(world)
    workflow.reply(row.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=LATER)
    workflow.rate(row.pk, actor=RESIDENT, at=LATER, solved="NO", satisfaction="DISSATISFIED")
    workflow.sign(row.pk, actor=world.handler, at=LATER)
    workflow.request_extension(row.pk, actor=world.handler, at=LATER, working_days=2, reason="换整条线")
    assert list(row.extensions.order_by("pk").values_list("round", "verdict")) == [(1, "LAPSED"), (2, "PENDING")]


def test_a_late_answer_is_measured_by_the_new_day(world: World) -> None:
    row = asked(world)
    old = row.reply_due_at
    workflow.grant_extension(row.pk, actor=world.clerk, at=LATER)
    workflow.reply(row.pk, actor=world.handler, at=old + timedelta(days=2), body="修好了", outcome="A")
    assert row.replies.get().is_in_time


def tracked(world: World) -> Opinion:
    return world.opinion(State.TRACKING, outcome="B")


def test_a_promise_moves_once_with_a_reason_and_the_old_day_stays(world: World) -> None:
    row = tracked(world)
    row = workflow.move_promise(
        row.pk, actor=world.clerk, at=LATER, promised_on=date(2027, 3, 1), reason="雨季不能施工"
    )
    assert row.promised_on == date(2027, 3, 1)
    assert row.step_due_at == end_of_day(date(2027, 3, 1)) == row.deadlines.get(ended_at=None).due_at
    wish = row.extensions.get()
    assert (wish.step, wish.old_due_at, wish.verdict) == (Step.PROMISE, end_of_day(date(2026, 12, 1)), "GRANTED")
    assert "从 12 月 1 日改到 3 月 1 日。原因：雨季不能施工" in row.history.first().public_text
    with pytest.raises(WrongState, match="已经申请过一次"):
        workflow.move_promise(row.pk, actor=world.clerk, at=LATER, promised_on=date(2027, 6, 1), reason="再等")


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2026, 11, 30), date(2020, 1, 1)])
def test_a_promise_moves_only_to_a_later_day(world: World, on: date) -> None:
    with pytest.raises(BadInput, match="要比原来答应的晚"):
        workflow.move_promise(tracked(world).pk, actor=world.clerk, at=LATER, promised_on=on, reason="改")


def test_a_missed_promise_stays_missed(world: World) -> None:
    row = tracked(world)
    late = row.step_due_at + timedelta(days=1)
    with pytest.raises(WrongState, match="期限已经过了"):
        workflow.move_promise(row.pk, actor=world.clerk, at=late, promised_on=date(2027, 9, 1), reason="忘了")


def test_a_look_back_is_no_promise(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    for number in range(2):
        at = LATER + timedelta(hours=number)
        workflow.rate(row.pk, actor=RESIDENT, at=at, solved="NO", satisfaction="DISSATISFIED")
        if number == 0:
            workflow.sign(row.pk, actor=world.handler, at=at)
            workflow.reply(row.pk, actor=world.handler, at=at, body="又修了", outcome="A")
            workflow.approve_reply(row.pk, actor=world.clerk, at=at)
    with pytest.raises(WrongState, match="没有在走的期限"):
        workflow.move_promise(row.pk, actor=world.clerk, at=at, promised_on=date(2027, 9, 1), reason="改")
