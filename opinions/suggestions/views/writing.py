"""/desk/suggestions/new/, …/write/, …/gather/: beginning a paper, changing its words, choosing what is behind it."""

from datetime import datetime
from typing import Any

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from accounts.models import Role
from core.workflow import BadInput, VerbError
from opinions.models import FormalSuggestion, Opinion
from opinions.suggestions import workflow
from opinions.suggestions.forms import DraftForm, MattersForm, PaperForm
from opinions.suggestions.states import WRITABLE
from opinions.suggestions.views import page
from opinions.suggestions.workflow.drafting import NO_EVIDENCE, TEXTS, evidence_for
from opinions.views.base import DeskMixin
from opinions.views.page import place_words
from opinions.views.together import like
from stations.models import Representative, Service, Station

MOST_SIMILAR, MOST_FOUND = 20, 40


def pairs_for(user: Any) -> dict[str, tuple[Station, Representative]]:
    """Return whose paper, at which station, this user may begin: "3-12" → station and representative."""
    own = Q(representative__user_id=user.pk) if user.has_role(Role.REPRESENTATIVE) else Q(pk=None)
    serving = Service.objects.filter(own | Q(station__code__in=user.station_codes), until=None)
    rows = serving.filter(representative__is_active=True).select_related("station", "representative")
    return {
        f"{row.station_id}-{row.representative_id}": (row.station, row.representative)
        for row in rows.order_by("station_id", "representative__name", "pk")
    }


def choices_of(pairs: dict[str, tuple[Station, Representative]]) -> list[tuple[str, str]]:
    """Name each: the representative, and the station where there is more than one."""
    several = len({station.pk for station, _person in pairs.values()}) > 1
    return [(key, f"{person.name}（{station.name}）" if several else person.name) for key, (station, person) in
            pairs.items()]  # fmt: skip


class New(PermissionMixin, DeskMixin, View):
    """起草: opened from a matter (`?matter=`) it offers the similar ones beside it, already ticked where nothing speaks
    against it.
    """

    permission = "opinions.begin_suggestion"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty paper."""
        pairs = pairs_for(request.user)
        form = self._form(request, pairs)
        return self._page(request, form, ticked=set(_numbers(request.GET, "matter")))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Begin it; a refusal keeps everything typed and ticked."""
        at = timezone.now()
        pairs = pairs_for(request.user)
        form = self._form(request, pairs, request.POST)
        ticked = _numbers(request.POST, "matters")
        if not form.is_valid():
            return self._page(request, form, ticked=set(ticked), status=422)
        station, person = pairs[form.cleaned_data.pop("author") or next(iter(pairs))]
        try:
            row = workflow.draft(
                actor=request.user, at=at, station=station, representative=person, opinion_ids=ticked,
                **form.cleaned_data,
            )  # fmt: skip
        except VerbError as error:
            form.add_error(
                error.field if isinstance(error, BadInput) and error.field in form.fields else None, error.message
            )
            return self._page(request, form, ticked=set(ticked), status=422)
        messages.success(request, "草稿存好了。写全了再提交，提交以前只有您和站点、县人大看得到。")
        return redirect("suggestions:detail", row.pk)

    def _form(self, request: HttpRequest, pairs: dict[str, Any], data: Any = None) -> DraftForm:
        himself = not request.user.station_codes
        return DraftForm(data, authors=choices_of(pairs), himself=himself)

    def _page(self, request: HttpRequest, form: DraftForm, *, ticked: set[int], status: int = 200) -> HttpResponse:
        at = timezone.now()
        seen = Opinion.objects.visible_to(request.user)
        start = seen.filter(pk__in=ticked | set(_numbers(request.GET, "matter"))).first()
        offered = _offered(request.user, start, ticked, at)
        drafts = FormalSuggestion.objects.visible_to(request.user).filter(state__in=WRITABLE)
        mine = [row for row in drafts.select_related("station", "representative")[:10]
                if rules.has_perm("opinions.gather_suggestion", request.user, row)]  # fmt: skip
        context = {
            "form": form,
            "offered": rows_to_tick(offered, ticked),
            "start": start,
            "drafts": mine if start else [],
            "has_pairs": bool(form.fields["author"].choices),  # type: ignore[attr-defined]
        }
        return render(request, "opinions/suggestions/new.html", context, status=status)


def _numbers(data: QueryDict, name: str) -> list[int]:
    return [int(text) for text in data.getlist(name) if text.isascii() and text.isdigit() and len(text) < 15]


