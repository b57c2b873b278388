"""A month's page: its theme and what was done; at the desk for the county and each station, and for everybody."""

from datetime import date, datetime
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import View

from core.workdays import local_date
from dashboards.public_kept import kept
from dashboards.public_views import MINUTE, for_everybody, public_station
from dashboards.theme_month import Done, lines, month_done, notes_of
from duties.access import month_from
from duties.themes.forms import NoteForm
from duties.themes.models import MonthlyTheme
from duties.themes.queries import theme_of, themes
from duties.themes.views import ThemeMixin, county_of
from stations.models import Region, Representative, Station

_A_PAGE, _MOST_NOTES, _MOST_MONTHS = 50, 60, 24


class CountyMonth(ThemeMixin, View):
    """The month over all stations of the county."""

    permission = "duties.read_county_themes"

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        """Show it."""
        first, county = month_from(month), county_of(request.user)
        if county is None:
            raise PermissionDenied("全县的主题归县人大看。")
        places = _active(county)
        page = Paginator(places, _A_PAGE).get_page(request.GET.get("page"))
        found = themes([first])
        rows = [(line, found.own.get((line.station.pk, first))) for line in lines(page, first)]
        where = Q(station__region__code__startswith=county.code)
        context = {
            "month": first,
            "theme": found.of_county(county.code, first),
            "done": month_done(where, first, places.count()),
            "notes": _notes(where, first),
            "page": page,
            "rows": rows,
            "own": len(found.own),
            "at": timezone.now(),
        }
        return render(request, "dashboards/themes/county.html", context)


def _active(county: Region) -> Any:
    return Station.objects.active().filter(region__code__startswith=county.code).order_by("region_id", "id")


def _notes(where: Q, month: date) -> Any:
    rows = notes_of(where, month).select_related("station").prefetch_related("representatives")
    return rows.order_by("-day", "-pk")[:_MOST_NOTES]


class StationMonth(ThemeMixin, View):
    """The month of one station, with the notes of what was done."""

    def get(self, request: HttpRequest, month: str, station: str) -> HttpResponse:
        """Show it."""
        first, place, at = month_from(month), self.find_station(station), timezone.now()
        where, theme = Q(station=place), theme_of(place, first)
        may_note = theme is not None and rules.has_perm("duties.write_note", request.user, place)
        context = {
            "month": first,
            "station": place,
            "theme": theme,
            "history": theme.history.all() if theme else (),
            "may_set": rules.has_perm("duties.set_theme", request.user, MonthlyTheme(station=place)),
            "is_over": first < local_date(at).replace(day=1),
            "done": month_done(where, first),
            "notes": _notes(where, first),
            "may_note": may_note,
            "form": _note_form(place, first, at) if may_note else None,
            "at": at,
        }
        return render(request, "dashboards/themes/station.html", context)


def _note_form(place: Station, month: date, at: datetime) -> NoteForm | None:
    today = local_date(at)
    if month > today:
        return None
    day = today if today.replace(day=1) == month else month
    return NoteForm(initial={"day": day}, representatives=Representative.objects.serving(place))


@require_safe
@kept(MINUTE)
def public_themes(request: HttpRequest) -> HttpResponse:
    """The county's themes, this month's first."""
    this = local_date(timezone.now()).replace(day=1)
    rows = MonthlyTheme.objects.in_force().filter(station=None, month__lte=this).order_by("-month", "county_id")
    context = {"rows": rows[:_MOST_MONTHS], "this": this}
    return for_everybody(render(request, "dashboards/public/themes.html", context))


@require_safe
@kept(MINUTE)
def public_month(request: HttpRequest, month: str) -> HttpResponse:
    """What the county did in a month."""
    first, at = month_from(month), timezone.now()
    theme = themes([first], []).alone
    places = Station.objects.active().count()
    return _public(request, first, at, theme, month_done(Q(station__is_active=True), first, places), Q())


@require_safe
@kept(MINUTE)
def public_station_month(request: HttpRequest, code: str, month: str) -> HttpResponse:
    """What a station did in a month."""
    place, first, at = public_station(code), month_from(month), timezone.now()
    where = Q(station=place)
    return _public(request, first, at, theme_of(place, first), month_done(where, first), where, place)


def _public(
    request: HttpRequest,
    month: date,
    at: datetime,
    theme: MonthlyTheme | None,
    done: Done,
    where: Q,
    station: Station | None = None,
) -> HttpResponse:
    if theme is None and month != local_date(at).replace(day=1):
        raise Http404("那个月没有主题。")
    notes = notes_of(where & Q(station__is_active=True), month).select_related("station").order_by("-day", "-pk")
    context = {
        "month": month, "theme": theme, "done": done, "station": station, "notes": notes[:_MOST_NOTES], "at": at,
    }  # fmt: skip
    return for_everybody(render(request, "dashboards/public/theme_month.html", context))
