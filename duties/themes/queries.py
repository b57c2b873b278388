"""Which theme a day has at a station: the station's own, else its county's. The one place that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from duties.themes.models import MonthlyTheme
from stations.models import Station

COUNTY_DIGITS = 6  # the first digits of a division code name the county


@dataclass(frozen=True)
class Themes:
    """The themes of some months, at hand."""

    own: dict[tuple[int, date], MonthlyTheme]
    common: dict[tuple[str, date], MonthlyTheme]

    def of(self, station: Station, day: date) -> MonthlyTheme | None:
        """The theme of a day at a station; None while nobody has set one."""
        month = day.replace(day=1)
        own = self.own.get((station.pk, month))
        return own or self.common.get((station.region_id[:COUNTY_DIGITS], month))

    def of_county(self, county: str, day: date) -> MonthlyTheme | None:
        """The county's own theme of a day."""
        return self.common.get((county, day.replace(day=1)))

    @property
    def alone(self) -> MonthlyTheme | None:
        """The county's theme where there is one only; several counties each have their own, said at their stations."""
        return next(iter(self.common.values())) if len(self.common) == 1 else None


def themes(days: Iterable[date], stations: Iterable[int] | None = None) -> Themes:
    """The themes of the months in which these days lie, for all stations or some; one statement."""
    months = {day.replace(day=1) for day in days}
    rows = MonthlyTheme.objects.in_force().filter(month__in=months)
    if stations is not None:
        rows = rows.filter(Q(station=None) | Q(station__in=list(stations)))
    own, common = {}, {}
    for row in rows:
        if row.station_id is not None:
            own[row.station_id, row.month] = row
        else:
            common[row.county_id or "", row.month] = row
    return Themes(own, common)


def theme_of(station: Station, day: date) -> MonthlyTheme | None:
    """The theme of one day at one station; one statement."""
    return themes([day], [station.pk]).of(station, day)
