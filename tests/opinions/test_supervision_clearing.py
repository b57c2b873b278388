"""What clears a card of supervision: work, the end of the matter, or a person with a reason. No date does."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import CalendarDay
from core.workdays import WorkCalendar
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from opinions import deadlines, sweeps, workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import DeadlineRule, Opinion
from opinions.states import Kind, State, Step
from opinions.supervision.levels import WORK, Cleared, Level
from tests.opinions.test_supervision import at_day, open_card
from tests.world import START, World


def test_only_the_approved_answer_clears_what_was_late(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 10))
    workflow.report_progress(row.pk, actor=world.handler, at=at_day(4, 10), note="快好了")
    workflow.reply(row.pk, actor=world.handler, at=at_day(4, 10), body="修好了", outcome="A")
    assert open_card(row).level == Level.YELLOW
    workflow.approve_reply(row.pk, actor=world.clerk, at=at_day(4, 10, 11))
    card = row.cards.get()
    assert (card.cleared_how, card.cleared_at) == (Cleared.WORK, at_day(4, 10, 11))


def test_signing_clears_the_card_of_the_unsigned(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    sweeps.sweep_deadlines(at_day(3, 27))
    workflow.sign(row.pk, actor=world.handler, at=at_day(3, 27, 10))
    assert row.cards.get().cleared_how == Cleared.WORK


def test_the_end_of_a_matter_ends_its_card(world: World) -> None:
    row = world.submit()
    sweeps.sweep_deadlines(at_day(3, 27))
    workflow.withdraw(row.pk, actor=RESIDENT, at=at_day(3, 27, 10))
    assert row.cards.get().cleared_how == Cleared.WORK


def test_putting_a_matter_under_another_clears_nothing(world: World) -> None:
    lead, row = world.submit(), world.submit()
    sweeps.sweep_deadlines(at_day(3, 27))
    workflow.merge(row.pk, actor=world.clerk, at=at_day(3, 27, 10), lead_id=lead.pk)
    assert open_card(row).level == Level.YELLOW
    workflow.unmerge(row.pk, actor=world.clerk, at=at_day(3, 27, 11), reason="不是一回事")
    assert open_card(row).level == Level.YELLOW


def test_a_person_clears_with_a_reason_and_the_lateness_stays(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 10))
    for who in (world.clerk, world.town_staff, world.handler, world.leader, SYSTEM):
        with pytest.raises(NotAllowed):
            workflow.clear_card(row.pk, actor=who, at=at_day(4, 10, 10), reason="算了")
    with pytest.raises(BadInput):
        workflow.clear_card(row.pk, actor=world.county_staff, at=at_day(4, 10, 10), reason="　 ")
    workflow.clear_card(row.pk, actor=world.county_staff, at=at_day(4, 10, 10), reason="连日暴雨，约好下周修")
    card = row.cards.get()
    assert (card.cleared_how, card.cleared_by, card.clear_reason) == (
        Cleared.PERSON, world.county_staff, "连日暴雨，约好下周修",
    )  # fmt: skip
    row.refresh_from_db()
    assert Opinion.objects.overdue(at_day(4, 10, 11)).filter(pk=row.pk).exists()
    assert row.history.first().internal_text == "黄牌消号：连日暴雨，约好下周修"
    assert row.history.first().public_text == ""
    with pytest.raises(WrongState):
        workflow.clear_card(row.pk, actor=world.county_staff, at=at_day(4, 10, 12), reason="再来")


def test_a_cleared_card_does_not_come_back_but_the_next_step_does(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 10))
    workflow.clear_card(row.pk, actor=world.county_staff, at=at_day(4, 10, 10), reason="约好下周修")
    sweeps.sweep_deadlines(at_day(4, 11))
    assert not row.cards.open().exists()
    sweeps.sweep_deadlines(at_day(4, 14))
    assert open_card(row).level == Level.RED


MOVES = ("progress", "words", "ask_more", "grant_more", "refuse_more", "holiday", "longer", "recount", "sweep")


@given(st.lists(st.sampled_from(MOVES), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_no_row_of_verbs_clears_a_card_by_moving_a_date(world: World, moves: list[str]) -> None:
    with transaction.atomic():
        row = world.opinion(State.HANDLING)
        workflow.request_extension(
            row.pk, actor=world.handler, at=START + timedelta(hours=1), working_days=5, reason="等材料"
        )  # asked in time: granting it afterwards moves the date
        sweeps.sweep_deadlines(at_day(4, 10))
        before = open_card(row)
        for number, move in enumerate(moves):
            try:
                with transaction.atomic():
                    _move(world, row, move, at_day(4, 10, 10) + timedelta(minutes=number))
            except VerbError:
                continue
        after = row.cards.open().get()
        assert after.pk == before.pk
        assert after.due_at == before.due_at
        transaction.set_rollback(True)
    WorkCalendar.forget()
    deadlines.forget()


def _move(world: World, row: Opinion, move: str, at: datetime) -> None:
    given_by = {"actor": world.clerk, "at": at}
    asked_by = {"actor": world.handler, "at": at}
    if move == "holiday":
        CalendarDay.objects.get_or_create(date=date(2026, 4, 9), defaults={"is_workday": False, "name": "停工"})
        WorkCalendar.forget()
    elif move == "longer":
        DeadlineRule.objects.update_or_create(
            step=Step.REPLY, kind=Kind.ORDINARY, category=None, defaults={"working_days": 30}
        )
        deadlines.forget()
    elif move == "sweep":
        sweeps.sweep_deadlines(at)
    else:
        {
            "progress": lambda: workflow.report_progress(row.pk, note="在办", **asked_by),
            "words": lambda: workflow.add_words(row.pk, words="快一点", actor=RESIDENT, at=at),
            "ask_more": lambda: workflow.request_extension(row.pk, working_days=3, reason="再等", **asked_by),
            "grant_more": lambda: workflow.grant_extension(row.pk, **given_by),
            "refuse_more": lambda: workflow.refuse_extension(row.pk, reason="不行", **given_by),
            "recount": lambda: workflow.recount(row.pk, actor=SYSTEM, at=at),
        }[move]()


def test_every_verb_that_clears_is_work_and_none_of_them_only_moves_a_date() -> None:
    moving = {"request_extension", "grant_extension", "refuse_extension", "move_promise", "recount", "merge", "unmerge"}
    clearing = {verb for verbs in WORK.values() for verb in verbs}
    assert (
        clearing & (moving | {"report_progress", "report_fulfilment", "add_words", "refer", "request_return"}) == set()
    )
    assert set(WORK) == {*Step, ""} - {Step.REQUEST_RETURN, Step.RATE, Step.CO_SIGN}
