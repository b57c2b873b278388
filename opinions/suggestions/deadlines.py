"""The clock of the Representatives Law: three calendar months for the reply, six in all, counted from 交办.

Calendar months, not working days: the same day of a later month, or that month's last day. A limit that falls on a
day off moves to the next working day; the six months are never exceeded, so their end moves back to the working day
before. The three are a line of the county's table of limits; the six are the law's and stand nowhere to be edited.
"""

import calendar
from datetime import date, datetime, timedelta

from core.workdays import WorkCalendar, end_of_day, local_date
from opinions.deadlines import working_days
from opinions.supervision.levels import Threshold

MOST_MONTHS = 6
_DAY = timedelta(days=1)


def add_months(start: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a month that is too short, as the database counts."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def usual_months() -> int:
    """Return the months for a reply, as the county's table says now."""
    return working_days(Threshold.SUGGESTION)


def last_day(first_assigned_on: date) -> date:
    """Return the last working day within six months of the first assignment: no limit lies after it."""
    days, day = WorkCalendar.load(), add_months(first_assigned_on, MOST_MONTHS)
    while not days.is_workday(day):
        day -= _DAY
    return day


def due_on(start: date, months: int, first_assigned_on: date) -> date:
    """Return the limit `months` after `start`, off days off, and never after the sixth month."""
    days, day = WorkCalendar.load(), add_months(start, months)
    while not days.is_workday(day):
        day += _DAY
    return min(day, last_day(first_assigned_on))


def is_past(due: date, at: datetime) -> bool:
    """Tell whether the offices have closed on the last day."""
    return at > end_of_day(due)


def stage(due: date, at: datetime) -> int:
    """Return how near the limit is: 0 far, 1 within a month, 2 within two weeks, 3 on the day, 4 missed."""
    today = local_date(at)
    if is_past(due, at):
        return 4
    if today == due:
        return 3
    if today >= due - timedelta(days=14):
        return 2
    return 1 if add_months(today, 1) >= due else 0
