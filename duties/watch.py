"""Who sits today, this week and next time, as a resident asks it: published rosters only, honest when nobody does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.workdays import day_words
from duties.models import Shift
from duties.queries import Sitting, sitting_at, sittings
from stations.models import Station

AHEAD = timedelta(days=45)  # how far a published roster reaches
_WEEK = timedelta(days=6)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Watch:
    """What stands on a station's page."""

    today: date
    sits: tuple[Sitting, ...]
    ahead: tuple[Sitting, ...]

    @property
    def following(self) -> Sitting | None:
        """The next one after today."""
        return self.ahead[0] if self.ahead else None

    @property
    def next_words(self) -> str:
        """下一次 4 月 9 日（周四）8:30–12:00，麦知秋; "" when no roster says."""
        found = self.following
        if found is None:
            return ""
        names = [row.name for row in self.ahead if (row.day, row.start) == (found.day, found.start)]
        return f"{spoken(found.day)}{found.hours}，{'、'.join(names)}"

    @property
    def week(self) -> list[tuple[date, list[Sitting]]]:
        """The days up to Sunday on which somebody sits, today first."""
        return self._days(self.today + timedelta(days=_WEEK.days - self.today.weekday()))

    @property
    def days(self) -> list[tuple[date, list[Sitting]]]:
        """All the days that are published."""
        return self._days(self.today + AHEAD)

    def _days(self, last: date) -> list[tuple[date, list[Sitting]]]:
        found: dict[date, list[Sitting]] = {}
        for row in (*self.sits, *self.ahead):
            if row.day <= last:
                found.setdefault(row.day, []).append(row)
        return list(found.items())


def spoken(day: date) -> str:
    """4 月 9 日（周四）."""
    return f"{day_words(day)}（周{_WEEKDAYS[day.weekday()]}）"


def watch(station: Station, today: date) -> Watch:
    """One station from today on; one statement."""
    return _watch(sittings(Shift.objects.filter(station=station).between(today, today + AHEAD)), today)


def watches(stations: Iterable[int], today: date) -> dict[int, Watch]:
    """The same for many stations; one statement for all."""
    ids = list(stations)
    found = sitting_at(ids, today, today + AHEAD)
    return {pk: _watch(found.get(pk, []), today) for pk in ids}


def _watch(rows: list[Sitting], today: date) -> Watch:
    return Watch(today, tuple(row for row in rows if row.day == today), tuple(row for row in rows if row.day > today))
