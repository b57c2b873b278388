"""Public pages of duties: who sits where today in the county, and a station's published days. No account, no script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.text import tidy
from core.workdays import local_date
from dashboards.public_kept import kept
from dashboards.public_views import MINUTE, for_everybody, public_station
from duties.themes.queries import theme_of, themes
from duties.watch import watch, watches
from stations.models import Region, Station
from stations.queries import region_names, station_card


@require_safe
@kept(MINUTE)
def county(request: HttpRequest) -> HttpResponse:
    """Today in the whole county: where somebody sits, by town, and when next where nobody does."""
    today, typed = local_date(timezone.now()), tidy(request.GET.get("q", "")).strip()[:20]
    stations = list(Station.objects.active().select_related("region"))
    shown = [row for row in stations if not typed or typed in f"{_town(row)} {row.name} {row.region.short_name}"]
    found = watches([row.pk for row in shown], today)
    about = themes([today])
    rows: list[dict[str, Any]] = [
        {
            "station": row,
            "town": _town(row),
            "watch": found[row.pk],
            "own": about.own.get((row.pk, today.replace(day=1))),
        }
        for row in shown
    ]
    context = {
        "theme": about.alone,
        "today": today,
        "typed": typed,
        "sits": [row for row in rows if row["watch"].sits],
        "rests": [row for row in rows if not row["watch"].sits],
    }
    return for_everybody(render(request, "dashboards/public/duty_county.html", context))


def _town(station: Station) -> str:
    is_county = station.region.level == Region.Level.COUNTY
    return station.region.short_name if is_county else region_names.of(station.region.town_code)


@require_safe
@kept(MINUTE)
def station_duty(request: HttpRequest, code: str) -> HttpResponse:
    """A station's published days from today on."""
    place = public_station(code)
    at = timezone.now()
    context: dict[str, Any] = {
        "station": place,
        "card": station_card(place, at),
        "watch": watch(place, local_date(at)),
        "theme": theme_of(place, local_date(at)),
    }
    return for_everybody(render(request, "dashboards/public/duty_station.html", context))
