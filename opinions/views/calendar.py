"""/desk/calendar/: the working calendar of a year, and the days that the county itself arranges."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from kombu.exceptions import OperationalError

from accounts.access import PermissionMixin
from core.forms import PlainForm
from core.views import VerbView
from core.workflow import VerbError
from opinions import calendar_days
from opinions.tasks import recount_limits

_COUNTS = (("False", "放假"), ("True", "上班"))


def send(job_id: int) -> None:
    """Hand the order to count again to the worker; where the queue does not answer, the clock does it again."""
    with suppress(OperationalError, OSError):
        recount_limits.apply_async((job_id,), retry=False)


class DayForm(PlainForm):
    """One day: which, whether offices work, what it is called, and what that rests on."""

    date = forms.DateField(label="哪一天", widget=forms.DateInput(attrs={"type": "date", "class": "input"}))
    is_workday = forms.TypedChoiceField(
        label="这一天", choices=_COUNTS, coerce=lambda text: text == "True", widget=forms.RadioSelect, initial="False"
    )
    name = forms.CharField(
        label="叫什么", max_length=40, help_text="如“防汛停工”“调休上班”，会写在期限的计算过程里。",
        widget=forms.TextInput(attrs={"class": "input"}),
    )  # fmt: skip
    source = forms.CharField(
        label="依据", max_length=120, help_text="如“县政府办 7 月 3 日通知”。记入审计。",
        widget=forms.TextInput(attrs={"class": "input"}),
    )  # fmt: skip


class ReasonForm(PlainForm):
    """Why a day is taken out again."""

    reason = forms.CharField(label="为什么删掉", max_length=120, widget=forms.TextInput(attrs={"class": "input"}))


class Calendar(PermissionMixin, View):
    """Show a year's special days; a POST adds one."""

    permission = "opinions.see_calendar"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the year of the address, else this one."""
        return self._page(request, DayForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Add a day, or say next to the field what is wrong."""
        form = DayForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        data = dict(form.cleaned_data)
        on = data.pop("date")
        try:
            calendar_days.add(on, **data, actor=request.user, at=timezone.now(), send=send)
        except VerbError as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
            return self._page(request, form, status=422 if getattr(error, "field", "") else 403)
        messages.success(request, "加好了，正在重算在走的期限。")
        return redirect(f"{reverse('opinions:calendar')}?year={on.year}")

    def _page(self, request: HttpRequest, form: DayForm, status: int = 200) -> HttpResponse:
        this_year = timezone.localdate().year
        years = range(this_year - 1, this_year + calendar_days.YEARS_AHEAD + 1)
        asked = request.GET.get("year", "")
        year = int(asked) if asked in map(str, years) else this_year
        days = calendar_days.special_days(year)
        context = {
            "year": year,
            "years": years,
            "own": [day for day in days if day.own],
            "known": [day for day in days if not day.own],
            "form": form,
            "may_edit": rules.has_perm("opinions.edit_calendar", request.user),
        }
        return render(request, "opinions/calendar.html", context, status=status)


class RemoveDay(PermissionMixin, VerbView):
    """Take out a day that the county had written."""

    permission = "opinions.see_calendar"
    form_class = ReasonForm
    verb_name = "删掉这一天"
    done_message = "删掉了，正在重算在走的期限。"

    def run(self, form: Any, at: datetime) -> date:
        """Remove it."""
        reason = form.cleaned_data["reason"]
        return calendar_days.remove(self.kwargs["pk"], reason=reason, actor=self.request.user, at=at, send=send)

    def back_url(self) -> str:
        """The calendar."""
        return reverse("opinions:calendar")

    def success_url(self, result: date) -> str:
        """The year that the day lies in."""
        return f"{self.back_url()}?year={result.year}"
