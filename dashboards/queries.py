"""The county's numbers: what they are, and how they are counted from the matters. Reads only; no pages.

`opinions.figures` says what is counted, and the list behind a number asks with the same words, so both agree. Rows are
cut by `visible_to` first. A rate over fewer than LEAST_CASES cases is not a rate and is not shown as one.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import add
from typing import Any, NamedTuple, TypeVar

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, ExtractDay, Substr, TruncMonth

from core.minute import Minute
from core.workdays import OFFICE, local_date
from duties.models import Shift
from opinions.figures import FIGURES
from opinions.models import Opinion, PostRecord, Reception
from opinions.receptions.states import State as ReceptionState
from stations.models import Category, Region, Service, Station
from stations.queries import units

LEAST_CASES = 10
DORMANT_AFTER = timedelta(days=45)
MONTHS = 12
TOWN_DIGITS = 9


@dataclass(frozen=True)
class Rate:
    """A part of a whole; the percentage exists only over enough cases, the base always."""

    part: int
    base: int

    @property
    def percent(self) -> float | None:
        """Return the share in per cent with one decimal, or None over too few cases."""
        return round(100 * self.part / self.base, 1) if self.base >= LEAST_CASES else None


class Counts(NamedTuple):
    """How many matters of a set have which fate; see `opinions.figures`. Sums of sets are sums of counts."""

    received: int = 0
    due: int = 0
    in_time: int = 0
    late_reply: int = 0
    answered: int = 0
    rated: int = 0
    happy: int = 0
    unhappy: int = 0
    reopened: int = 0
    outcome_A: int = 0
    outcome_B: int = 0
    outcome_C: int = 0
    outcome_D: int = 0

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        return Counts(*map(add, self, other))

    @property
    def timely(self) -> Rate:
        """Answered in time, of those whose limit to answer was met or has passed."""
        return Rate(self.in_time, self.due)

    @property
    def satisfied(self) -> Rate:
        """满意 and 基本满意, of those rated."""
        return Rate(self.happy, self.rated)

    @property
    def took_part(self) -> Rate:
        """Rated, of those answered."""
        return Rate(self.rated, self.answered)

    @property
    def again(self) -> Rate:
        """Opened again, of those answered."""
        return Rate(self.reopened, self.answered)

    @property
    def silent(self) -> int:
        """Answered and not rated."""
        return max(0, self.answered - self.rated)

    @property
    def outcomes(self) -> tuple[int, int, int, int]:
        """Units' answers by class A, B, C, D."""
        return self.outcome_A, self.outcome_B, self.outcome_C, self.outcome_D


Key = TypeVar("Key", bound=Hashable)
NAMES = Counts._fields


@dataclass(frozen=True)
class Cell:
    """The counts of one station, town, subject and unit together: the grain all tables are summed from."""

    station: int
    town: str
    subject: int | None
    unit: int | None
    counts: Counts


@dataclass(frozen=True)
class Tally:
    """Everything a board counts: the period and the one before it, the months, and the tables by their keys."""

    now: Counts
    before: Counts
    months: Sequence[tuple[date, Counts]]
    stations: Mapping[int, Counts]
    units: Mapping[int, Counts]
    places: Mapping[tuple[int | None, str], Counts]  # by top subject and town
    medians: Mapping[int, int]


def counted(rows: "QuerySet[Opinion]", now: tuple[date, date], before: tuple[date, date], at: datetime) -> Tally:
    """Count everything from the matters themselves; `tally.read` says the same from sums, and sooner."""
    period = within(rows, *now)
    found = cells(period, at)
    return Tally(
        now=sum((cell.counts for cell in found), Counts()),
        before=totals(within(rows, *before), at),
        months=by_month(rows, at, now[1]),
        stations=summed(found, lambda cell: cell.station),
        units={unit: counts for unit, counts in summed(found, lambda cell: cell.unit).items() if unit is not None},
        places=summed(found, lambda cell: (cell.subject, cell.town)),
        medians=median_days(period),
    )


