"""Questions several pages ask of the spine: what kind of matter is this text, what does a station's card show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from re import findall
from typing import TypeVar

from django.core.cache import caches
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.minute import Minute, Names
from core.text import fold
from core.workdays import WorkCalendar, local_date
from stations.models import Category, EntryCode, Region, Representative, ScanCount, Service, Station, Unit

SCAN_DAYS = 30  # days of scans that the desk looks back on


Kept = TypeVar("Kept", Station, Unit)


def known(model: type[Kept], pk: int) -> Kept:
    """Return a station or unit as this process read it within the last minute: its name and telephone for a page."""
    key = f"known-{model._meta.label_lower}-{pk}"
    return caches["process"].get_or_set(key, lambda: model._default_manager.get(pk=pk))  # type: ignore[no-any-return]


def _read_keywords() -> Sequence[tuple[int, tuple[str, ...]]]:
    rows = Category.objects.exclude(keywords="").order_by("position", "id").values_list("id", "keywords")
    return tuple((pk, tuple(fold(word) for word in words.split())) for pk, words in rows)


keywords = Minute(_read_keywords)
region_names: Names[str, str] = Names(lambda: dict(Region.objects.values_list("code", "short_name")))
category_names: Names[int, str] = Names(lambda: dict(Category.objects.values_list("id", "name")))
stations: Names[str, tuple[int, str]] = Names(
    lambda: {code: (pk, name) for code, pk, name in Station.objects.values_list("code", "id", "name")}
)  # id and name
units: Names[int, tuple[str, str]] = Names(
    lambda: {pk: (code, name) for pk, code, name in Unit.objects.values_list("id", "code", "short_name")}
)  # code and short name


def forget() -> None:
    """Drop what this process keeps of these tables; called after an edit and between tests."""
    Minute.forget_all()


def ids_of_stations(codes: Iterable[str]) -> list[int]:
    """Return the ids of the stations with these codes; a code that no station has is passed over."""
    wanted = list(codes)
    known_ones = _stations_of(wanted)
    return [known_ones[code][0] for code in wanted if code in known_ones]


def names_of_stations(codes: Iterable[str]) -> list[str]:
    """Return the names of the stations with these codes; a code that no station has is passed over."""
    wanted = list(codes)
    known_ones = _stations_of(wanted)
    return [known_ones[code][1] for code in wanted if code in known_ones]


def names_of_units(codes: Iterable[str]) -> list[str]:
    """Return the short names of the units with these codes; a code that no unit has is passed over."""
    names = dict(units().values())
    return [names[code] for code in codes if code in names]


def _stations_of(wanted: Sequence[str]) -> dict[str, tuple[int, str]]:
    if not all(code in stations() for code in wanted):
        stations.forget()
    return stations()


def guess_category_id(text: str) -> int | None:
    """Return the category whose keywords weigh most in the text: longer words and earlier places count more.

    None when no keyword occurs. The same text always gives the same answer; nobody is bound by it.
    """
    folded = fold(text)
    best, best_weight = None, 0.0
    for pk, words in keywords():
        weight = sum(_weight(folded, word) for word in words)
        if weight > best_weight:
            best, best_weight = pk, weight
    return best


def _weight(text: str, word: str) -> float:
    place = text.find(word)
    if place < 0:
        return 0.0
    return len(word) * (2.0 if place < 40 else 1.0) + min(text.count(word) - 1, 3) * 0.5


def guess_category(text: str) -> Category | None:
    """Return the guessed category with its parent and usual unit, or None."""
    pk = guess_category_id(text)
    return Category.objects.select_related("parent", "usual_unit").filter(pk=pk).first() if pk else None


@dataclass(frozen=True)
class StationCard:
    """What every page says about a station."""

    station: Station
    is_open: bool
    representatives: tuple[Representative, ...]


def station_card(station: Station, at: datetime) -> StationCard:
    """Return the card of a station; one query for the representatives."""
    return StationCard(station, is_open_at(station, at), tuple(Representative.objects.serving(station)))


def is_open_at(station: Station, at: datetime) -> bool:
    """Tell whether the window is open: a working day, inside one of the spans written as 8:30–12:00."""
    local = timezone.localtime(at)
    if not WorkCalendar.load().is_workday(local.date()):
        return False
    minutes = local.hour * 60 + local.minute
    spans = findall(r"(\d{1,2}):(\d{2})\s*[–—~-]\s*(\d{1,2}):(\d{2})", station.opening_hours)
    return any(int(a) * 60 + int(b) <= minutes < int(c) * 60 + int(d) for a, b, c, d in spans)


def missing_parts(station: Station) -> list[str]:
    """Return what makes a station a shell (空壳): no head, no representative; empty when nothing is missing."""
    missing = [] if station.head else ["没有站长"]
    if not Representative.objects.serving(station).exists():
        missing.append("没有代表进站")
    return missing


def scans_from(at: datetime) -> date:
    """The first of the last thirty days, today included."""
    return local_date(at) - timedelta(days=SCAN_DAYS - 1)


def _counted(rows: QuerySet, by: str, what: Count | Sum) -> Coalesce:
    grouped = rows.order_by().values(by).annotate(found=what).values("found")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), Value(0))


def with_figures(stations: QuerySet, at: datetime) -> QuerySet:
    """Stations with `people` (who serve now), `live_codes` and `recent` scans of thirty days; one statement for all."""
    serving = Service.objects.filter(station=OuterRef("pk"), until=None, representative__is_active=True)
    live = EntryCode.objects.live().filter(station=OuterRef("pk"))
    scanned = ScanCount.objects.filter(entry_code__station=OuterRef("pk"), day__gte=scans_from(at))
    return stations.select_related("region").annotate(
        people=_counted(serving, "station", Count("pk")),
        live_codes=_counted(live, "station", Count("pk")),
        recent=_counted(scanned, "entry_code__station", Sum("count")),
    )


def codes_of(station: Station, at: datetime) -> QuerySet:
    """The station's codes, live ones first, with the `recent` scans of the last thirty days."""
    scanned = ScanCount.objects.filter(entry_code=OuterRef("pk"), day__gte=scans_from(at))
    rows = station.entry_codes.select_related("station", "representative", "post", "region")
    return rows.annotate(recent=_counted(scanned, "entry_code", Sum("count"))).order_by(
        F("revoked_at").desc(nulls_first=True), "id"
    )


def scans_by_day(station: Station, at: datetime) -> list[tuple[date, int]]:
    """Scans of all codes of a station on each of the last thirty days, oldest first."""
    first = scans_from(at)
    rows = ScanCount.objects.filter(entry_code__station=station, day__gte=first).values_list("day")
    found = dict(rows.annotate(sum=Sum("count")))
    return [(day, found.get(day, 0)) for day in (first + timedelta(days=n) for n in range(SCAN_DAYS))]


def missing_in(station: Station) -> list[str]:
    """What makes a row of `with_figures` a shell, without asking again."""
    missing = [] if station.head else ["没有站长"]
    return missing if station.people else [*missing, "没有代表进站"]  # type: ignore[attr-defined]
