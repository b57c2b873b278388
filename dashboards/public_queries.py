"""The figures a resident sees of a station or the county: this year, few numbers, each with its base."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from core.workdays import local_date
from opinions.figures import FIGURES
from opinions.models import Opinion
from opinions.states import Satisfaction, State

KEPT_SECONDS = 60
FEWEST = 10  # below this many cases a percentage says nothing and may point at one person


@dataclass(frozen=True)
class YearFigures:
    """What came in and what came of it since 1 January; `in_time` of `due` counts as the county's board does."""

    received: int
    due: int
    in_time: int
    satisfied: int
    dissatisfied: int
    silent: int

    @property
    def in_time_rate(self) -> float | None:
        """Return per cent answered in time of what had to be answered by now, None over too few cases."""
        return round(100 * self.in_time / self.due, 1) if self.due >= FEWEST else None

    @property
    def finished(self) -> int:
        """Return how many matters came to the rating."""
        return self.satisfied + self.dissatisfied + self.silent

    @property
    def per_hundred(self) -> tuple[int, int, int] | None:
        """Return satisfied, dissatisfied, silent of a hundred finished ones; None over too few cases."""
        if self.finished < FEWEST:
            return None
        yes = round(100 * self.satisfied / self.finished)
        bad = round(100 * self.dissatisfied / self.finished)
        return yes, bad, 100 - yes - bad


def year_figures(at: datetime, *, station_id: int | None = None) -> YearFigures:
    """Return one station's year, or the whole county's; counted at most once a minute, one statement."""
    key = f"year-figures:{station_id or 0}:{local_date(at)}"
    kept = cache.get(key)
    if isinstance(kept, YearFigures):
        return kept
    figures = count_year(at, station_id=station_id)
    cache.set(key, figures, KEPT_SECONDS)
    return figures


def count_year(at: datetime, *, station_id: int | None = None) -> YearFigures:
    """Count the year from the rows themselves."""
    start = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    opinions = Opinion.objects.filter(created_at__gte=start)
    if station_id is not None:
        opinions = opinions.filter(station_id=station_id)
    good = Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIR])
    # A matter sent back waits with an empty rating; until it is answered anew its last word is still 不满意.
    bad = Q(satisfaction=Satisfaction.DISSATISFIED) | Q(satisfaction="", is_reopened=True, closed_at=None)
    counts = opinions.aggregate(
        received=Count("id"),
        satisfied=Count("id", filter=good),
        dissatisfied=Count("id", filter=bad),
        silent=Count("id", filter=Q(state=State.CLOSED, satisfaction="")),
        due=Count("id", filter=FIGURES["due"].where(at)),
        in_time=Count("id", filter=FIGURES["in_time"].where(at)),
    )
    return YearFigures(**counts)