def within(rows: "QuerySet[Opinion]", since: date, until: date) -> "QuerySet[Opinion]":
    """Keep what came in from the day `since` to the day `until`, both included, by the county's clock."""
    start = datetime.combine(since, datetime.min.time(), tzinfo=OFFICE)
    end = datetime.combine(until + timedelta(days=1), datetime.min.time(), tzinfo=OFFICE)
    return rows.filter(created_at__gte=start, created_at__lt=end)


def _measures(at: datetime) -> dict[str, Count]:
    named = {name: Count("pk", filter=FIGURES[name].where(at)) for name in NAMES if name != "received"}
    return {"received": Count("pk"), **named}


def totals(rows: "QuerySet[Opinion]", at: datetime) -> Counts:
    """Count a set of opinions in one statement."""
    found = rows.order_by().aggregate(**{f"n_{name}": measure for name, measure in _measures(at).items()})
    return Counts(**{name: found[f"n_{name}"] for name in NAMES})


def cells(rows: "QuerySet[Opinion]", at: datetime) -> list[Cell]:
    """Count a set by station, town, top subject and unit in one statement; tables are sums of these."""
    grouped = (
        rows.order_by()
        .annotate(
            town=Substr("region_id", 1, TOWN_DIGITS), subject=Coalesce(F("category__parent_id"), F("category_id"))
        )
        .values("station_id", "town", "subject", "lead_unit_id")
        .annotate(**{f"n_{name}": measure for name, measure in _measures(at).items()})
    )
    return [
        Cell(
            row["station_id"],
            row["town"],
            row["subject"],
            row["lead_unit_id"],
            Counts(*(row[f"n_{name}"] for name in NAMES)),
        )
        for row in grouped
    ]


def summed(found: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, Counts]:
    """Sum cells by a key."""
    sums: dict[Key, Counts] = {}
    for cell in found:
        name = key(cell)
        sums[name] = sums[name] + cell.counts if name in sums else cell.counts
    return sums


def by_month(rows: "QuerySet[Opinion]", at: datetime, last: date) -> list[tuple[date, Counts]]:
    """Count the 24 months that end with the month of `last`, oldest first, empty months included; one statement."""
    months = [month_before(last.replace(day=1), back) for back in range(2 * MONTHS - 1, -1, -1)]
    grouped = (
        within(rows, months[0], last)
        .order_by()
        .annotate(month=TruncMonth("created_at", tzinfo=OFFICE))
        .values("month")
        .annotate(**{f"n_{name}": measure for name, measure in _measures(at).items()})
    )
    found = {local_date(row["month"]): Counts(*(row[f"n_{name}"] for name in NAMES)) for row in grouped}
    return [(month, found.get(month, Counts())) for month in months]


def month_before(first: date, back: int) -> date:
    """Return the first day of the month `back` months before the month of `first`."""
    number = first.year * 12 + first.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def median_days(rows: "QuerySet[Opinion]") -> dict[int, int]:
    """Return by unit the median of full days from assignment to answer, from a histogram; one statement."""
    grouped = (
        rows.order_by()
        .filter(lead_unit__isnull=False, assigned_at__isnull=False, replied_at__gte=F("assigned_at"))
        .annotate(days=ExtractDay(F("replied_at") - F("assigned_at"), output_field=IntegerField()))
        .values_list("lead_unit_id", "days")
        .annotate(n=Count("pk"))
        .order_by("lead_unit_id", "days")
    )
    histograms: dict[int, list[tuple[int, int]]] = {}
    for unit, days, number in grouped:
        histograms.setdefault(unit, []).append((days, number))
    return {unit: middle(histogram) for unit, histogram in histograms.items()}


def middle(histogram: Sequence[tuple[int, int]]) -> int:
    """Return the median of a histogram in order: values and how often each occurs."""
    half, seen = sum(number for _, number in histogram) / 2, 0
    for days, number in histogram:
        seen += number
        if seen >= half:
            return days
    return 0


