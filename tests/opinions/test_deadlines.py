"""Limits: defaults, the editable table, and how a date was reached."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import CalendarDay
from core.workdays import WorkCalendar
from opinions import deadlines
from opinions.models import DeadlineRule
from opinions.states import Kind, Step
from tests.world import SHANGHAI, START, World

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)).map(lambda at: at.replace(tzinfo=SHANGHAI))


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    WorkCalendar.forget()
    deadlines.forget()


@pytest.mark.parametrize(
    ("step", "kind", "days"),
    [
        ("ACCEPT", "", 1),
        ("ASSIGN", "", 2),
        ("SIGN", "", 1),
        ("REQUEST_RETURN", "", 2),
        ("REVIEW", "", 1),
        ("RATE", "", 7),
        ("REPLY", "URGENT", 3),
        ("REPLY", "CONSULTATION", 5),
        ("REPLY", "ORDINARY", 10),
        ("REPLY", "COMPLEX", 20),
    ],
)
def test_the_defaults_are_the_countys(step: str, kind: str, days: int) -> None:
    assert deadlines.working_days(step, kind) == days


def test_an_edited_row_wins_and_a_categorys_own_row_wins_over_it(world: World) -> None:
    DeadlineRule.objects.create(step=Step.REPLY, kind=Kind.ORDINARY, working_days=12)
    DeadlineRule.objects.create(step=Step.REPLY, kind=Kind.ORDINARY, category=world.category, working_days=6)
    deadlines.forget()
    assert deadlines.working_days(Step.REPLY, Kind.ORDINARY) == 12
    assert deadlines.working_days(Step.REPLY, Kind.ORDINARY, world.category.pk) == 6
    assert deadlines.working_days(Step.REPLY, Kind.URGENT, world.category.pk) == 3


def test_how_a_date_was_reached_names_every_skipped_day() -> None:
    reckoning = deadlines.how_reached(START, 10)
    assert reckoning.due == date(2026, 4, 9)
    skipped = {step.date: step.reason for step in reckoning.steps if step.number is None}
    assert date(2026, 3, 28) in skipped
    assert "清明" in skipped[date(2026, 4, 6)]


def test_the_starting_day_never_counts_even_late_in_the_evening() -> None:
    evening = datetime(2026, 3, 25, 23, 59, tzinfo=SHANGHAI)
    assert deadlines.due(Step.ACCEPT, evening).reckoning.due == date(2026, 3, 26)


@given(at=MOMENTS, step=st.sampled_from([Step.ACCEPT, Step.ASSIGN, Step.SIGN, Step.RATE]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_limit_ends_on_a_working_day_after_its_start(at: datetime, step: str) -> None:
    due = deadlines.due(step, at)
    assert due.due_at > at
    assert WorkCalendar.load().is_workday(due.reckoning.due)
    assert sum(step.number is not None for step in due.reckoning.steps) >= due.working_days


@given(at=MOMENTS, offset=st.integers(0, 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_adding_a_holiday_never_makes_a_limit_earlier(at: datetime, offset: int) -> None:
    CalendarDay.objects.all().delete()
    WorkCalendar.forget()
    before = deadlines.due(Step.REPLY, at, kind=Kind.ORDINARY).due_at
    holiday = at.date() + timedelta(days=offset)
    CalendarDay.objects.create(date=holiday, is_workday=False, name="临时放假", source="test")
    WorkCalendar.forget()
    assert deadlines.due(Step.REPLY, at, kind=Kind.ORDINARY).due_at >= before


def test_kinds_are_ordered_by_their_days() -> None:
    due = [
        deadlines.due(Step.REPLY, START, kind=kind).due_at for kind in ("URGENT", "CONSULTATION", "ORDINARY", "COMPLEX")
    ]
    assert due == sorted(due)


def test_within_a_limit_until_its_last_minute() -> None:
    last = deadlines.due(Step.REQUEST_RETURN, START).due_at
    assert deadlines.is_within(Step.REQUEST_RETURN, START, last)
    assert not deadlines.is_within(Step.REQUEST_RETURN, START, last + timedelta(seconds=1))
