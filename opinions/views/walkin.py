"""The counter's form: record a visit in half a minute, see earlier visits of the same telephone, print the slip."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views import View

from accounts.models import Role
from core.codes import spell
from core.fields import keyed_hash
from core.text import clean_phone, mask_phone
from core.views import UNUSABLE_INPUT
from core.workdays import OFFICE, local_date
from core.workflow import BadInput, VerbError
from opinions import deadlines
from opinions.filters import stations_of
from opinions.forms_walkin import WalkInForm
from opinions.models import Opinion
from opinions.present import state_mark
from opinions.receptions import queries as receptions
from opinions.states import BEFORE_ANSWER, Kind, Step
from opinions.views import queued
from opinions.views.base import DeskMixin
from opinions.views.page import leaf_categories
from opinions.views.recording import record_visit
from opinions.workflow import AlreadySent
from stations.models import Region, Station, Unit
from stations.queries import guess_category

RECORDERS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.REPRESENTATIVE, Role.GRID_WORKER)
DECIDERS = (Role.STATION_STAFF, Role.TOWN_STAFF)
_SHOWN_TODAY, _SHOWN_VISITS, _LIKE = 12, 6, 3


class Recorder(DeskMixin, View):
    """A page for those who may record for a resident (代录)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever records nothing: leaders and units."""
        if request.user.is_authenticated and not request.user.has_role(*RECORDERS):
            raise PermissionDenied("登记来访是站点、代表和网格员的事。")
        return super().dispatch(request, *args, **kwargs)


class WalkIn(Recorder):
    """登记来访."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form, keeping the channel of the visit before."""
        initial = {"channel": request.GET.get("channel", "WINDOW"), "station": request.GET.get("station") or None}
        return self._page(walkin_form(request.user, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write the visit; then an empty form for the next one, or the slip."""
        form = walkin_form(request.user, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, UNUSABLE_INPUT)
        try:
            opinion = record_visit(form.cleaned_data, actor=request.user, at=timezone.now())
        except AlreadySent as error:
            return self._page(_with_new_key(request, error.message), UNUSABLE_INPUT, earlier=error.opinion)
        except VerbError as error:
            field = error.field if isinstance(error, BadInput) and error.field in form.fields else None
            form.add_error(field, error.message)
            return self._page(form, UNUSABLE_INPUT)
        next_page = f"{reverse('opinions:new')}?channel={opinion.channel}&station={opinion.station_id}"
        if "print" in request.POST:
            next_page = reverse("opinions:slip", args=[opinion.pk]) + "?print=1"
        elif not queued.is_from_queue(request):
            messages.success(request, _stored(opinion))
        return queued.stored(opinion, next_page) if queued.wants_data(request) else HttpResponseRedirect(next_page)

    def _page(self, form: WalkInForm, status: int = 200, earlier: Opinion | None = None) -> HttpResponse:
        user, at = self.request.user, timezone.now()
        if status == UNUSABLE_INPUT and queued.wants_data(self.request):
            return queued.refused(form, earlier and Opinion.objects.visible_to(user).filter(pk=earlier.pk).first())
        context = {
            "form": form,
            "may_decide": "how" in form.fields,
            "has_stations": form.fields["station"].queryset.exists(),  # type: ignore[attr-defined]
            "has_one_station": form.fields["station"].queryset.count() == 1,  # type: ignore[attr-defined]
            "today": recorded_today(user, at),
            "receptions": receptions.of_today(form.fields["station"].queryset, at),  # type: ignore[attr-defined]
            "due_days": [(kind, label, deadlines.due(Step.REPLY, at, kind=kind)) for kind, label in Kind.choices],
        }
        return render(self.request, "opinions/walkin.html", context, status=status)


def _with_new_key(request: HttpRequest, sentence: str) -> WalkInForm:
    """Return the same input under a fresh key, so that sending once more means a second matter."""
    data = request.POST.copy()
    data["client_key"] = str(WalkInForm.base_fields["client_key"].initial())
    form = walkin_form(request.user, data, request.FILES)
    form.add_error(None, sentence)
    return form


def _stored(opinion: Opinion) -> str:
    return format_html(
        "存好了：{}，回执码 {}。<a href='{}'>打印回执</a>",
        opinion.title, spell(opinion.receipt), reverse("opinions:slip", args=[opinion.pk]),
    )  # fmt: skip


def walkin_form(user: Any, *args: Any, **kwargs: Any) -> WalkInForm:
    """Return the form with the stations, places, units and categories of this user."""
    stations = recording_stations(user)
    if not args:
        initial = kwargs.setdefault("initial", {})
        initial["station"] = initial.get("station") or stations.values_list("pk", flat=True).first()
        initial["region"] = _grid_of(user)
    return WalkInForm(*args, **form_choices(user, stations), **kwargs)


def form_choices(user: Any, stations: "QuerySet[Station]", *, within: Station | None = None) -> dict[str, Any]:
    """Return what a user may choose from; `within` cuts the villages to those of one station."""
    codes = [within.region_id] if within else list(stations.values_list("region_id", flat=True))
    regions = Region.objects.none()
    for code in codes:
        regions = regions | Region.objects.filter(code__startswith=code, level=Region.Level.VILLAGE)
    return {
        "stations": stations,
        "regions": regions.order_by("code"),
        "units": Unit.objects.filter(is_active=True).order_by("region_id", "id"),
        "categories": leaf_categories(),
        "may_decide": user.has_role(*DECIDERS),
    }


def _grid_of(user: Any) -> str | None:
    codes = user.prefixes(Role.GRID_WORKER)
    return codes[0] if codes and len(codes[0]) == 12 else None


def recording_stations(user: Any) -> "QuerySet[Station]":
    """Return the open stations a user may record for; the nearest first for a grid worker."""
    rows = stations_of(user).filter(is_active=True)
    return rows.order_by("-region_id", "id") if user.has_role(Role.GRID_WORKER) else rows.order_by("region_id", "id")


def recorded_today(user: Any, at: datetime) -> list[dict[str, Any]]:
    """Return what this user wrote down since midnight, newest first."""
    midnight = datetime.combine(local_date(at), datetime.min.time(), tzinfo=OFFICE)
    rows = Opinion.objects.visible_to(user).filter(recorded_by_id=user.pk, created_at__gte=midnight)
    columns = rows.order_by("-created_at").values_list("pk", "title", "created_at", "state", "channel", named=True)
    return [_line(item) for item in columns[:_SHOWN_TODAY]]


def _line(item: Any) -> dict[str, Any]:
    mark = state_mark(item.state)
    at = timezone.localtime(item.created_at)
    return {"pk": item.pk, "title": item.title, "at": at, "mark": mark}


class Visits(Recorder):
    """Earlier visits of a telephone number, inside the user's own scope. POST, so that no number gets into a log."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer with a piece of page."""
        try:
            phone = clean_phone(request.POST.get("phone", ""))
        except ValueError:
            phone = ""
        rows: list[dict[str, Any]] = []
        if phone and request.user.has_role(*DECIDERS, Role.COUNTY_STAFF):
            same = Opinion.objects.visible_to(request.user).filter(phone_hash=keyed_hash(phone, "phone"))
            columns = same.order_by("-created_at").values_list("pk", "title", "created_at", "state", named=True)
            rows = [_line(item) for item in columns[:_SHOWN_VISITS]]
        return render(request, "opinions/_visits.html", {"visits": rows, "masked": mask_phone(phone)})


class Guess(Recorder):
    """What the words suggest: category, usual unit, and the date if it were handed out now."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer with a piece of page."""
        category = leaf_categories().filter(pk=_number(request.POST.get("category", ""))).first()
        category = category or guess_category(request.POST.get("body", ""))
        kind = request.POST.get("kind", "")
        kind = kind if kind in Kind.values else Kind.ORDINARY
        due = deadlines.due(Step.REPLY, timezone.now(), kind=kind, category_id=category.pk if category else None)
        like = self._like(request, category.pk) if category else []
        context = {"category": category, "due": due, "kind": Kind(kind).label, "like": like}
        return render(request, "opinions/_guess.html", context)

    def _like(self, request: HttpRequest, category_id: int) -> list[dict[str, Any]]:
        """Return open matters of the same place and subject, so that the clerk need not record what is in hand."""
        place = request.POST.get("region", "")
        if not place:
            return []
        same = Opinion.objects.visible_to(request.user).filter(region_id=place, category_id=category_id)
        rows = same.filter(state__in=BEFORE_ANSWER).order_by("-created_at")
        return [_line(item) for item in rows.values_list("pk", "title", "created_at", "state", named=True)[:_LIKE]]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