def _offered(user: Any, start: Opinion | None, ticked: set[int], at: datetime) -> list[Opinion]:
    """Return the matter it began from, what is ticked, and the like of it in the same station's places."""
    wanted = Opinion.objects.visible_to(user).filter(pk__in=ticked)
    rows = {row.pk: row for row in _for_list(wanted)}
    if start is not None:
        rows |= {row.pk: row for row in _for_list(like(user, start, at))[:MOST_SIMILAR]}
        if start.category_id:
            near = Opinion.objects.visible_to(user).filter(station_id=start.station_id, category_id=start.category_id)
            rows |= {row.pk: row for row in _for_list(near.order_by("-created_at", "-pk"))[:MOST_SIMILAR]}
    return sorted(rows.values(), key=lambda row: (row.pk not in ticked, -row.pk))


def _for_list(rows: "QuerySet[Opinion]") -> "QuerySet[Opinion]":
    usable = rows.exclude(state__in=NO_EVIDENCE)
    return usable.select_related("region", "category__parent").defer("body_folded", "name", "phone")


def rows_to_tick(rows: list[Opinion], ticked: set[int]) -> list[dict[str, Any]]:
    """Return matters ready to be drawn with a box to tick."""
    return [{"opinion": row, "place": place_words(row), "is_ticked": row.pk in ticked} for row in rows]


class PaperView(DeskMixin, View):
    """A page that changes one paper: only while it is written, and only for whom the rule of its verb names."""

    verb = ""
    suggestion: FormalSuggestion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the suggestion through `visible_to`."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.suggestion = page.visible_or_404(request.user, kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whom the rule does not name; lead back when the paper can no longer be changed."""
        if request.user.is_authenticated:
            if not rules.has_perm(f"opinions.{self.verb}_suggestion", request.user, self.suggestion):
                raise PermissionDenied("这份建议不归您改。")
            if self.suggestion.state not in WRITABLE:
                messages.error(request, f"现在是“{self.suggestion.get_state_display()}”，不能再改了。")
                return redirect("suggestions:detail", self.suggestion.pk)
        return super().dispatch(request, *args, **kwargs)


class Write(PaperView):
    """改稿."""

    verb = "write"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the words to change."""
        initial = {name: getattr(self.suggestion, name) for name in TEXTS}
        return render(
            request, "opinions/suggestions/write.html", {"form": PaperForm(initial=initial), "row": self.suggestion}
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Store them."""
        form = PaperForm(request.POST)
        if form.is_valid():
            try:
                workflow.write(pk, actor=request.user, at=timezone.now(), **form.cleaned_data)
            except VerbError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "稿子改好了。")
                return redirect("suggestions:detail", pk)
        return render(request, "opinions/suggestions/write.html", {"form": form, "row": self.suggestion}, status=422)


class Gather(PaperView):
    """加进事情: a search over the matters one may use, and boxes to tick."""

    verb = "gather"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what was found, without a search the like of what is already in."""
        return self._page(request)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Put the ticked ones in."""
        form = MattersForm(request.POST, offered=_numbers(request.POST, "matters"))
        chosen = form.cleaned_data["matters"] if form.is_valid() else []
        try:
            workflow.gather(pk, actor=request.user, at=timezone.now(), opinion_ids=chosen)
        except VerbError as error:
            return self._page(request, wrong=error.message, ticked=set(chosen), status=422)
        messages.success(request, f"加进了 {len(chosen)} 件。")
        return redirect("suggestions:detail", pk)

    def _page(
        self, request: HttpRequest, wrong: str = "", ticked: frozenset[int] | set[int] = frozenset(), status: int = 200
    ) -> HttpResponse:
        row, asked = self.suggestion, request.GET.get("q", "").strip()[:60]
        there = row.matters.values_list("opinion_id", flat=True)
        usable = evidence_for(request.user, row.representative).exclude(pk__in=there).distinct()
        if asked:
            usable = usable.filter(Q(title__icontains=asked) | Q(body__icontains=asked) | Q(location__icontains=asked))
        else:
            same = Opinion.objects.filter(pk__in=there).exclude(category=None).values("category")
            usable = usable.filter(category__in=same) if there else usable
        found = list(_for_list(usable).order_by("-created_at", "-pk")[:MOST_FOUND])
        context = {
            "row": row,
            "q": asked,
            "offered": rows_to_tick(found, set(ticked)),
            "wrong": wrong,
            "most": MOST_FOUND,
        }
        return render(request, "opinions/suggestions/gather.html", context, status=status)
