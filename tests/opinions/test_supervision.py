"""The ladder of supervision: what raises a card, who is told, what number it bears, and what alone clears it."""

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.workflow import VerbError
from notices.models import Notice
from notices.outbox import post_many
from opinions import deadlines, notify, sweeps, workflow
from opinions.actors import RESIDENT
from opinions.models import Deadline, DeadlineRule, HistoryEntry, Opinion, SupervisionCard, SupervisionSeries
from opinions.states import State, Step
from opinions.supervision.levels import Cause, Cleared, Level, Threshold
from tests.world import SHANGHAI, START, World, make_user, make_world


def at_day(month: int, day: int, hour: int = 9) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def cards(row: Opinion) -> list[tuple[Level, str, bool]]:
    """Level, cause and whether it stands, in the order they were raised."""
    return [(Level(card.level), card.cause, card.is_open) for card in row.cards.order_by("id")]


def open_card(row: Opinion) -> SupervisionCard:
    return row.cards.open().get()


def people(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


# --- up the ladder; the matter below is due on 9 April


def test_blue_two_working_days_before(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 3))
    assert cards(row) == []
    sweeps.sweep_deadlines(at_day(4, 7))  # the 6th is a holiday
    assert cards(row) == [(Level.BLUE, Cause.DUE_SOON, True)]
    assert people("opinion_due_soon") == {"handler"}


def test_yellow_when_the_date_has_passed(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 7))
    sweeps.sweep_deadlines(at_day(4, 9, 18))
    assert cards(row) == [(Level.BLUE, Cause.DUE_SOON, False), (Level.YELLOW, Cause.OVERDUE, True)]
    assert row.cards.get(level=Level.BLUE).cleared_how == Cleared.RAISED
    assert people("opinion_overdue") == {"handler", "clerk"}
    assert people("supervision_yellow") == {"town_staff"}
    assert people("supervision_red") == set()


def test_red_three_working_days_later_with_a_number_and_a_day_to_answer(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 10))
    sweeps.sweep_deadlines(at_day(4, 13))  # the second working day
    assert open_card(row).level == Level.YELLOW
    sweeps.sweep_deadlines(at_day(4, 14))
    card = open_card(row)
    assert (card.level, card.cause, card.number) == (Level.RED, Cause.LONG_OVERDUE, "郸督〔2026〕1号")
    assert card.unit == world.unit
    assert card.due_at == datetime(2026, 4, 9, 17, 30, tzinfo=SHANGHAI)
    assert card.answer_by == datetime(2026, 4, 17, 17, 30, tzinfo=SHANGHAI)
    assert people("supervision_red") == {"county_staff", "town_staff", "clerk"}
    assert row.cards.count() == 2


def test_each_step_is_a_line_of_the_history_that_the_resident_does_not_read(world: World) -> None:
    row = world.opinion(State.HANDLING)
    for day in (7, 10, 14):
        sweeps.sweep_deadlines(at_day(4, day))
    lines = HistoryEntry.objects.filter(opinion=row, verb="supervise").order_by("id")
    assert [line.internal_text for line in lines] == [
        "蓝牌：快到期，原定 4 月 9 日",
        "黄牌：超期，原定 4 月 9 日",
        "红牌，督办单 郸督〔2026〕1号：超期多日，原定 4 月 9 日",
    ]
    assert {line.public_text for line in lines} == {""}
    assert {(line.from_state, line.to_state, line.actor_label) for line in lines} == {("HANDLING", "HANDLING", "系统")}
    page = Client().get(f"/t/{row.receipt}/").content.decode()
    assert not [word for word in ("蓝牌", "黄牌", "红牌", "督办", "督〔") if word in page]


