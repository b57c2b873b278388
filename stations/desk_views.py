"""/desk/stations/: the list, one station with its codes, and what staff change there."""

from datetime import datetime
from functools import cached_property
from typing import Any

import rules
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from core.views import VerbView
from stations import codes, queries, services
from stations.access import DeskMixin, refuse_page
from stations.forms import BatchForm, CodeForm, ServiceForm, StationForm, StationSearch
from stations.models import EntryCode, Region, Station
from stations.print_views import scopes_of

PAGE_ROWS = 50
CODES_SHOWN = 100


class StationList(DeskMixin, TemplateView):
    """Stations in sight, with people, codes and scans; shells say what is missing."""

    template_name = "stations/station_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows, the search, and the order of prints."""
        user, at = self.request.user, timezone.now()
        seen = Station.objects.visible_to(user)
        towns = Region.objects.filter(code__in=[code[:9] for code in seen.values_list("region_id", flat=True)])
        search = StationSearch(self.request.GET, towns=towns)
        rows = queries.with_figures(_searched(seen, search), at).order_by("region_id", "id")
        page = Paginator(rows, PAGE_ROWS).get_page(self.request.GET.get("page"))
        most = max((row.recent for row in page), default=0)
        scopes = scopes_of(user)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "search": search,
            "is_searched": any(self.request.GET.get(name) for name in ("q", "town")),
            "rows": [(row, queries.missing_in(row), _share(row.recent, most)) for row in page],
            "batch": BatchForm(scopes=scopes) if scopes else None,
        }


def _searched(rows: Any, search: StationSearch) -> Any:
    if not search.is_valid():
        return rows.none()
    if search.cleaned_data["q"]:
        rows = rows.filter(name__contains=search.cleaned_data["q"].strip())
    town = search.cleaned_data["town"]
    return rows.filter(region__code__startswith=town.code) if town else rows


def _share(part: int, most: int) -> int:
    """Length of a bar, 0 to 100."""
    return round(100 * part / most) if most else 0


class StationDetail(DeskMixin, TemplateView):
    """One station: facts, codes with their scans, who serves, venues and posts."""

    template_name = "stations/station_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything on the page; forms only for those who may use them."""
        station, at = self.find_station(kwargs["station"]), timezone.now()
        may_change = rules.has_perm("stations.change_station", self.request.user, station)
        entries = list(queries.codes_of(station, at)[:CODES_SHOWN])
        most = max((entry.recent for entry in entries), default=0)
        days = queries.scans_by_day(station, at)
        people = station.services.filter(until=None, representative__is_active=True).select_related("representative")
        serving = list(people.order_by("representative__name"))
        missing = [] if station.head else ["没有站长"]
        context = {
            "station": station,
            "is_open": queries.is_open_at(station, at),
            "missing": missing if serving else [*missing, "没有代表进站"],
            "live": [(entry, _share(entry.recent, most)) for entry in entries if entry.revoked_at is None],
            "revoked": [entry for entry in entries if entry.revoked_at is not None],
            "days": _columns(days),
            "scans": sum(count for _, count in days),
            "serving": serving,
            "venues": station.venues.order_by("id"),
            "posts": station.posts.filter(is_active=True).order_by("id"),
            "may_change": may_change,
        }
        if may_change:
            context |= {"code_form": CodeForm(station=station), "service_form": ServiceForm(station=station)}
            context["batch"] = BatchForm(scopes=[(station.code, station.name)])
        return super().get_context_data(**kwargs) | context


