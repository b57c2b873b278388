"""Quiet hours: nothing inside, nothing later than needed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.quiet import OFFICE, QuietHours

NIGHT = QuietHours(time(21, 0), time(8, 0))
SIESTA = QuietHours(time(12, 0), time(14, 30))
NEVER = QuietHours(time(9, 0), time(9, 0))

MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),
    max_value=datetime(2040, 1, 1),
    timezones=st.sampled_from([UTC, OFFICE, ZoneInfo("Europe/Paris")]),
)
CLOCKS = st.times().map(lambda moment: moment.replace(microsecond=0))
WINDOWS = st.builds(QuietHours, CLOCKS, CLOCKS)


def office(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=OFFICE)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (office(25, 20, 59, 59), False),
        (office(25, 21), True),
        (office(25, 23, 59), True),
        (office(26, 0), True),
        (office(26, 7, 59, 59), True),
        (office(26, 8), False),
        (office(26, 12), False),
    ],
)
def test_the_night(moment: datetime, quiet: bool) -> None:
    assert NIGHT.is_quiet(moment) is quiet


def test_evening_waits_for_the_morning() -> None:
    assert NIGHT.next_allowed(office(25, 22)) == office(26, 8)
    assert NIGHT.next_allowed(office(26, 3)) == office(26, 8)
    assert NIGHT.next_allowed(office(25, 20)) == office(25, 20)


def test_time_zone_of_the_question_does_not_matter() -> None:
    assert NIGHT.is_quiet(datetime(2026, 3, 25, 14, 0, tzinfo=UTC))  # 22:00 in the office
    assert NIGHT.next_allowed(datetime(2026, 3, 25, 14, 0, tzinfo=UTC)) == office(26, 8)


def test_a_window_within_one_day() -> None:
    assert SIESTA.next_allowed(office(25, 13)) == office(25, 14, 30)
    assert SIESTA.allowed_for(office(25, 15)) == timedelta(hours=21)


def test_how_long_messages_may_still_leave() -> None:
    assert NIGHT.allowed_for(office(25, 20, 59)) == timedelta(minutes=1)
    assert NIGHT.allowed_for(office(25, 8)) == timedelta(hours=13)
    assert NIGHT.allowed_for(office(25, 22)) == timedelta(0)
    assert NEVER.allowed_for(office(25, 9)) >= timedelta(days=1)


@given(window=WINDOWS, at=MOMENTS)
def test_what_is_allowed_is_never_quiet_and_never_early(window: QuietHours, at: datetime) -> None:
    allowed = window.next_allowed(at)
    assert allowed >= at
    assert not window.is_quiet(allowed)
    assert allowed - at < timedelta(days=1)


@given(window=WINDOWS, at=MOMENTS)
def test_outside_nothing_waits(window: QuietHours, at: datetime) -> None:
    assert (window.next_allowed(at) == at) is (not window.is_quiet(at))


@given(window=WINDOWS, at=MOMENTS)
def test_it_waits_no_second_longer_than_needed(window: QuietHours, at: datetime) -> None:
    allowed = window.next_allowed(at)
    if allowed > at:
        assert window.is_quiet(max(at, allowed - timedelta(seconds=1)))


@given(window=WINDOWS, at=MOMENTS, share=st.floats(min_value=0, max_value=0.999))
def test_within_the_allowed_span_it_is_never_quiet(window: QuietHours, at: datetime, share: float) -> None:
    span = window.allowed_for(at)
    assert span > timedelta(0) or window.is_quiet(at)
    if span:
        # Counted in UTC: adding to a local moment would leave out the hour that a summer time repeats.
        assert not window.is_quiet(at.astimezone(UTC) + span * share)


@given(at=MOMENTS, clock=CLOCKS)
def test_equal_times_mean_no_quiet_hours(at: datetime, clock: time) -> None:
    assert not QuietHours(clock, clock).is_quiet(at)
