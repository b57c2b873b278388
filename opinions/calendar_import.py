"""Bringing the yearly notice into the calendar: what is new, what differs, what stays; and the one way it is stored.

A second import of the same file changes nothing. Storing writes an audit line and orders all running limits to be
counted again; before that, nothing is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction

from accounts import audit
from core.models import CalendarDay, Job
from core.workdays import SpecialDay, WorkCalendar
from core.workflow import BadInput
from opinions import recount_runs
from opinions.calendar_files import Day
from opinions.deadlines import Scheme

_SALT, _KEPT_SECONDS = "calendar-import", 3600
NEW, CHANGED, SAME = "新加", "改动", "一样"


@dataclass(frozen=True)
class Line:
    """One day of the file beside what holds now."""

    day: Day
    what: str
    before: str


def compared(days: Sequence[Day], calendar: WorkCalendar) -> list[Line]:
    """Return each day with what it does: new is a day the calendar only guessed or thought otherwise of."""
    own = {row.date: row for row in CalendarDay.objects.filter(date__in=[day.date for day in days])}
    lines = []
    for day in days:
        row = own.get(day.date)
        before = f"{'上班' if calendar.is_workday(day.date) else '休息'}（{calendar.reason(day.date)}）"
        if row is None:
            known = not calendar.is_provisional(day.date) and calendar.is_workday(day.date) == day.is_workday
            lines.append(Line(day, SAME if known else NEW, before))
        else:
            same = (row.is_workday, row.name) == (day.is_workday, day.name)
            lines.append(Line(day, SAME if same else CHANGED, before))
    return lines


def tried(lines: Sequence[Line]) -> Scheme:
    """Return the scheme that would hold with the file's days; writes nothing."""
    rows = CalendarDay.objects.values_list("date", "is_workday", "name")
    days = {day: SpecialDay(works, name) for day, works, name in rows}
    days |= {line.day.date: SpecialDay(line.day.is_workday, line.day.name) for line in _moving(lines)}
    return Scheme(Scheme.present().rows, WorkCalendar(days))


def _moving(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.what != SAME]


def sealed(days: Sequence[Day]) -> str:
    """Return the days as signed text for the page, so that what is stored is what was shown."""
    return signing.dumps(
        [[str(day.date), day.is_workday, day.name, day.source] for day in days], salt=_SALT, compress=True
    )


def opened(text: str) -> list[Day]:
    """Return the days of `sealed`. Raises BadInput where the text is not ours or too old."""
    try:
        rows = signing.loads(text, salt=_SALT, max_age=_KEPT_SECONDS)
    except signing.BadSignature as error:
        raise BadInput("等得太久了，请把文件再传一次。", "file") from error
    return [Day(datetime.strptime(day, "%Y-%m-%d").date(), *rest) for day, *rest in rows]  # noqa: DTZ007 - a plain day


def store(
    days: Sequence[Day], *, source: str, actor: Any, at: datetime, send: Callable[[int], Any], ip: str = ""
) -> Job | None:
    """Write the days that differ; return the order to count again, None when all was known already."""
    with transaction.atomic():
        CalendarDay.objects.select_for_update().filter(date__in=[day.date for day in days]).count()
        WorkCalendar.forget()
        moving = [line.day for line in _moving(compared(days, WorkCalendar.load()))]
        for day in moving:
            values = {"is_workday": day.is_workday, "name": day.name, "source": day.source or source}
            CalendarDay.objects.update_or_create(date=day.date, defaults=values)
        if not moving:
            return None
        detail = {"days": len(moving), "from": str(moving[0].date), "until": str(moving[-1].date), "source": source}
        audit.record("calendar_imported", actor=actor, at=at, subject="calendar", detail=detail, ip=ip)
        return recount_runs.order(source or "放假安排有变", owner=actor, at=at, send=send)