def _columns(days: list[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Bars of the last thirty days on a field of 300 × 40."""
    most = max((count for _, count in days), default=0) or 1
    return [
        {"day": day, "count": count, "x": number * 10 + 1, "height": _tall(count, most), "y": 40 - _tall(count, most)}
        for number, (day, count) in enumerate(days)
    ]


def _tall(count: int, most: int) -> int:
    return max(round(38 * count / most), 2) if count else 1


class StationEdit(DeskMixin, View):
    """Change what the station's page says, where its venues are and when its posts sit."""

    def get(self, request: HttpRequest, station: str) -> HttpResponse:
        """The form; 403 for those who may only look."""
        row = self.find_station(station)
        refuse_page("stations.change_station", request.user, row)
        return self._page(StationForm(instance=row), row)

    def post(self, request: HttpRequest, station: str) -> HttpResponse:
        """Write, or show the form again with what was typed."""
        row, at = self.find_station(station), timezone.now()
        refuse_page("stations.change_station", request.user, row)
        form = StationForm(request.POST, instance=self.find_station(station))
        if not form.is_valid():
            return self._page(form, row, status=422)
        services.change_station(row.pk, actor=request.user, at=at, facts=form.facts())
        services.arrange(row.pk, actor=request.user, at=at, places=form.places(), hours=form.hours())
        return redirect("stations:detail", row.code)

    def _page(self, form: StationForm, row: Station, status: int = 200) -> HttpResponse:
        context = {"form": form, "station": row}
        return render(self.request, "stations/station_form.html", context, status=status)


class _StationVerb(DeskMixin, VerbView):
    """A POST on one station; leads back to its page."""

    @cached_property
    def station(self) -> Station:
        """The station of the address."""
        return self.find_station(self.kwargs["station"])

    def form_kwargs(self) -> dict[str, Any]:
        """The forms ask what there is at the station."""
        return {"station": self.station}

    def back_url(self) -> str:
        """The station's page."""
        return reverse("stations:detail", args=[self.station.code])


class CreateCode(_StationVerb):
    """新建码."""

    form_class = CodeForm
    verb_name = "新建码"
    done_message = "新码建好了，可以打印。"

    def run(self, form: Any, at: datetime) -> EntryCode:
        """Draw the code; a place's name is what residents need not type."""
        data, region = form.cleaned_data, form.cleaned_data["region"]
        is_place = data["kind"] == EntryCode.Kind.PLACE
        return codes.create_code(
            self.station.pk,
            data["kind"],
            actor=self.request.user,
            at=at,
            label=data["label"],
            location=region.short_name if is_place and region else "",
            representative=data["representative"] if data["kind"] == EntryCode.Kind.REPRESENTATIVE else None,
            post=data["post"] if data["kind"] == EntryCode.Kind.POST else None,
            region=region if is_place else None,
        )


class RevokeCode(DeskMixin, VerbView):
    """作废码: asks once and names the thing, then it leads nowhere for good."""

    verb_name = "作废码"
    done_message = "已作废。请把挂着的纸取下来。"

    @cached_property
    def entry(self) -> EntryCode:
        """The code of the address."""
        return self.find_code(self.kwargs["code"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask once."""
        refuse_page("stations.revoke_code", request.user, self.entry.station)
        return render(request, "stations/code_revoke.html", {"entry": self.entry, "station": self.entry.station})

    def run(self, form: Any, at: datetime) -> EntryCode:
        """Revoke."""
        return codes.revoke_code(self.entry.pk, actor=self.request.user, at=at)

    def back_url(self) -> str:
        """The station's page."""
        return reverse("stations:detail", args=[self.entry.station.code])


class BeginService(_StationVerb):
    """代表进站."""

    form_class = ServiceForm
    verb_name = "代表进站"
    done_message = "已加到本站点的代表里。"

    def run(self, form: Any, at: datetime) -> Any:
        """Write a new name first, after the permission was asked."""
        services.refuse_unless("stations.appoint_representative", self.request.user, self.station)
        person = form.cleaned_data["representative"] or services.create_representative(form.cleaned_data["name"])
        return services.begin_service(self.station.pk, person.pk, actor=self.request.user, at=at)


class EndService(_StationVerb):
    """代表离站."""

    verb_name = "代表离站"
    done_message = "已记为离开本站点，以前办过的事都还在。"

    def run(self, form: Any, at: datetime) -> Any:
        """Only a service of this very station."""
        service = self.station.services.get(pk=self.kwargs["service"])
        return services.end_service(service.pk, actor=self.request.user, at=at)
