"""The desk's pages of themes: the months with their themes, saying one, and notes of what was done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from accounts.models import Role
from core.views import VerbView
from core.workdays import local_date
from core.workflow import WrongState
from duties.access import DutyMixin, month_from
from duties.planning import month_end
from duties.themes import workflow
from duties.themes.forms import NoteForm, StrikeForm, ThemeForm
from duties.themes.models import MonthlyTheme, ThemeNote
from duties.themes.queries import COUNTY_DIGITS, theme_of, themes
from stations.models import Region, Representative, Station, Unit

MONTHS_BACK, MONTHS_AHEAD = 11, 2
_ONE_DAY = timedelta(days=1)


class ThemeMixin(DutyMixin):
    """A page for those who read rosters."""

    permission = "duties.read_themes"


@dataclass(frozen=True)
class Row:
    """One month of the list."""

    month: date
    theme: MonthlyTheme | None
    may_set: bool
    is_now: bool


def county_of(user: Any) -> Region | None:
    """The county that somebody of the county looks after."""
    prefixes = user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    counties = Region.objects.filter(level=Region.Level.COUNTY).order_by("code")
    return next((row for row in counties if row.code.startswith(prefixes)), None)


def months_around(today: date) -> list[date]:
    """The months of the list, the latest first."""
    month = today.replace(day=1)
    for _ in range(MONTHS_AHEAD):
        month = month_end(month) + _ONE_DAY
    found = [month]
    for _ in range(MONTHS_BACK + MONTHS_AHEAD):
        found.append((found[-1] - _ONE_DAY).replace(day=1))
    return found


class ThemesPage(ThemeMixin, View):
    """The months with their themes: of the county, or of one station."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show those of the place asked for; the county's to the county, else the first station's."""
        stations = list(Station.objects.visible_to(request.user).active().order_by("region_id", "id"))
        of_county, code = rules.has_perm("duties.read_county_themes", request.user), request.GET.get("station", "")
        station = self.find_station(code) if code else None if of_county else next(iter(stations), None)
        place = station or county_of(request.user)
        today = local_date(timezone.now())
        context = {
            "station": station,
            "stations": stations,
            "of_county": of_county,
            "rows": self._rows(place, today) if place else [],
        }
        return render(request, "duties/themes/list.html", context)

    def _rows(self, place: Region | Station, today: date) -> list[Row]:
        months, this = months_around(today), today.replace(day=1)
        found = themes(months, [place.pk] if isinstance(place, Station) else [])
        blank = MonthlyTheme(**_owner(place))
        may = rules.has_perm("duties.set_theme", self.request.user, blank)
        rows = []
        for month in months:
            is_station = isinstance(place, Station)
            theme = found.of(place, month) if is_station else found.of_county(place.pk, month)  # type: ignore[arg-type]
            if theme or month >= this:  # a month behind us without a theme has nothing to tell
                rows.append(Row(month, theme, may and month >= this, month == this))
        return rows


def _owner(place: Region | Station) -> dict[str, Any]:
    return {"station": place} if isinstance(place, Station) else {"county": place}


