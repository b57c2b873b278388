"""The county's own days in the working calendar: the only writer of `CalendarDay`, one day at a time.

Each change leaves an audit line and orders all running limits to be counted again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rules
from django.db import IntegrityError, transaction

from accounts import audit
from core.models import CalendarDay
from core.workdays import WorkCalendar, day_words, local_date
from core.workflow import BadInput, NotAllowed
from opinions import recount_runs

YEARS_AHEAD = 2  # nobody arranges a day further off


@dataclass(frozen=True)
class Line:
    """A day that breaks the weekend rule; `own` is the county's row, None where the State Council's list decides."""

    on: date
    is_workday: bool
    name: str
    own: CalendarDay | None


def special_days(year: int) -> list[Line]:
    """Return the days of a year that do not follow the weekend rule, oldest first."""
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=year)}
    known = WorkCalendar.load().special_days(year)
    found = {on: Line(on, day.is_workday, day.name, None) for on, day in known.items()}
    found |= {on: Line(on, row.is_workday, row.name, row) for on, row in rows.items()}
    return [found[on] for on in sorted(found)]


def add(
    on: date, *, is_workday: bool, name: str, source: str, actor: Any, at: datetime, send: Callable[[int], Any]
) -> CalendarDay:
    """Let one day count or not count as a working day, from now on. Raises NotAllowed and BadInput."""
    _require(actor)
    this_year = local_date(at).year
    if not this_year - 1 <= on.year <= this_year + YEARS_AHEAD:
        raise BadInput(f"只能写 {this_year - 1} 年到 {this_year + YEARS_AHEAD} 年的日子。", field="date")
    try:
        with transaction.atomic():
            day = CalendarDay.objects.create(date=on, is_workday=is_workday, name=name.strip(), source=source.strip())
            _note("calendar_day_added", day, source, actor, at, send)
    except IntegrityError as error:
        raise BadInput("这一天已经写过了。要改，先在下面删掉再加。", field="date") from error
    return day


@transaction.atomic
def remove(day_id: int, *, reason: str, actor: Any, at: datetime, send: Callable[[int], Any]) -> date:
    """Let the day, which is returned, count again as the State Council's list and the weekend say.

    Raises NotAllowed and CalendarDay.DoesNotExist.
    """
    _require(actor)
    day = CalendarDay.objects.select_for_update().get(pk=day_id)
    _note("calendar_day_removed", day, reason, actor, at, send)
    day.delete()
    return day.date


def _require(actor: Any) -> None:
    if not rules.has_perm("opinions.edit_calendar", actor):
        raise NotAllowed("工作日历由县人大常委会的工作人员修改。")


def _note(action: str, day: CalendarDay, reason: str, actor: Any, at: datetime, send: Callable[[int], Any]) -> None:
    word = "上班" if day.is_workday else "放假"
    what = f"{day.date:%Y-%m-%d} {word} {day.name}"
    audit.record(action, actor=actor, at=at, subject=f"calendar:{day.date}", detail={"what": what, "reason": reason})
    change = "改为" if action == "calendar_day_added" else "不再"
    recount_runs.order(f"工作日历：{day_words(day.date)}{change}{word}", owner=actor, at=at, send=send)
