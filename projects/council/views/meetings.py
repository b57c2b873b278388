"""The list of meetings, one meeting, and what prepares it."""

from datetime import datetime
from typing import Any

import rules
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from accounts.models import Role
from core.workflow import BadInput, VerbError
from projects.council import asking, forms, preparing
from projects.council.models import AgendaItem, Council
from projects.council.present import Entry, agenda, entries, mark_of
from projects.council.states import QUESTIONS, State
from projects.council.views.base import CouncilMixin, CouncilVerb
from stations.models import Region, Station, Unit

PAGE_ROWS = 30


class Councils(CouncilMixin, View):
    """All that one sees, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = Council.objects.visible_to(request.user).with_counts().order_by("-day", "-pk")
        page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
        waiting = set(Council.objects.waiting_for(request.user).values_list("pk", flat=True))
        context = {
            "page": page,
            "rows": [(row, mark_of(row), row.pk in waiting) for row in page],
            "may_hold": rules.has_perm("projects.hold_councils", request.user),
        }
        return render(request, "projects/council/list.html", context)


class EditCouncil(CouncilMixin, View):
    """A new meeting, or the words and people of one that is there."""

    permission = "projects.hold_councils"

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponseBase:
        """The form; a meeting that is over leads to its page."""
        council = self.council("change") if pk else None
        if council is not None and council.state == State.CLOSED:
            return redirect(council)
        return self._page(self._form(council), council)

    def post(self, request: HttpRequest, pk: int = 0) -> HttpResponseBase:
        """Keep it."""
        council = self.council("change") if pk else None
        form = self._form(council, request.POST)
        if not form.is_valid():
            return self._page(form, council, 422)
        try:
            kept = self._keep(council, form.cleaned_data, timezone.now())
        except VerbError as error:
            name = error.field if isinstance(error, BadInput) else ""
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(form, council, 422 if isinstance(error, BadInput) else 409)
        messages.success(request, "存好了。" if council else "记下了。再看看请了哪些代表，把项目排上议程。")
        return redirect(kept)

    def _form(self, council: Council | None, data: Any = None) -> forms.PlanForm:
        user = self.request.user
        if council is None:
            may = bool(user.prefixes(Role.COUNTY_STAFF))
            return forms.PlanForm(data, stations=own_stations(user), may_be_county=may)
        first = {name: getattr(council, name) for name in ("title", "day", "place", "chair")}
        first["invited"] = list(council.seats.values_list("representative_id", flat=True))
        return forms.PlanForm(data, initial=first, people=preparing.choosable(council))

    def _keep(self, council: Council | None, data: dict[str, Any], at: datetime) -> Council:
        station = data.pop("station", None)
        if council is not None:
            return preparing.change(council.pk, actor=self.request.user, at=at, plan=preparing.Plan(**data))
        region = station.region if station else _county(self.request.user)
        everybody = preparing.invitable(station, region.pk)
        plan = preparing.Plan(**data, invited=list(everybody))
        return preparing.plan(actor=self.request.user, at=at, station=station, region=region, plan=plan)

    def _page(self, form: forms.PlanForm, council: Council | None, status: int = 200) -> HttpResponse:
        context = {"form": form, "council": council}
        return render(self.request, "projects/council/edit.html", context, status=status)


def own_stations(user: Any) -> "QuerySet[Station]":
    """Return the stations whose meetings a colleague may hold."""
    inside = Q(code__in=user.station_codes)
    for prefix in user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF):
        inside |= Q(region__code__startswith=prefix)
    return Station.objects.filter(inside, is_active=True).select_related("region").order_by("region_id", "pk")


def _county(user: Any) -> Region:
    prefixes = user.prefixes(Role.COUNTY_STAFF)
    found = Region.objects.filter(code__in=prefixes, level=Region.Level.COUNTY).order_by("code").first()
    if found is None:
        raise BadInput("请选一个站点。", "station")
    return found


class Detail(CouncilMixin, View):
    """One meeting: the agenda, what stands, and what can be done now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        council = self.council()
        return render(request, "projects/council/detail.html", page(request, council))


def page(request: HttpRequest, council: Council) -> dict[str, Any]:
    """Gather all that the meeting's page shows to this user."""
    user = request.user
    may_run = rules.has_perm("projects.change_council", user, council)
    is_ahead = council.state == State.PREPARED
    return {
        "council": council,
        "mark": mark_of(council),
        "agenda": agenda(council),
        "people": _people(council) if may_run else [],
        "may_run": may_run,
        "may_arrange": may_run and is_ahead,
        "is_open": council.state == State.OPEN,
        "may_score": council.state == State.OPEN and rules.has_perm("projects.score_council", user, council),
        "add_form": forms.AddForm(ideas=preparing.eligible(council)) if may_run and is_ahead else None,
    }


