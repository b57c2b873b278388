"""Our calendar beside a second one that other people keep: the same answer for every day of twenty years.

The package `holidays` writes down the State Council's notices on its own; a slip in either list shows here as a day.
"""

from datetime import date, timedelta

import holidays
import pytest

from core.workdays import WorkCalendar

FIRST, LAST = 2007, 2026
OURS = WorkCalendar()
THEIRS = holidays.country_holidays("CN", years=range(FIRST, LAST + 1))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_both_calendars_say_the_same_of_every_day(year: int) -> None:
    differing = [
        f"{day} {OURS.reason(day)}" for day in days_of(year) if OURS.is_workday(day) != THEIRS.is_working_day(day)
    ]
    assert differing == []


@pytest.mark.parametrize("year", range(FIRST, LAST + 1))
def test_no_day_of_these_years_is_a_guess(year: int) -> None:
    assert not any(OURS.is_provisional(day) for day in days_of(year))


def test_the_comparison_would_notice_a_single_day() -> None:
    day = date(2026, 2, 14)  # a Saturday made up for
    assert OURS.is_workday(day)
    assert day.weekday() == 5
    assert THEIRS.is_working_day(day)
    assert not THEIRS.is_working_day(day + timedelta(days=1))


def test_both_count_the_same_working_days_in_a_year() -> None:
    for year in range(FIRST, LAST + 1):
        theirs = sum(THEIRS.is_working_day(day) for day in days_of(year))
        assert OURS.between(date(year - 1, 12, 31), date(year, 12, 31)) == theirs
