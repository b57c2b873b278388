"""Who sits when, as anybody may know it: published rosters, names and portraits of representatives, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db.models import QuerySet

from duties.models import Shift
from duties.states import Post, ShiftState
from stations.models import Station

_DAYS = 7


@dataclass(frozen=True)
class Sitting:
    """One duty as the public sees it. Whether it was confirmed, held or missed is nobody's business outside."""

    station_id: int
    day: date
    start: time
    end: time
    post: str
    name: str
    portrait: str
    representative_id: int

    @property
    def post_label(self) -> str:
        """The post in words."""
        return Post(self.post).label

    @property
    def hours(self) -> str:
        """8:30–12:00."""
        return f"{self.start.hour}:{self.start:%M}–{self.end.hour}:{self.end:%M}"


def who_sits(station: Station, day: date) -> list[Sitting]:
    """Who sits at a station on a day, in order of time; one statement."""
    return sittings(Shift.objects.filter(station=station, day=day))


def week(station: Station, day: date) -> dict[date, list[Sitting]]:
    """Who sits at a station on each day of the week of `day`, Monday first; one statement."""
    monday = day - timedelta(days=day.weekday())
    days: dict[date, list[Sitting]] = {monday + timedelta(days=number): [] for number in range(_DAYS)}
    for row in sittings(Shift.objects.filter(station=station).between(monday, max(days))):
        days[row.day].append(row)
    return days


def sitting_at(stations: Iterable[int], first: date, last: date) -> dict[int, list[Sitting]]:
    """Who sits at each of several stations from `first` to `last`; one statement for all."""
    found: dict[int, list[Sitting]] = {}
    for row in sittings(Shift.objects.filter(station__in=list(stations)).between(first, last)):
        found.setdefault(row.station_id, []).append(row)
    return found


def sittings(rows: QuerySet) -> list[Sitting]:
    """Read shifts as the public sees them; a gap and somebody who is known not to be there are not shown."""
    shown = rows.published().exclude(representative=None).exclude(state=ShiftState.ABSENT)  # type: ignore[attr-defined]
    fields = ("station_id", "day", "start", "end", "post", "representative__name", "representative__portrait")
    return [Sitting(*row) for row in shown.order_by("day", "start", "id").values_list(*fields, "representative_id")]