class SetTheme(ThemeMixin, VerbView):
    """定主题: the form, filled in with what the place has said so far."""

    kwargs: dict[str, Any]
    verb_name, done_message = "定主题", "定好了。值班公示、站点页面和提醒里都会写上。"

    @cached_property
    def month(self) -> date:
        """The month of the address."""
        return month_from(self.kwargs["month"])

    @cached_property
    def place(self) -> Region | Station:
        """The station of the address, or the user's county; 403 for whoever does not set its theme."""
        code = self.kwargs.get("station")
        place = self.find_station(code) if code else county_of(self.request.user)
        if place is None or not rules.has_perm("duties.set_theme", self.request.user, MonthlyTheme(**_owner(place))):
            raise PermissionDenied("县里的主题由县人大定，站点自己的由站点和乡镇定。")
        return place

    @cached_property
    def theme(self) -> MonthlyTheme | None:
        """What the place itself has said of this month."""
        return MonthlyTheme.objects.in_force().filter(month=self.month, **_owner(self.place)).first()

    @property
    def version(self) -> str:
        """What the form was filled in with, so that nobody's words are overwritten unseen."""
        return f"{self.theme.pk}:{self.theme.changed_at.timestamp()}" if self.theme else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form."""
        row = self.theme if self.place else None
        words = {"title": row.title, "about": row.about, "bring": row.bring, "units": row.units.all()} if row else {}
        return self._page(ThemeForm(initial=words, **self.form_kwargs()))

    def get_form(self) -> ThemeForm:
        """The form as it was sent; the place is asked first."""
        return ThemeForm(self.request.POST, **self.form_kwargs())

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the county's units."""
        code = self.place.region_id if isinstance(self.place, Station) else self.place.code
        near = Unit.objects.filter(is_active=True, region__code__startswith=code[:COUNTY_DIGITS])
        return {"units": near.order_by("region_id", "id")}

    def run(self, form: ThemeForm, at: datetime) -> MonthlyTheme:
        """Set it, or change what stands."""
        if self.request.POST.get("version", "") != self.version:
            raise WrongState("这个月的主题刚刚有人改过。请看一眼现在的，再决定要不要改。")
        if self.theme:
            return workflow.change_theme(self.theme.pk, form.wording, actor=self.request.user, at=at)
        return workflow.set_theme(self.place, self.month, form.wording, actor=self.request.user, at=at)

    def back_url(self) -> str:
        """The list of months."""
        return list_url(self.place)

    def refused(self, sentence: str, form: Any, status: int) -> HttpResponse:
        """The form again with everything that was typed."""
        return self._page(form, sentence, status)

    def _page(self, form: ThemeForm, sentence: str = "", status: int = 200) -> HttpResponse:
        station = self.place if isinstance(self.place, Station) else None
        common = theme_of(station, self.month) if station and not self.theme else None
        context = {
            "form": form, "sentence": sentence, "month": self.month, "station": station, "theme": self.theme,
            "common": common, "version": self.version, "back_url": self.back_url(),
        }  # fmt: skip
        return render(self.request, "duties/themes/set.html", context, status=status)


def list_url(place: Region | Station | None) -> str:
    """The list of months of a place."""
    return reverse("themes:list") + (f"?station={place.code}" if isinstance(place, Station) else "")


class DropTheme(ThemeMixin, VerbView):
    """不用这个主题."""

    kwargs: dict[str, Any]
    verb_name, done_message = "不用这个主题", "不用了。站点这个月按县里的主题，县里没有就没有主题。"

    @cached_property
    def theme(self) -> MonthlyTheme:
        """The theme, where this user sees it."""
        rows = MonthlyTheme.objects.visible_to(self.request.user).select_related("station")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def run(self, form: None, at: datetime) -> MonthlyTheme:
        """Drop it."""
        return workflow.drop_theme(self.theme.pk, actor=self.request.user, at=at)

    def back_url(self) -> str:
        """The list of months."""
        return list_url(self.theme.station)


def month_url(station: Station, day: date) -> str:
    """The page that tells what was done at a station in the month of a day."""
    return reverse("theme_months:station", args=[f"{day:%Y-%m}", station.code])


class WriteNote(ThemeMixin, VerbView):
    """记一件: what was done under the theme."""

    kwargs: dict[str, Any]
    form_class = NoteForm
    verb_name, done_message = "记一件", "记下了。勾上的代表，履职档案里也有了。"

    @cached_property
    def station(self) -> Station:
        """The station of the address."""
        return self.find_station(self.kwargs["station"])

    def form_kwargs(self) -> dict[str, Any]:
        """Offer those who serve here."""
        return {"representatives": Representative.objects.serving(self.station)}

    def run(self, form: NoteForm, at: datetime) -> ThemeNote:
        """Write it."""
        return workflow.write_note(self.station, actor=self.request.user, at=at, **form.cleaned_data)

    def back_url(self) -> str:
        """The month it was started from."""
        return month_url(self.station, month_from(self.kwargs["month"]))

    def success_url(self, result: ThemeNote) -> str:
        """The month it belongs to."""
        return month_url(self.station, result.day)


class StrikeNote(ThemeMixin, VerbView):
    """划掉: noted wrongly."""

    kwargs: dict[str, Any]
    form_class = StrikeForm
    verb_name, done_message = "划掉", "划掉了。履职档案里也没有了。"

    @cached_property
    def note(self) -> ThemeNote:
        """The note, where this user sees it."""
        rows = ThemeNote.objects.visible_to(self.request.user).select_related("station")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def run(self, form: StrikeForm, at: datetime) -> ThemeNote:
        """Strike it out."""
        return workflow.strike_note(self.note.pk, actor=self.request.user, at=at, reason=form.cleaned_data["reason"])

    def back_url(self) -> str:
        """The month it stands in."""
        return month_url(self.note.station, self.note.day)