def _people(council: Council) -> list[tuple[Any, int, int]]:
    """Return each who is invited, for how many items he has a voice, and for how many of them on paper."""
    voices: dict[int, list[bool]] = {}
    rows = AgendaItem.objects.filter(council=council, scores__isnull=False)
    for person, on_paper in rows.values_list("scores__representative_id", "scores__on_paper"):
        voices.setdefault(person, []).append(on_paper)
    seats = council.seats.select_related("representative").order_by("representative__name", "pk")
    return [
        (seat.representative, len(voices.get(seat.representative_id, ())), sum(voices.get(seat.representative_id, ())))
        for seat in seats
    ]


class Add(CouncilVerb):
    """加一件."""

    verb, verb_name, done_message = "arrange", "排议程", "排上了。"
    form_class = forms.AddForm

    def form_kwargs(self) -> dict[str, Any]:
        """What may come on this agenda."""
        return {"ideas": preparing.eligible(self.found)}

    def run(self, form: Any, at: datetime) -> AgendaItem:
        """Put it at the end."""
        return preparing.add(self.found.pk, actor=self.request.user, at=at, idea_id=form.cleaned_data["idea"].pk)


class Drop(CouncilVerb):
    """去掉一件."""

    verb, verb_name, done_message = "arrange", "排议程", "去掉了，还在储备库里。"

    def run(self, form: Any, at: datetime) -> None:
        """Take it off."""
        preparing.drop(self.found.pk, actor=self.request.user, at=at, item_id=self.kwargs["item"])


class RaiseUp(CouncilVerb):
    """往前挪."""

    verb, verb_name, done_message = "arrange", "排议程", ""

    def run(self, form: Any, at: datetime) -> None:
        """Move it one place up."""
        preparing.raise_up(self.found.pk, actor=self.request.user, at=at, item_id=self.kwargs["item"])


class Open(CouncilVerb):
    """开会."""

    verb, verb_name = "open", "开会"
    done_message = "开了。请到的代表收到了通知，可以打分。"

    def run(self, form: Any, at: datetime) -> Council:
        """Open it."""
        return preparing.open_council(self.found.pk, actor=self.request.user, at=at)


class Item(CouncilMixin, View):
    """One item: its conditions, and what the units say."""

    def get(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """The page."""
        council = self.council("check")
        return self._page(council, self._entry(council))

    def post(self, request: HttpRequest, pk: int, item: int) -> HttpResponseBase:
        """Keep the checklist."""
        council = self.council("check")
        entry = self._entry(council)
        form = forms.CheckForm(request.POST)
        if not form.is_valid():
            return self._page(council, entry, form, 422)
        try:
            preparing.check(council.pk, actor=request.user, at=timezone.now(), item_id=item, answers=form.answers)
        except VerbError as error:
            name = error.field if isinstance(error, BadInput) else ""
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(council, entry, form, 422 if isinstance(error, BadInput) else 409)
        messages.success(request, "条件核对好了。")
        return redirect(council)

    def _entry(self, council: Council) -> Entry:
        get_object_or_404(council.items, pk=self.kwargs["item"])
        return entries(council.items.filter(pk=self.kwargs["item"]))[0]

    def _page(self, council: Council, entry: Entry, form: Any = None, status: int = 200) -> HttpResponse:
        first = {name: getattr(entry.item, name) for name, _ in QUESTIONS}
        first |= {f"{name}_note": getattr(entry.item, f"{name}_note") for name, _ in QUESTIONS}
        context = {
            "council": council,
            "entry": entry,
            "form": form or forms.CheckForm(initial=first),
            "ask_form": forms.AskForm(units=askable(council)),
            "is_live": council.state != State.CLOSED,
        }
        return render(self.request, "projects/council/item.html", context, status=status)


def askable(council: Council) -> "QuerySet[Unit]":
    """Return the units of the county that may be asked."""
    return Unit.objects.filter(is_active=True, region__code__startswith=council.region_id[:6]).order_by("pk")


class Ask(CouncilVerb):
    """请单位说."""

    verb, verb_name, done_message = "ask", "请单位说", "请了，单位会收到通知。"
    form_class = forms.AskForm

    def form_kwargs(self) -> dict[str, Any]:
        """Whom to ask."""
        return {"units": askable(self.found)}

    def run(self, form: Any, at: datetime) -> Any:
        """Ask the unit."""
        unit = form.cleaned_data["unit"]
        return asking.ask(self.found.pk, actor=self.request.user, at=at, item_id=self.kwargs["item"], unit=unit)
