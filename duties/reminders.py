"""Reminding of duties, the day before and that morning. May run twice, late or in parallel: each is written once.

A reminder that comes too late is not sent: nobody is told of tomorrow after midnight or of a duty that has begun.
"""

from datetime import date, datetime, timedelta

from core.workdays import OFFICE, local_date
from duties import notify
from duties.models import DutyRules, Shift
from duties.themes.queries import themes
from notices.outbox import post_many


def remind(at: datetime) -> int:
    """Remind of tomorrow's duties from the evening's hour on, and of today's from the morning's; return how many."""
    rules, today, clock = DutyRules.current(), local_date(at), at.astimezone(OFFICE).time()
    told = 0
    if clock >= rules.remind_before_at:
        told += _tell("duty_tomorrow", _due(today + timedelta(days=1)), at)
    if clock >= rules.remind_today_at:
        told += _tell("duty_today", [row for row in _due(today) if row.starts_at > at], at)
    return told


def _due(day: date) -> list[Shift]:
    rows = Shift.objects.published().ahead().filter(day=day).exclude(representative=None)
    return list(rows.select_related("representative__user", "station").order_by("id"))


def _tell(kind: str, shifts: list[Shift], at: datetime) -> int:
    about = themes({shift.day for shift in shifts})
    drafts = [
        draft for shift in shifts for draft in notify.reminder(kind, shift, about.of(shift.station, shift.day), at=at)
    ]
    post_many(drafts)
    return len(drafts)
