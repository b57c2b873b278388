"""The clock's work: idempotent, harmless when late, twice or in parallel."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from core.workflow import VerbError
from notices.models import Notice
from opinions import sweeps, workflow
from opinions.models import Deadline, Opinion
from opinions.states import State, Step
from tests.world import SHANGHAI, START, World, make_world


def told(kind: str) -> int:
    """Count the notices of a kind."""
    return Notice.objects.filter(kind=kind).count()


def at_day(month: int, day: int, hour: int = 9) -> datetime:
    """A moment of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def test_a_missed_limit_is_told_once_to_everyone_it_concerns(world: World) -> None:
    world.opinion(State.HANDLING)
    late = at_day(4, 10)
    assert sweeps.sweep_deadlines(late) == 1
    assert told("opinion_overdue") == 2  # the unit's handler and the first contact
    assert sweeps.sweep_deadlines(late) == 0
    assert sweeps.sweep_deadlines(late + timedelta(days=30)) == 1  # it turned red
    assert sweeps.sweep_deadlines(late + timedelta(days=60)) == 0
    assert told("opinion_overdue") == 2


def test_nothing_is_told_while_there_is_time(world: World) -> None:
    world.opinion(State.HANDLING)
    assert sweeps.sweep_deadlines(START + timedelta(hours=1)) == 0


def test_two_working_days_before_the_unit_is_reminded(world: World) -> None:
    world.opinion(State.HANDLING)
    assert sweeps.sweep_deadlines(at_day(4, 2)) == 0
    assert sweeps.sweep_deadlines(at_day(4, 8)) == 1
    assert told("opinion_due_soon") == 1


def test_an_unsigned_matter_is_said_to_be_unsigned(world: World) -> None:
    world.opinion(State.ASSIGNED)
    sweeps.sweep_deadlines(at_day(3, 27))
    assert told("opinion_unsigned") == 2
    assert told("opinion_overdue") == 0


def test_a_sweep_three_days_late_tells_the_same(world: World) -> None:
    world.opinion(State.ASSIGNED)
    sweeps.sweep_deadlines(at_day(5, 20))
    assert told("opinion_unsigned") == 2
    assert told("opinion_overdue") == 2


def test_the_unit_is_not_blamed_while_the_station_reads(world: World) -> None:
    world.opinion(State.REPLIED)
    sweeps.sweep_deadlines(at_day(4, 20))
    users = set(Notice.objects.filter(kind="opinion_overdue").values_list("user_id", flat=True))
    assert users == {world.clerk.pk}


def test_the_resident_is_invited_a_second_time_and_only_then_closed(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    assert sweeps.remind_feedback(START + timedelta(hours=1)) == 0
    almost = row.step_due_at - timedelta(days=1)
    assert sweeps.remind_feedback(almost) == 1
    assert sweeps.remind_feedback(almost) == 0
    assert told("resident_fed_back") == told("resident_reminded") == 1
    assert sweeps.close_unrated(almost) == 0
    assert sweeps.close_unrated(row.step_due_at + timedelta(minutes=1)) == 1
    assert sweeps.close_unrated(row.step_due_at + timedelta(minutes=2)) == 0
    row.refresh_from_db()
    assert (row.state, row.satisfaction) == (State.CLOSED, "")


def test_silence_of_the_resident_is_never_overdue(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    after = row.step_due_at + timedelta(days=5)
    assert sweeps.sweep_deadlines(after) == 0
    assert not Opinion.objects.overdue(after).exists()


def test_a_matter_without_a_phone_is_swept_without_a_message(world: World) -> None:
    world.submit(phone="")
    assert told("resident_received") == 0
    assert sweeps.sweep_deadlines(at_day(4, 20)) == 2  # missed, and missed by more than three days


@pytest.fixture
def lasting_world(transactional_db: None) -> World:
    """A world that other connections can see; the table that only grows may be emptied afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET liaison.allow_truncate = 'on'")
    return make_world()


def test_four_sweeps_at_once_tell_each_person_once(lasting_world: World) -> None:
    for _ in range(6):
        lasting_world.opinion(State.HANDLING)
    late = at_day(4, 20)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            sweeps.sweep_deadlines(late)
        except BaseException as error:  # noqa: BLE001 - shown to the main thread below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert told("opinion_overdue") == 12
    assert Deadline.objects.filter(step=Step.REPLY, late_told_at=None).count() == 0


def test_two_clerks_at_once_one_wins_and_the_other_reads_a_sentence(lasting_world: World) -> None:
    row = lasting_world.submit()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def work() -> None:
        start.wait()
        try:
            workflow.accept(row.pk, actor=lasting_world.clerk, at=START, category=lasting_world.category)
            outcomes.append("accepted")
        except VerbError as error:
            outcomes.append(error.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome == "accepted" for outcome in outcomes) == [False, True]
    assert any("刷新" in outcome for outcome in outcomes)
    assert row.history.filter(verb="accept").count() == 1
