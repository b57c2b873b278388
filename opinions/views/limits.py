"""/desk/deadlines/: the table of limits, tried out before it is put into force."""

from datetime import datetime
from typing import Any

import rules
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.access import PermissionMixin
from core.models import Job
from core.workdays import WorkCalendar
from core.workflow import WrongState
from opinions import deadline_table, recount_runs
from opinions.deadlines import Scheme
from opinions.forms_deadlines import DeadlineTableForm
from opinions.models import DeadlineRule
from opinions.recounting import forecast
from opinions.views.calendar import send
from opinions.views.page import leaf_categories


def check_may_edit(user: Any) -> None:
    """Answer 403 to whoever only reads."""
    if not rules.has_perm("opinions.edit_deadlines", user):
        raise PermissionDenied("期限和日历由县人大常委会的工作人员修改。")


def figures(job: Job) -> dict[str, Any]:
    """Return a recount's progress for its panel and the script that follows it."""
    said = job.message if job.is_over else "正在重算在走的期限。可以离开这一页，后台会做完。"
    return {
        "state": job.state, "word": job.get_state_display(), "done": job.done, "total": job.total,
        "percent": job.percent, "said": said, "is_over": job.is_over, "file": "",
    }  # fmt: skip


def latest_job() -> Job | None:
    """Return the last order to count again."""
    return Job.objects.filter(kind=recount_runs.KIND).first()


class RecountJob(PermissionMixin, View):
    """How far the last recount is, for the script on the page."""

    permission = "opinions.see_deadlines"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Return the figures; without a job the page itself."""
        job = latest_job()
        return JsonResponse(figures(job)) if job else redirect("opinions:deadlines")


class Deadlines(PermissionMixin, View):
    """Show the table; a POST tries it out, and with `apply` puts it into force."""

    permission = "opinions.see_deadlines"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the table as it is."""
        return self._page(request, self._form())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Try the table out, or store it."""
        check_may_edit(request.user)
        at = timezone.now()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        if "apply" in request.POST:
            return self._store(request, form, at)
        return self._page(request, form, trial=forecast(Scheme(form.wanted, WorkCalendar.load()), at))

    def _store(self, request: HttpRequest, form: DeadlineTableForm, at: datetime) -> HttpResponseBase:
        try:
            job = deadline_table.store(
                form.wanted, seen=form.cleaned_data["seen"], actor=request.user, at=at, send=send,
                ip=audit.address_of(request),
            )  # fmt: skip
        except WrongState as error:
            messages.error(request, error.message)
            return self._page(request, self._form(), status=409)
        messages.success(request, "改好了，正在重算在走的期限。" if job else "和现在一样，没有改动。")
        return redirect("opinions:deadlines")

    def _form(self, data: Any = None) -> DeadlineTableForm:
        return DeadlineTableForm(data, rows=deadline_table.stored(), categories=leaf_categories())

    def _page(
        self, request: HttpRequest, form: DeadlineTableForm, trial: Any = None, status: int = 200
    ) -> HttpResponse:
        job = latest_job()
        context = {
            "form": form,
            "trial": trial,
            "job": job,
            "figures": figures(job) if job else None,
            "may_edit": rules.has_perm("opinions.edit_deadlines", request.user),
            "is_edited": DeadlineRule.objects.exists(),
        }
        return render(request, "opinions/deadlines.html", context, status=status)
