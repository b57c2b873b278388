"""The plan's page: put a listed project on the year's list, or change its plan with a reason."""

from typing import Any

import rules
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from core.workflow import BadInput, VerbError
from projects.models import ProjectIdea
from projects.states import TABLE
from projects.views.base import ProjectMixin, with_list
from projects.works import forms, planning
from projects.works.models import Work
from projects.works.views.register import KEPT
from stations.models import Unit

UNUSABLE, MOVED_ON = 422, 409


class PlanPage(ProjectMixin, View):
    """列入年度 or 改计划, as the project stands; elsewhere there is no such page."""

    permission = "projects.run_campaigns"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form with what is kept."""
        idea, work = self._found(pk)
        first, rows = forms.initial_of(work, idea)
        form = forms.PlanForm(initial=first, **_given(idea))
        return self._page(idea, work, form, forms.STEP_FORMS(initial=rows, prefix="steps"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the plan, or show what is wrong with everything typed kept."""
        idea, work = self._found(pk)
        form, steps = forms.PlanForm(request.POST, **_given(idea)), forms.STEP_FORMS(request.POST, prefix="steps")
        if not (form.is_valid() & steps.is_valid()):
            return self._page(idea, work, form, steps, status=UNUSABLE)
        try:
            self._run(idea, form.cleaned_data, [row.cleaned_data for row in steps])
        except VerbError as error:
            is_input = isinstance(error, BadInput)
            form.add_error(error.field if is_input and error.field in form.fields else None, error.message)
            return self._page(idea, work, form, steps, status=UNUSABLE if is_input else MOVED_ON)
        messages.success(request, "计划改好了。" if _is_change(idea) else "列入年度了，单位和提议的人会收到通知。")
        return redirect(self._back(idea.pk))

    def _run(self, idea: ProjectIdea, data: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        at, user, plan = timezone.now(), self.request.user, forms.plan_from(data, rows)
        if _is_change(idea):
            planning.change_plan(idea.pk, actor=user, at=at, plan=plan, reason=data["reason"], seen=data["seen"])
        else:
            planning.adopt(idea.pk, actor=user, at=at, plan=plan)

    def _found(self, pk: int) -> tuple[ProjectIdea, Work | None]:
        idea = self.find_idea(pk)
        verb = "change_plan" if _is_change(idea) else "adopt"
        if not (TABLE.allows(verb, idea.state) and rules.has_perm(f"projects.{verb}_idea", self.request.user, idea)):
            raise Http404
        return idea, Work.objects.filter(pk=idea.pk).with_list_columns().first()

    def _back(self, pk: int) -> str:
        return with_list(reverse("projects:work", args=[pk]), self.request.GET, KEPT)

    def _page(self, idea: ProjectIdea, work: Work | None, form: Any, steps: Any, *, status: int = 200) -> HttpResponse:
        context = {"idea": idea, "form": form, "steps": steps, "is_change": _is_change(idea)}
        context["back"] = self._back(work.pk) if work else idea.get_absolute_url()
        return render(self.request, "projects/works/plan.html", context, status=status)


def _is_change(idea: ProjectIdea) -> bool:
    return TABLE.allows("change_plan", idea.state)


def _given(idea: ProjectIdea) -> dict[str, Any]:
    units = Unit.objects.filter(is_active=True, region__code__startswith=idea.region_id[:6])
    return {"units": units, "is_change": _is_change(idea), "label_suffix": ""}
