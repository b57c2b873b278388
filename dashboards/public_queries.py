"""The figures a resident sees of a station or the county: this year, few numbers, each with its base."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from opinions.models import Opinion, Reply
from opinions.states import Satisfaction, State

FEWEST = 10  # below this many cases a percentage says nothing and may point at one person


@dataclass(frozen=True)
class YearFigures:
    """What came in and what came of it since 1 January; `in_time` of `answered` first replies kept their date."""

    received: int
    answered: int
    in_time: int
    satisfied: int
    dissatisfied: int
    silent: int

    @property
    def in_time_rate(self) -> float | None:
        """Return per cent answered in time, None over too few cases."""
        return round(100 * self.in_time / self.answered, 1) if self.answered >= FEWEST else None

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
    """Count one station's year, or the whole county's; two statements."""
    start = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    opinions = Opinion.objects.filter(created_at__gte=start)
    replies = Reply.objects.filter(created_at__gte=start, verdict=Reply.Verdict.APPROVED, unit__isnull=False)
    if station_id is not None:
        opinions = opinions.filter(station_id=station_id)
        replies = replies.filter(opinion__station_id=station_id)
    good = Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.FAIR])
    counts = opinions.aggregate(
        received=Count("id"),
        satisfied=Count("id", filter=good),
        dissatisfied=Count("id", filter=Q(satisfaction=Satisfaction.DISSATISFIED)),
        silent=Count("id", filter=Q(state=State.CLOSED, satisfaction="")),
    )
    answers = replies.aggregate(answered=Count("id"), in_time=Count("id", filter=Q(is_in_time=True)))
    return YearFigures(**counts, **answers)