class Judged(NamedTuple):
    """What is known of a station for judging whether it lives."""

    pk: int
    name: str
    code: str
    region_id: str
    head: str
    moved_at: datetime | None
    is_served: bool
    received_at: datetime | None
    served_at: datetime | None
    is_published: bool

    @property
    def url(self) -> str:
        """Its public page."""
        return Station(code=self.code).get_absolute_url()


@dataclass(frozen=True)
class Life:
    """Whether a station lives, and what is missing where it does not."""

    station: Judged
    vitality: str
    missing: tuple[str, ...]
    moved_at: datetime | None


def lives(stations: "QuerySet[Station]", opinions: "QuerySet[Opinion]", at: datetime) -> list[Life]:
    """Judge stations in one statement: SHELL without head, representative or a published duty or reception, DORMANT
    without a reception, a record of a service post or movement of a matter for 45 days.

    `opinions` must be cut neither to a period nor to a subject: a quiet month or subject is not a dead station.
    """
    return [life_of(Judged(*row), at) for row in judged(stations, opinions)]


def judged(stations: "QuerySet[Station]", opinions: "QuerySet[Opinion]") -> "QuerySet[Any, Any]":
    """Return the columns of `Judged` for active stations, in the order of their places."""
    newest = opinions.filter(station_id=OuterRef("pk")).order_by("-changed_at").values("changed_at")[:1]
    services = Service.objects.filter(station_id=OuterRef("pk"), until=None, representative__is_active=True)
    receptions = Reception.objects.filter(station_id=OuterRef("pk")).exclude(state=ReceptionState.CANCELLED)
    served = PostRecord.objects.standing().filter(station_id=OuterRef("pk"))
    shifts = Shift.objects.published().filter(station_id=OuterRef("pk"))
    rows = stations.filter(is_active=True).annotate(
        moved_at=Subquery(newest),
        is_served=Exists(services),
        received_at=Subquery(receptions.order_by("-day", "-pk").values("started_at")[:1]),
        served_at=Subquery(served.order_by("-day", "-pk").values("recorded_at")[:1]),
        is_published=ExpressionWrapper(Exists(shifts) | Exists(receptions), output_field=BooleanField()),
    )
    return rows.order_by("region_id", "pk").values_list(*Judged._fields)


def life_of(station: Judged, at: datetime) -> Life:
    """Judge one station. What is published says that it means to receive; what moved says that it does."""
    moments = [moment for moment in (station.moved_at, station.received_at, station.served_at) if moment is not None]
    moved_at = max(moments, default=None)
    missing = () if station.head else ("没有站长",)
    missing += () if station.is_served else ("没有代表进站",)
    missing += () if station.is_published else ("没有公布过值班或接待",)
    if missing:
        return Life(station, "SHELL", missing, moved_at)
    if moved_at is None:
        return Life(station, "DORMANT", ("还没有收到过意见，也没有接待过",), None)
    if at - moved_at > DORMANT_AFTER:
        return Life(station, "DORMANT", (f"{(at - moved_at).days} 天没有动静", _reception_words(station, at)), moved_at)
    return Life(station, "ACTIVE", (), moved_at)


def _reception_words(station: Judged, at: datetime) -> str:
    if station.received_at is None:
        return "没有接待过"
    return f"上次接待在 {(at - station.received_at).days} 天前"


_towns: Minute[tuple[tuple[str, str], ...]] = Minute(
    lambda: tuple(Region.objects.townships().order_by("code").values_list("code", "short_name"))
)
_subjects: Minute[tuple[tuple[int, str], ...]] = Minute(
    lambda: tuple(Category.objects.filter(parent=None).order_by("position", "id").values_list("pk", "name"))
)


def town_names(prefixes: Iterable[str]) -> dict[str, str]:
    """Return code and short name of the towns inside some region codes, as they stood within the last minute."""
    inside = tuple(prefixes)
    return {code: name for code, name in _towns() if code.startswith(inside)}


def subject_names() -> dict[int, str]:
    """Return the top subjects in their order."""
    return dict(_subjects())


def unit_names() -> dict[int, str]:
    """Return the units' short names."""
    return {pk: name for pk, (_, name) in units().items()}
