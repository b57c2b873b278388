"""/desk/calendar/import/: the State Council's yearly notice from a file, day by day before anything is written."""

from datetime import datetime
from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.access import PermissionMixin
from core.forms import PlainForm
from core.workdays import WorkCalendar
from core.workflow import BadInput
from opinions import calendar_import
from opinions.calendar_files import MOST_BYTES, read
from opinions.recounting import forecast
from opinions.views.calendar import send
from opinions.views.limits import check_may_edit, figures, latest_job


class CalendarFileForm(PlainForm):
    """The file and what it rests on."""

    file = forms.FileField(
        label="放假安排文件",
        help_text="CSV 表格（日期、上班或休息、名称），或者 .ics 日历。",
        widget=forms.ClearableFileInput(attrs={"class": "input", "accept": ".csv,.ics"}),
        error_messages={"required": "请选文件。", "empty": "这个文件是空的，请换一个。"},
    )
    source = forms.CharField(
        label="依据",
        max_length=120,
        required=False,
        help_text="如：国务院办公厅关于 2027 年部分节假日安排的通知",
        widget=forms.TextInput(attrs={"class": "input"}),
    )

    def clean_file(self) -> Any:
        """Keep only what is small enough to be the notice."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("文件太大了，放假安排用不了这么大。")
        return file


class CalendarImport(PermissionMixin, View):
    """Upload, look, apply: three steps on one address."""

    permission = "opinions.see_deadlines"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file."""
        return self._page(request, CalendarFileForm(label_suffix=""))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Show what a file would do, or store what was shown."""
        check_may_edit(request.user)
        at = timezone.now()
        try:
            return self._store(request, at) if "apply" in request.POST else self._show(request, at)
        except BadInput as error:
            form = CalendarFileForm(request.POST, request.FILES, label_suffix="")
            form.add_error("file", error.message)
            return self._page(request, form, status=422)

    def _show(self, request: HttpRequest, at: datetime) -> HttpResponse:
        form = CalendarFileForm(request.POST, request.FILES, label_suffix="")
        if not form.is_valid():
            return self._page(request, form, status=422)
        file = form.cleaned_data["file"]
        reading = read(file.name, file.read())
        lines = calendar_import.compared(reading.days, WorkCalendar.load())
        moving = [line for line in lines if line.what != calendar_import.SAME]
        shown = {
            "lines": lines,
            "refused": reading.refused,
            "moving": len(moving),
            "sealed": calendar_import.sealed(reading.days),
            "source": form.cleaned_data["source"],
            "trial": forecast(calendar_import.tried(lines), at) if moving else None,
        }
        return self._page(request, form, shown=shown)

    def _store(self, request: HttpRequest, at: datetime) -> HttpResponseBase:
        days = calendar_import.opened(request.POST.get("sealed", ""))
        job = calendar_import.store(
            days, source=request.POST.get("source", "")[:120], actor=request.user, at=at, send=send,
            ip=audit.address_of(request),
        )  # fmt: skip
        messages.success(request, "日历改好了，正在重算在走的期限。" if job else "这些日子早就在日历里了，没有改动。")
        return redirect("opinions:calendar_import")

    def _page(self, request: HttpRequest, form: CalendarFileForm, shown: Any = None, status: int = 200) -> HttpResponse:
        job = latest_job()
        context = {"form": form, "shown": shown, "job": job, "figures": figures(job) if job else None}
        context["may_edit"] = rules.has_perm("opinions.edit_deadlines", request.user)
        return render(request, "opinions/calendar_import.html", context, status=status)
