"""Uploaded sheets on the desk: older ledgers and a unit's batch, each with its preview; and the pages of their jobs."""

from typing import Any

import rules
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View
from kombu.exceptions import OperationalError

from accounts import audit
from core.forms import PlainForm
from core.jobs import file_until
from core.models import Job
from core.workflow import BadInput, VerbError
from opinions.ledger import access, answers, export, sheets
from opinions.ledger.fields import MEANINGS
from opinions.ledger.lines import Verdict, counts
from opinions.ledger.reading import MAX_BYTES, MAX_ROWS
from opinions.models import Sheet, SheetKind
from opinions.tasks import carry_out_sheet
from opinions.views.base import DeskMixin
from opinions.views.export import EXCEL, QUEUE_AWAY

PAGE_ROWS = 50
SAMPLES = 3
JOB_WORDS = {export.KIND: "导出台账", sheets.LEDGER: "导入旧台账", sheets.ANSWERS: "成批答复"}


class UploadForm(PlainForm):
    """A sheet, and for a ledger the station it belongs to."""

    file = forms.FileField(label="文件（.xlsx 或 .csv）", max_length=200)
    station = forms.TypedChoiceField(label="导入到哪个站点", coerce=int, required=True)

    def __init__(self, *args: Any, stations: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stations is None:
            del self.fields["station"]
        else:
            self.fields["station"].choices = [(row.pk, row.name) for row in stations]

    def clean_file(self) -> Any:
        """Refuse early what is too long."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"文件最大 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件再传。")
        return file


class _Upload(DeskMixin, View):
    """A page that takes a sheet; what was refused is said beside the field."""

    kind: str
    template_name: str

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return self.show(request, self.form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file and lead to its preview."""
        form = self.form(request, request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            station = next(
                (row for row in self.stations(request) or () if row.pk == form.cleaned_data["station"]), None
            )
            try:
                sheet = sheets.upload(
                    self.kind, file.name, file.read(), owner=request.user, at=timezone.now(), station=station
                )
                return redirect("opinions:sheet", sheet.pk)
            except BadInput as error:
                form.add_error("file", error.message)
        return self.show(request, form, 422)

    def stations(self, request: HttpRequest) -> Any:
        """The stations to choose from; None where there is nothing to choose."""
        return None

    def form(self, request: HttpRequest, *data: Any) -> UploadForm:
        """The form of the page."""
        return UploadForm(*data, stations=self.stations(request))

    def show(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        """Show the page with the form and the sheets carried out before."""
        earlier = Sheet.objects.filter(owner=request.user, kind=self.kind, job__isnull=False).select_related("job")
        context = {"form": form, "earlier": earlier.order_by("-pk")[:10], "most": MAX_ROWS, "meanings": MEANINGS}
        return render(request, self.template_name, context | self.more(request), status=status)

    def more(self, request: HttpRequest) -> dict[str, Any]:
        """What else the page shows."""
        return {}


class LedgerUpload(_Upload):
    """导入旧台账."""

    kind, template_name = SheetKind.LEDGER, "opinions/ledger_upload.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever looks after no station."""
        if request.user.is_authenticated and not access.stations_for(request.user):
            raise PermissionDenied("旧台账由站点、乡镇和县里的工作人员导入。")
        return super().dispatch(request, *args, **kwargs)

    def stations(self, request: HttpRequest) -> Any:
        """Those the user looks after."""
        return access.stations_for(request.user)


class AnswersUpload(_Upload):
    """成批答复: the unit's list down, its answers up."""

    kind, template_name = SheetKind.ANSWERS, "opinions/answers_upload.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever handles for no unit."""
        if request.user.is_authenticated and not rules.has_perm("opinions.answer_batch", request.user):
            raise PermissionDenied("成批答复由单位的经办人来做。")
        return super().dispatch(request, *args, **kwargs)

    def more(self, request: HttpRequest) -> dict[str, Any]:
        """How many matters wait."""
        return {"waiting": answers.rows_for(request.user).count(), "most_rows": answers.MOST}


class AnswersList(DeskMixin, View):
    """The unit's list as a spreadsheet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send it and leave the audit line."""
        if not rules.has_perm("opinions.answer_batch", request.user):
            raise PermissionDenied("成批答复由单位的经办人来做。")
        at = timezone.now()
        content, count = answers.write(request.user)
        audit.record(
            "ledger_exported", actor=request.user, at=at, subject="answers", ip=audit.address_of(request),
            detail={"filters": "本单位要答复的", "rows": count, "identity": "没有"},
        )  # fmt: skip
        response = HttpResponse(content, content_type=EXCEL)
        name = f"要答复的-{timezone.localtime(at):%Y%m%d-%H%M}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response


class SheetView(DeskMixin, View):
    """Something about one uploaded sheet: only for whoever uploaded it, and only while he still may."""

    sheet: Sheet

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch it. 404 for everybody else's."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            rows = Sheet.objects.select_related("station__region", "owner", "job")
            self.sheet = get_object_or_404(rows, pk=kwargs["pk"], owner=request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever has lost the right since the upload."""
        if request.user.is_authenticated and not self.is_allowed(request.user):
            raise PermissionDenied("这张表现在不归您办。")
        return super().dispatch(request, *args, **kwargs)

    def is_allowed(self, user: Any) -> bool:
        """Tell whether the user may carry it out."""
        if self.sheet.kind == SheetKind.ANSWERS:
            return rules.has_perm("opinions.answer_batch", user)
        return rules.has_perm("opinions.import_ledger", user, self.sheet.station)

    def preview(self, request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
        """Show what every row would become."""
        lines, table = [], None
        try:
            table = sheets.table_of(self.sheet)
            lines = sheets.lines_of(self.sheet, timezone.now())
        except VerbError as error:
            wrong = wrong or error.message
        show = request.GET.get("show", "")
        chosen = [line for line in lines if line.verdict == show] if show in Verdict.values else lines
        page = request.GET.get("page", "")
        last = max(1, -(-len(chosen) // PAGE_ROWS))
        number = min(last, max(1, int(page))) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        counted = counts(lines)
        context = {
            "sheet": self.sheet,
            "wrong": wrong,
            "lines": chosen[(number - 1) * PAGE_ROWS : number * PAGE_ROWS],
            "ready": counted[Verdict.READY],
            "tabs": [("", "全部", len(lines)), *((v.value, v.label, counted[v]) for v in Verdict if counted[v])],
            "show": show if show in Verdict.values else "",
            "page": number,
            "last": last,
            "columns": [] if table is None or self.sheet.kind == SheetKind.ANSWERS else _columns(self.sheet, table),
            "meanings": MEANINGS,
            "is_answers": self.sheet.kind == SheetKind.ANSWERS,
        }
        return render(request, "opinions/sheet_preview.html", context, status=status)


def _columns(sheet: Sheet, table: Any) -> list[dict[str, Any]]:
    """Return the file's columns with samples and what each holds, as far as is known."""
    chosen = {at: key for key, at in sheet.columns.items()}
    return [
        {
            "name": f"c{at}",
            "heading": word or f"第 {at + 1} 栏",
            "samples": [cells[at] for _number, cells in table.rows[:SAMPLES] if cells[at]],
            "chosen": chosen.get(at, ""),
        }
        for at, word in enumerate(table.headings)
    ]


class Preview(SheetView):
    """The preview. Nothing is written by looking."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, or the job when the sheet is being carried out."""
        if self.sheet.job_id is not None:
            return redirect("opinions:sheet_job", self.sheet.job_id)
        return self.preview(request)


class Match(SheetView):
    """Say which column holds what."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back to the preview."""
        return redirect("opinions:sheet", pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the match and show the preview anew."""
        if self.sheet.kind != SheetKind.LEDGER or self.sheet.job_id is not None:
            raise Http404
        try:
            table = sheets.table_of(self.sheet)
            sheets.match(self.sheet, self._columns(request, len(table.headings)))
        except BadInput as error:
            return self.preview(request, error.message, 422)
        return redirect("opinions:sheet", pk)

    def _columns(self, request: HttpRequest, width: int) -> dict[str, int]:
        known = {meaning.key: meaning.label for meaning in MEANINGS}
        found: dict[str, int] = {}
        for at in range(width):
            key = request.POST.get(f"c{at}", "")
            if key not in known:
                continue
            if key in found:
                raise BadInput(f"有两栏都选了“{known[key]}”，只能选一栏。")
            found[key] = at
        return found


class CarryOut(SheetView):
    """Carry out what the preview called ready, in the background."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back to the preview."""
        return redirect("opinions:sheet", pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Order it; a second press leads to the same job."""
        try:
            sheet = sheets.order(pk, timezone.now())
        except BadInput as error:
            return self.preview(request, error.message, 422)
        try:
            carry_out_sheet.apply_async((sheet.job_id,), retry=False)
        except (OperationalError, OSError):
            messages.warning(request, QUEUE_AWAY)
        return redirect("opinions:sheet_job", sheet.job_id)


def _job(request: HttpRequest, job: int) -> Job:
    return get_object_or_404(Job, pk=job, owner=request.user, kind__in=JOB_WORDS)


class SheetJob(DeskMixin, View):
    """How far an export or a sheet is. One may leave; what came of it is kept."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        """Show the page, or its figures alone for the script that follows them."""
        row = _job(request, job)
        if request.GET.get("form") == "json":
            return JsonResponse(_figures(row))
        sheet = Sheet.objects.filter(job=row).first()
        context = {
            "job": row,
            "figures": _figures(row),
            "words": JOB_WORDS[row.kind],
            "bad": sheet.result.get("bad", []) if sheet else [],
            "back": _back(row.kind),
            "until": file_until(row) if row.file else None,
        }
        return render(request, "opinions/sheet_job.html", context)


def _back(kind: str) -> str:
    return reverse({sheets.LEDGER: "opinions:ledger", sheets.ANSWERS: "opinions:answers"}.get(kind, "opinions:list"))


def _figures(job: Job) -> dict[str, Any]:
    said = "正在一件一件地办。可以先去忙别的，办好了留在这里。"
    if job.state == Job.State.QUEUED:
        said = "排着队，轮到就开始做。可以先去忙别的，做好了留在这里。"
    return {
        "state": job.state,
        "word": job.get_state_display(),
        "done": job.done,
        "total": job.total,
        "percent": job.percent,
        "said": job.message if job.is_over else said,
        "is_over": job.is_over,
        "has_more": job.is_over and Sheet.objects.filter(job=job, result__bad__0__isnull=False).exists(),
        "file": reverse("opinions:sheet_file", args=[job.pk]) if job.file else "",
    }


class SheetFile(DeskMixin, View):
    """The finished file of an export, for its owner."""

    def get(self, request: HttpRequest, job: int) -> HttpResponseBase:
        """Send it. 404 while there is none."""
        row = _job(request, job)
        if not row.file:
            raise Http404("还没有做好，或者已经过期删掉了。")
        name = f"台账-{timezone.localtime(row.created_at):%Y%m%d-%H%M}.xlsx"
        return FileResponse(row.file.open("rb"), as_attachment=True, filename=name, content_type=EXCEL)
