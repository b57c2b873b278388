"""/desk/suggestions/ and one suggestion: the list with its filters, the page with the one next act, the Word papers."""

from datetime import datetime
from typing import Any

import django_filters
import rules
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.access import PermissionMixin
from core.filters import RegisterFilter
from core.workdays import local_date
from opinions.filters import place_choices, unit_choices
from opinions.models import FormalSuggestion
from opinions.suggestions import deadlines, evidence, papers, present
from opinions.suggestions.states import State
from opinions.suggestions.views import page
from opinions.views.base import DeskMixin
from opinions.views.papers import word_file

PAGE_ROWS = 30


class SuggestionFilter(RegisterFilter):
    """Which suggestions: state, place, unit, words of the title or the number."""

    q = django_filters.CharFilter(label="标题、编号、代表", method="by_words")
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="都要")
    place = django_filters.ChoiceFilter(
        label="地方", field_name="station__region__code", lookup_expr="startswith", empty_label="都要"
    )
    unit = django_filters.ChoiceFilter(label="主办单位", field_name="lead_unit_id", empty_label="都要")
    late = django_filters.ChoiceFilter(
        label="期限", choices=[("1", "超期的")], method="by_lateness", empty_label="都要"
    )

    class Meta:
        model = FormalSuggestion
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.at = at
        for name, choices in (("unit", unit_choices()), ("place", place_choices(self.user))):
            self.form.fields[name].choices = [("", "都要"), *choices]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "input"

    def by_words(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep what names it."""
        return rows.filter(
            Q(title__icontains=value) | Q(number__icontains=value) | Q(representative__name__icontains=value)
        )

    def by_lateness(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep missed limits."""
        return rows.filter(late(self.at))


def late(at: datetime) -> Q:
    """Return the condition of a missed limit; on its last day it is missed when the offices have closed."""
    today = local_date(at)
    missed = Q(due_on__lte=today) if deadlines.is_past(today, at) else Q(due_on__lt=today)
    return Q(state=State.ASSIGNED) & missed


class Suggestions(PermissionMixin, DeskMixin, View):
    """The list, late ones first."""

    permission = "opinions.see_suggestions"

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of suggestions, with how many stand where."""
        at = timezone.now()
        seen = FormalSuggestion.objects.visible_to(request.user)
        found = SuggestionFilter(request.GET, queryset=seen, user=request.user, at=at)
        rows = found.qs.select_related("station", "representative", "lead_unit").late_first(local_date(at))
        paged = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
        query = request.GET.copy()
        query.pop("page", None)
        context = {
            "filter": found,
            "page": paged,
            "rows": with_counts(list(paged), at),
            "tabs": _tabs(seen, at, request.GET.get("state", ""), request.GET.get("late", "")),
            "query": query.urlencode(),
            "may_begin": rules.has_perm("opinions.begin_suggestion", request.user),
        }
        return render(request, "opinions/suggestions/list.html", context)


def with_counts(rows: list[FormalSuggestion], at: datetime) -> list[dict[str, Any]]:
    """Return rows ready to be drawn, each with its matters and co-signers counted; one statement for all."""
    counted = FormalSuggestion.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        n_matters=Count("matters", distinct=True),
        n_signers=Count("cosigners", filter=Q(cosigners__answer="AGREED"), distinct=True),
    )
    counts = {pk: (matters, signers) for pk, matters, signers in counted.values_list("pk", "n_matters", "n_signers")}
    return [
        {
            "row": row,
            "mark": present.mark(row.state),
            "due": present.due(row, at),
            "is_waiting": row.state not in (State.DRAFT, State.CLOSED, State.WITHDRAWN),
            "matters": counts[row.pk][0],
            "signers": counts[row.pk][1],
        }
        for row in rows
    ]


def _tabs(seen: "QuerySet[Any]", at: datetime, state: str, is_late: str) -> list[dict[str, Any]]:
    wanted = (State.SUBMITTED, State.ACCEPTED, State.ASSIGNED, State.REPLIED, State.CLOSED)
    numbers = seen.aggregate(
        late=Count("pk", filter=late(at)), **{str(name): Count("pk", filter=Q(state=name)) for name in wanted}
    )
    tabs = [{"label": "超期", "query": "late=1", "count": numbers["late"], "is_current": is_late == "1"}]
    return tabs + [
        {"label": name.label, "query": f"state={name}", "count": numbers[name], "is_current": state == name}
        for name in wanted
    ]


class Detail(DeskMixin, View):
    """One suggestion."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it with the one next act."""
        row = page.visible_or_404(request.user, pk)
        return render(request, "opinions/suggestions/detail.html", page.context(request.user, row, timezone.now()))


class Paper(DeskMixin, View):
    """The paper itself, or the unit's letter, as a Word file: no identity has a place on either."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """Send it to whoever sees the suggestion."""
        row = page.visible_or_404(request.user, pk)
        wanted = {paper.key: paper for paper in papers.papers_for(row)}
        if kind not in wanted:
            raise Http404("没有这张单子。")
        content = papers.filled(kind, row, evidence.on_paper(row))
        return word_file(content, f"{wanted[kind].label}-{row.title[:30]}")
