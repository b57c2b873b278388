"""Working days as the State Council arranges them, make-up working days included.

Sources, strongest first: the county's own `CalendarDay` rows, the library chinesecalendar for the years it knows,
plain weekends beyond. A year whose notice stands in the county's rows is known like one of the library. Days known
only from the weekend rule are provisional and so is every deadline that runs over them. The day from which a deadline
is counted is not counted itself.
"""

import time
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar import Holiday

from core.models import CalendarDay

OFFICE = ZoneInfo("Asia/Shanghai")
OFFICE_CLOSES = clock(17, 30)  # a deadline that falls on a day falls on this time of it
REMEMBERED_FOR = 60.0  # seconds a loaded calendar is kept in a process
LONGEST_COUNT = 1000  # working days; a larger number is a mistake
WORKDAY, MAKE_UP, WEEKEND = "工作日", "调休上班", "周末"
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
_ALWAYS = ((1, 1), (5, 1), (10, 1))
_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


@dataclass(frozen=True)
class DayStep:
    """One day on the way to a deadline: its running number, None when skipped, and why."""

    date: date
    number: int | None
    reason: str


@dataclass(frozen=True)
class Reckoning:
    """How a deadline was reached: `days` working days after `start` end on `due`."""

    start: date
    days: int
    due: date
    steps: tuple[DayStep, ...]
    provisional: bool


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not decided by the weekend rule."""

    is_workday: bool
    name: str


class WorkCalendar:
    """An immutable calendar; `overrides` are the county's own days and win over the library."""

    _remembered: ClassVar[tuple[float, "WorkCalendar"] | None] = None

    def __init__(self, overrides: Mapping[date, SpecialDay] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._announced = _library_years() | _announced_years(self._overrides)
        self._special = {**_library_days(), **self._overrides}
        # Days that break the weekend rule, with the running sum of what they add to or take from a plain count.
        odd = sorted(day for day, special in self._special.items() if special.is_workday != _is_weekday(day))
        self._odd_days = odd
        self._odd_sums = [0, *accumulate(1 if self._special[day].is_workday else -1 for day in odd)]

    @classmethod
    def load(cls) -> "WorkCalendar":
        """The calendar with the rows of `CalendarDay`, remembered in this process for REMEMBERED_FOR seconds."""
        known = cls._remembered
        if known is not None and time.monotonic() - known[0] < REMEMBERED_FOR:
            return known[1]
        rows = CalendarDay.objects.values_list("date", "is_workday", "name")
        calendar = cls({day: SpecialDay(is_workday, name) for day, is_workday, name in rows})
        cls._remembered = (time.monotonic(), calendar)
        return calendar

    @classmethod
    def forget(cls) -> None:
        """Make the next `load` read the table again; call it after changing `CalendarDay`."""
        cls._remembered = None

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`."""
        special = self._special.get(day)
        return special.is_workday if special else _is_weekday(day)

    def reason(self, day: date) -> str:
        """Why `day` counts or not, in a word or two: "工作日", "周末", "清明节", "调休上班" …"""
        special = self._special.get(day)
        if special:
            return special.name
        return WORKDAY if _is_weekday(day) else WEEKEND

    def is_provisional(self, day: date) -> bool:
        """Whether `day` is only known from the weekend rule because its year is not announced yet."""
        return day.year not in self._announced and day not in self._overrides

    def special_days(self, year: int) -> dict[date, SpecialDay]:
        """The days of a year that break the weekend rule or have a name of their own."""
        return {day: special for day, special in self._special.items() if day.year == year}

    def count(self, start: date, days: int) -> Reckoning:
        """The deadline `days` working days after `start`. 0 days end on `start` itself.

        Raises ValueError for a negative or absurdly large number.
        """
        if not 0 <= days <= LONGEST_COUNT:
            raise ValueError(f"A deadline of {days} working days cannot be meant.")
        steps: list[DayStep] = []
        day, number = start, 0
        while number < days:
            day += _ONE_DAY
            counts = self.is_workday(day)
            number += counts
            steps.append(DayStep(day, number if counts else None, self.reason(day)))
        provisional = any(self.is_provisional(step.date) for step in steps)
        return Reckoning(start, days, day, tuple(steps), provisional)

    def between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` is before `a`."""
        return self._workdays_through(b) - self._workdays_through(a)

    def _workdays_through(self, day: date) -> int:
        """Working days from the first day of the calendar to `day`, without walking through them."""
        weeks, rest = divmod(day.toordinal(), 7)  # 1 January of year 1 was a Monday
        return weeks * 5 + min(rest, 5) + self._odd_sums[bisect_right(self._odd_days, day)]


def _announced_years(own: Mapping[date, SpecialDay]) -> frozenset[int]:
    """Years whose notice the county has entered: it always names New Year's Day, Labour Day and National Day."""
    return frozenset(
        day.year
        for day in own
        if (day.month, day.day) == (1, 1) and {date(day.year, *rest) for rest in _ALWAYS} <= set(own)
    )


def end_of_day(day: date) -> datetime:
    """When a deadline on `day` ends: 17:30 in Shanghai, when offices close, as an aware datetime."""
    return datetime.combine(day, OFFICE_CLOSES, tzinfo=OFFICE)


def local_date(at: datetime) -> date:
    """The date in Shanghai at the moment `at`. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("local_date needs an aware datetime.")
    return at.astimezone(OFFICE).date()


def day_words(moment: date | datetime, *, unless_in: int | None = None) -> str:
    """A day in Shanghai as people say it: 4 月 9 日. Given the year `unless_in`, another year is said too."""
    on = local_date(moment) if isinstance(moment, datetime) else moment
    year = "" if unless_in in (None, on.year) else f"{on.year} 年 "
    return f"{year}{on.month} 月 {on.day} 日"


def _is_weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


@lru_cache(maxsize=1)
def _library_days() -> Mapping[date, SpecialDay]:
    """Holidays and make-up working days of the library, with their Chinese names."""
    chinese = {holiday.value: _NAMES.get(holiday.chinese, holiday.chinese) for holiday in Holiday}
    days = {day: SpecialDay(False, chinese[name]) for day, name in chinese_calendar.holidays.items()}
    days.update({day: SpecialDay(True, MAKE_UP) for day in chinese_calendar.workdays})
    return days


@lru_cache(maxsize=1)
def _library_years() -> frozenset[int]:
    return frozenset(day.year for day in _library_days())