def test_unsigned_is_blue_and_never_more(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    sweeps.sweep_deadlines(at_day(3, 27))
    sweeps.sweep_deadlines(at_day(4, 2))
    assert cards(row) == [(Level.BLUE, Cause.UNSIGNED, True)]


def test_a_station_that_does_not_accept_is_supervised_too(world: World) -> None:
    row = world.submit()
    sweeps.sweep_deadlines(at_day(3, 27))
    assert cards(row) == [(Level.YELLOW, Cause.OVERDUE, True)]
    assert open_card(row).unit is None
    sweeps.sweep_deadlines(at_day(4, 20))
    assert open_card(row).level == Level.RED


def test_a_sweep_that_comes_very_late_goes_straight_to_red(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(6, 1))
    assert cards(row) == [(Level.RED, Cause.LONG_OVERDUE, True)]
    assert people("opinion_overdue") == {"handler", "clerk"}
    assert people("supervision_yellow") == set()


def test_the_residents_silence_raises_nothing(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    sweeps.sweep_deadlines(at_day(6, 1))
    assert cards(row) == []


def test_a_unit_that_answered_is_not_blamed_while_the_station_reads(world: World) -> None:
    row = world.opinion(State.REPLIED)
    sweeps.sweep_deadlines(at_day(4, 27))
    card = open_card(row)
    assert card.step == Step.REVIEW
    workflow.reject_reply(row.pk, actor=world.clerk, at=at_day(4, 27, 10), missing="没说哪天修好")
    sweeps.sweep_deadlines(at_day(4, 27, 11))  # sent back: now the unit's own date counts again
    assert open_card(row).step == Step.REPLY


def test_returned_a_second_time_is_yellow(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    later = START + timedelta(hours=2)
    sweeps.sweep_deadlines(later)
    assert cards(row) == []
    workflow.grant_return(row.pk, actor=world.clerk, at=later)
    workflow.assign(row.pk, actor=world.clerk, at=later, lead=world.other_unit, demand="请查看")
    workflow.request_return(row.pk, actor=world.other_handler, at=later, legal_basis="职责清单第九条")
    sweeps.sweep_deadlines(later)
    assert cards(row) == [(Level.YELLOW, Cause.RETURNED_TWICE, True)]
    assert people("supervision_yellow") == {"town_staff"}
    sweeps.sweep_deadlines(later + timedelta(minutes=3))
    assert row.cards.count() == 1
    workflow.refuse_return(row.pk, actor=world.clerk, at=later, reason="归你单位管")
    assert open_card(row)  # nobody has taken it of his own will, nothing is done yet
    workflow.reply(row.pk, actor=world.other_handler, at=later, body="修好了", outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=later)
    assert row.cards.get().cleared_how == Cleared.WORK


def dissatisfied_twice(world: World) -> Opinion:
    """A matter that came back once and failed again."""
    row = world.opinion(State.FED_BACK)
    at = START + timedelta(days=1)
    for _ in range(2):
        workflow.rate(row.pk, actor=RESIDENT, at=at, solved="NO", satisfaction="DISSATISFIED")
        if Opinion.objects.get(pk=row.pk).state == State.ASSIGNED:
            workflow.sign(row.pk, actor=world.handler, at=at)
            workflow.reply(row.pk, actor=world.handler, at=at, body="又修了", outcome="A")
            workflow.approve_reply(row.pk, actor=world.clerk, at=at)
    return row


def test_a_second_dissatisfaction_is_red_at_once_and_cleared_by_the_look_back(world: World) -> None:
    row = dissatisfied_twice(world)
    sweeps.sweep_deadlines(START + timedelta(days=1, minutes=5))
    assert cards(row) == [(Level.RED, Cause.DISSATISFIED_TWICE, True)]
    workflow.look_back(row.pk, actor=world.clerk, at=START + timedelta(days=2), finding="上门看过，修好了")
    assert cards(row) == [(Level.RED, Cause.DISSATISFIED_TWICE, False)]


def test_a_missed_promise_is_red_at_once_and_cleared_when_it_is_kept(world: World) -> None:
    row = world.opinion(State.TRACKING, outcome="B")
    sweeps.sweep_deadlines(at_day(11, 30))
    assert open_card(row).level == Level.BLUE
    sweeps.sweep_deadlines(at_day(12, 1, 18))
    assert (open_card(row).level, open_card(row).cause) == (Level.RED, Cause.PROMISE_MISSED)
    with pytest.raises(VerbError):
        workflow.move_promise(
            row.pk, actor=world.clerk, at=at_day(12, 2), promised_on=date(2026, 12, 20), reason="缺材料"
        )
    assert open_card(row).level == Level.RED
    workflow.fulfil(row.pk, actor=world.clerk, at=at_day(12, 5), finding="看过，修好了")
    assert row.cards.get(level=Level.RED).cleared_how == Cleared.WORK


def test_the_days_of_the_ladder_are_the_tables(world: World) -> None:
    DeadlineRule.objects.create(step=Threshold.RED, working_days=1)
    DeadlineRule.objects.create(step=Threshold.SOON, working_days=5)
    deadlines.forget()
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 1))
    assert open_card(row).level == Level.BLUE
    sweeps.sweep_deadlines(at_day(4, 10))
    assert open_card(row).level == Level.RED


def test_short_limits_are_reminded_of_on_their_last_day_without_a_card(world: World) -> None:
    row = world.submit(at=START)
    sweeps.sweep_deadlines(START + timedelta(hours=1))
    assert people("opinion_due_soon") == set()
    sweeps.sweep_deadlines(at_day(3, 26, 8))
    assert people("opinion_due_soon") == {"clerk"}
    assert cards(row) == []


# --- numbers


def test_numbers_follow_each_other_and_start_anew_each_year(world: World) -> None:
    first = [world.opinion(State.HANDLING) for _ in range(3)]
    sweeps.sweep_deadlines(at_day(6, 1))
    assert sorted(open_card(row).number for row in first) == [f"郸督〔2026〕{n}号" for n in (1, 2, 3)]
    later = world.opinion(State.HANDLING, at=at_day(6, 2))
    sweeps.sweep_deadlines(at_day(9, 1))
    assert open_card(later).number == "郸督〔2026〕4号"
    next_year = world.opinion(State.HANDLING, at=at_day(9, 2))
    sweeps.sweep_deadlines(datetime(2027, 1, 5, 9, tzinfo=SHANGHAI))
    assert open_card(next_year).number == "郸督〔2027〕1号"


def test_a_sweep_that_fails_leaves_no_gap_and_tells_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = world.opinion(State.HANDLING)

    def broken(*_: Any, **__: Any) -> int:
        raise DatabaseError("the line was cut")

    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "post_from", broken)
        with pytest.raises(DatabaseError), transaction.atomic():
            sweeps.sweep_deadlines(at_day(6, 1))
    assert not SupervisionCard.objects.exists()
    assert not SupervisionSeries.objects.exists()
    sweeps.sweep_deadlines(at_day(6, 1))
    assert open_card(row).serial == 1


