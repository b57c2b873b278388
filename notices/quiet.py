"""The hours in which no message leaves. Pure: times in, times out."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class QuietHours:
    """From `start` up to, not including, `end`, local time of every day; equal times mean no quiet hours."""

    start: time
    end: time

    def is_quiet(self, at: datetime) -> bool:
        """Is `at` (aware) inside?"""
        now = at.astimezone(OFFICE).time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def next_allowed(self, at: datetime) -> datetime:
        """The first moment not before `at` that is not quiet."""
        if not self.is_quiet(at):
            return at
        local = at.astimezone(OFFICE)
        end = datetime.combine(local.date(), self.end, OFFICE)
        return end if end > local else end + timedelta(days=1)

    def allowed_for(self, at: datetime) -> timedelta:
        """How long messages may still leave from `at` on: zero when quiet, 24 hours and more when never quiet."""
        if self.is_quiet(at):
            return timedelta(0)
        if self.start == self.end:
            return timedelta(days=1)
        local = at.astimezone(OFFICE)
        start = datetime.combine(local.date(), self.start, OFFICE)
        return (start if start > local else start + timedelta(days=1)) - local
