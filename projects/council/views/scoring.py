"""Scoring: the representative on his telephone, the clerk from paper, and the paper itself."""

from typing import Any

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from core.workflow import BadInput, VerbError
from projects.council import scoring
from projects.council.forms import lines, marks_from
from projects.council.models import AgendaItem, Council, Score
from projects.council.states import MEASURES, State
from projects.council.views.base import CouncilMixin, wrong_of
from stations.models import Representative

NAMES = [name for name, _, _ in MEASURES]


def items_of(council: Council) -> list[AgendaItem]:
    """Return the agenda with what a sheet says of each item."""
    return list(council.items.select_related("idea__region").order_by("position", "id"))


class ScorePage(CouncilMixin, View):
    """打分: the whole agenda on one page; what he gave stands there until the meeting closes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The sheet, with his own marks; a meeting that is not open leads to its page."""
        council = self._mine()
        if council.state != State.OPEN:
            return redirect(council)
        return self._page(council, items_of(council), self._given(council))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Keep what was given."""
        council = self._mine()
        items = items_of(council)
        marks = marks_from(request.POST, items)
        try:
            count = scoring.score(council.pk, actor=request.user, at=timezone.now(), marks=marks)
        except VerbError as error:
            return self._page(council, items, marks, error)
        left = len(items) - len({*self._given(council)})
        more = f"还有 {left} 件没打，会开完以前随时能打。" if left else "会开完以前都能改。"
        messages.success(request, f"{count} 件的分记下了。{more}")
        return redirect(request.path)

    def _mine(self) -> Council:
        council = self.council()
        if not rules.has_perm("projects.score_council", self.request.user, council):
            raise PermissionDenied("这次会没有请您打分。")
        return council

    def _given(self, council: Council) -> dict[int, dict[str, int]]:
        own = Score.objects.filter(item__council=council, representative__user_id=self.request.user.pk)
        return {row["item_id"]: {name: row[name] for name in NAMES} for row in own.values("item_id", *NAMES)}

    def _page(self, council: Council, items: list[AgendaItem], marks: Any, error: VerbError | None = None) -> Any:
        return sheet(self.request, "projects/council/score.html", council, items, marks, error)


class Paper(CouncilMixin, View):
    """登记纸质打分: one representative's paper after another. What was entered is not shown again."""

    permission = "projects.hold_councils"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Choose whose paper it is; a meeting that is not open leads to its page."""
        council = self.council("enter")
        if council.state != State.OPEN:
            return redirect(council)
        return self._page(council, items_of(council), {}, self._person(council, request.GET.get("person", "")))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Keep the sheet, and go on to the next."""
        council = self.council("enter")
        person = self._person(council, request.POST.get("person", ""))
        items = items_of(council)
        marks = marks_from(request.POST, items)
        try:
            if person is None:
                raise BadInput("请先选是哪位代表的。", "person")
            count = scoring.enter(
                council.pk, actor=request.user, at=timezone.now(), representative_id=person.pk, marks=marks
            )
        except VerbError as error:
            return self._page(council, items, marks, person, error)
        messages.success(request, f"{person.name}代表的 {count} 件记下了，记的是纸质。")
        return redirect(request.path)

    def _person(self, council: Council, typed: str) -> Representative | None:
        if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
            return None
        return get_object_or_404(Representative, pk=int(typed), pk__in=council.seats.values("representative"))

    def _page(
        self,
        council: Council,
        items: list[AgendaItem],
        marks: Any,
        person: Representative | None,
        error: VerbError | None = None,
    ) -> HttpResponse:
        own = Score.objects.filter(item__council=council, on_paper=False).values("representative")
        taken = Score.objects.filter(item__council=council, on_paper=True).values_list("representative_id", flat=True)
        left = Representative.objects.filter(pk__in=council.seats.values("representative")).exclude(pk__in=own)
        done = set(taken)
        people = [(row, row.pk in done) for row in left.order_by("name", "pk")]
        more = {"people": people, "person": person}
        return sheet(self.request, "projects/council/paper.html", council, items, marks, error, more)


def sheet(
    request: HttpRequest,
    template: str,
    council: Council,
    items: list[AgendaItem],
    marks: Any,
    error: VerbError | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Draw a score sheet; after a refusal with its sentence and everything that was chosen."""
    wrong = wrong_of(error) if error else ("", "")
    status = 200 if error is None else 422 if isinstance(error, BadInput) else 409
    context = {
        "council": council,
        "lines": lines(items, marks, wrong),
        "given": len(marks) if error is None else 0,
        "error": error,
    }
    return render(request, template, context | (more or {}), status=status)


class PrintSheet(CouncilMixin, View):
    """纸质打分表: A4, for whoever has no telephone with him."""

    permission = "projects.hold_councils"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The paper."""
        council = self.council("change")
        context = {"council": council, "items": items_of(council), "measures": MEASURES}
        return render(request, "projects/council/sheet.html", context)