def test_the_database_keeps_a_number_from_being_given_twice(world: World) -> None:
    rows = [world.opinion(State.HANDLING) for _ in range(2)]
    sweeps.sweep_deadlines(at_day(6, 1))
    numbers = [open_card(row) for row in rows]
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionCard.objects.filter(pk=numbers[0].pk).update(serial=numbers[1].serial)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionCard.objects.filter(pk=numbers[0].pk).update(serial=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionCard.objects.filter(pk=numbers[0].pk).update(cleared_at=START, cleared_how=Cleared.PERSON)


# --- twice, late, at once


@pytest.fixture
def lasting_world(transactional_db: None) -> World:
    """A world that other connections can see; the table that only grows may be emptied afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET liaison.allow_truncate = 'on'")
    return make_world()


def at_once(work: Any, count: int = 4) -> None:
    """Run the work in several connections together and pass on what fails."""
    failures: list[BaseException] = []
    start = threading.Barrier(count)

    def run() -> None:
        try:
            start.wait()
            work()
        except BaseException as error:  # noqa: BLE001 - shown to the main thread below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_four_sweeps_at_once_raise_each_card_once_and_number_without_a_gap(
    lasting_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    make_user("second", "COUNTY_STAFF", region_code="411625")
    for _ in range(7):
        lasting_world.opinion(State.HANDLING)
    at_once(lambda: sweeps.sweep_deadlines(at_day(6, 1)))
    sweeps.sweep_deadlines(at_day(6, 1))
    assert sorted(SupervisionCard.objects.open().values_list("serial", flat=True)) == list(range(1, 8))
    told = Counter(Notice.objects.values_list("kind", "user__username", "subject"))
    assert max(told.values()) == 1
    assert sum(count for (kind, *_), count in told.items() if kind == "supervision_red") == 7 * 4
    assert Deadline.objects.filter(ended_at=None, step=Step.REPLY, late_told_at=None).count() == 0


def test_a_sweep_beside_a_verb_waits_for_nobody(lasting_world: World) -> None:
    held, free = (lasting_world.opinion(State.HANDLING) for _ in range(2))
    with transaction.atomic():
        Opinion.objects.select_for_update().get(pk=held.pk)
        at_once(lambda: sweeps.sweep_deadlines(at_day(6, 1)), count=1)
    assert open_card(free).level == Level.RED
    assert not held.cards.exists()
    sweeps.sweep_deadlines(at_day(6, 1))
    assert open_card(held).serial == 2


@given(days=st.lists(st.integers(0, 25), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
def test_skipped_days_and_repeated_sweeps_tell_each_thing_once(world: World, days: list[int]) -> None:
    with transaction.atomic():
        row = world.opinion(State.HANDLING)
        for day in sorted(days):
            sweeps.sweep_deadlines(at_day(4, 1) + timedelta(days=day))
            sweeps.sweep_deadlines(at_day(4, 1) + timedelta(days=day))
        told = Counter(Notice.objects.exclude(kind__startswith="resident").values_list("kind", "user_id", "subject"))
        assert max(told.values()) == 1
        levels = [card.level for card in row.cards.order_by("id")]
        assert levels == sorted(set(levels))
        assert row.cards.open().count() <= 1
        transaction.set_rollback(True)


def test_a_notice_written_in_a_set_is_like_one_written_alone(world: World) -> None:
    row = world.opinion(State.HANDLING)
    sweeps.sweep_deadlines(at_day(4, 10))
    alone = notify.to_users("opinion_overdue", row, [world.handler.pk], at=at_day(4, 10), tag="x")
    post_many(alone)
    in_set, single = Notice.objects.filter(kind="opinion_overdue", user=world.handler).order_by("id")
    assert in_set.context.pop("tag") != single.context.pop("tag")
    assert in_set.context == single.context
    for field in Notice._meta.fields:
        if field.name not in ("id", "dedupe", "context"):
            assert getattr(in_set, field.name) == getattr(single, field.name), field.name
