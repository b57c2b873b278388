"""The unit's side: what it was asked, and its answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views import View

from core.workflow import BadInput, VerbError
from projects.council import asking
from projects.council.forms import AnswerForm
from projects.council.models import FeasibilityOpinion
from projects.council.states import State
from projects.council.views.base import CouncilMixin
from projects.present import place_of

PAGE_ROWS = 30


class Requests(CouncilMixin, View):
    """What the unit was asked, the unanswered first."""

    permission = "projects.answer_feasibility"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = FeasibilityOpinion.objects.visible_to(request.user)
        rows = rows.select_related("item__idea", "item__council__station", "item__council__region")
        page = Paginator(rows.the_waiting_first(), PAGE_ROWS).get_page(request.GET.get("page"))
        return render(request, "projects/council/requests.html", {"page": page})


class Answer(CouncilMixin, View):
    """One request: the public words of the item, and what the unit says."""

    permission = "projects.answer_feasibility"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        asked = self._asked()
        first = {name: getattr(asked, name) for name in ("verdict", "words", "cost")}
        return self._page(asked, AnswerForm(initial=first))

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Keep the answer."""
        asked = self._asked()
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(asked, form, 422)
        try:
            asking.answer(asked.pk, actor=request.user, at=timezone.now(), **form.cleaned_data)
        except VerbError as error:
            name = error.field if isinstance(error, BadInput) else ""
            form.add_error(name if name in form.fields else None, error.message)
            return self._page(asked, form, 422 if isinstance(error, BadInput) else 409)
        messages.success(request, "意见送到了。会开完以前还能改。")
        return redirect("projects:feasibility_list")

    def _asked(self) -> FeasibilityOpinion:
        related = ("unit", "item__idea__region", "item__council__station", "item__council__region")
        rows = FeasibilityOpinion.objects.visible_to(self.request.user).select_related(*related)
        found: FeasibilityOpinion = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def _page(self, asked: FeasibilityOpinion, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "asked": asked,
            "idea": asked.item.idea,
            "place": place_of(asked.item.idea),
            "form": form,
            "is_live": asked.item.council.state != State.CLOSED,
        }
        return render(self.request, "projects/council/answer.html", context, status=status)
