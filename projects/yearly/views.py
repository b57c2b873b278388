"""导入年度清单: choose a file, match the columns, look at every row, then put the good ones on the list."""

from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View

from core.workflow import BadInput, VerbError
from opinions.forms import DeskForm
from opinions.ledger.lines import Verdict, counts
from opinions.ledger.reading import MAX_BYTES, Table
from projects.views.base import ProjectMixin, counties_for
from projects.views.pool import EXCEL
from projects.yearly import importing, sample
from projects.yearly.columns import BY_KEY, MEANINGS
from projects.yearly.models import YearlySheet
from stations.models import Region

PAGE_ROWS = 50
SAMPLES = 2
UNUSABLE = 422
TABS = {Verdict.READY: "能导入", Verdict.ALREADY: "已有", Verdict.BAD: "有错", Verdict.BLANK: "跳过"}


class UploadForm(DeskForm):
    """The file, of which year, and of which county where somebody looks after several."""

    year = forms.IntegerField(label="哪一年的清单", min_value=2000, max_value=2100)
    region = forms.ModelChoiceField(Region.objects.none(), label="哪个县", empty_label=None)
    file = forms.FileField(
        label="文件", max_length=200, help_text=".xlsx 或 .csv，最大 5 MB。",
        widget=forms.FileInput(attrs={"class": "input file", "accept": ".xlsx,.csv"}),
    )  # fmt: skip

    def __init__(self, *args: Any, counties: "QuerySet[Region]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].widget.attrs |= {"class": "input num", "inputmode": "numeric"}
        self.fields["region"].queryset = counties  # type: ignore[attr-defined]
        if counties.count() == 1:
            del self.fields["region"]

    def clean_file(self) -> Any:
        """Refuse early what is too long."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"文件最大 {MAX_BYTES // 1024 // 1024} MB，这个太大了。")
        return file


class _YearlyPage(ProjectMixin, View):
    """A page of county committee staff."""

    permission = "projects.run_campaigns"


class Upload(_YearlyPage):
    """Choose file and year."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form and what was brought before."""
        form = UploadForm(counties=counties_for(request.user), initial={"year": timezone.localdate().year})
        return self._page(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read the file and lead to its preview."""
        counties = counties_for(request.user)
        form = UploadForm(request.POST, request.FILES, counties=counties)
        if form.is_valid():
            data = form.cleaned_data
            region = data.get("region") or counties.first()
            if region is None:
                raise PermissionDenied("没有找到您管的县。")
            try:
                sheet = importing.upload(
                    data["file"].name, data["file"].read(), region=region, year=data["year"], owner=request.user,
                    at=timezone.now(),
                )  # fmt: skip
                return redirect(sheet)
            except BadInput as error:
                form.add_error("file", error.message)
        return self._page(form, UNUSABLE)

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        earlier = YearlySheet.objects.filter(owner=self.request.user, done_at__isnull=False)[:10]
        context = {"form": form, "earlier": earlier, "most": importing.MOST, "meanings": MEANINGS}
        return render(self.request, "projects/yearly/upload.html", context, status=status)


class Sample(_YearlyPage):
    """模板: an empty list with our own headings."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send it."""
        buffer = BytesIO()
        sample.write(buffer)
        response = HttpResponse(buffer.getvalue(), content_type=EXCEL)
        response["Content-Disposition"] = content_disposition_header(True, "年度清单模板.xlsx") or "attachment"
        return response


class Sheet(_YearlyPage):
    """One uploaded list: its preview, and afterwards what came of it. Only for whoever uploaded it."""

    def sheet(self) -> YearlySheet:
        """The upload of the address. Raises Http404."""
        rows = YearlySheet.objects.select_related("region")
        return get_object_or_404(rows, pk=self.kwargs["pk"], owner=self.request.user)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; nothing is written by looking."""
        sheet = self.sheet()
        if sheet.done_at is not None:
            return render(request, "projects/yearly/done.html", {"sheet": sheet, "result": sheet.result})
        return self.preview(sheet)

    def preview(self, sheet: YearlySheet, wrong: str = "", status: int = 200) -> HttpResponse:
        """Show what every row would become."""
        lines, columns = [], []
        try:
            columns = _columns(sheet, importing.table_of(sheet))
            lines = importing.lines_of(sheet)
        except BadInput as error:
            wrong = wrong or error.message
        show = self.request.GET.get("show", "")
        chosen = [line for line in lines if line.verdict == show] if show in TABS else lines
        counted = counts(lines)
        context = {
            "sheet": sheet,
            "wrong": wrong,
            "columns": columns,
            "meanings": MEANINGS,
            "page": Paginator(chosen, PAGE_ROWS).get_page(self.request.GET.get("page")),
            "words": TABS,
            "tabs": [("", "全部", len(lines)), *((one.value, TABS[one], counted[one]) for one in TABS if counted[one])],
            "show": show if show in TABS else "",
            "ready": counted[Verdict.READY],
            "bad": counted[Verdict.BAD],
        }
        return render(self.request, "projects/yearly/preview.html", context, status=status)


def _columns(sheet: YearlySheet, table: Table) -> list[dict[str, Any]]:
    """Return the file's columns with samples and what each holds, as far as is known."""
    chosen = {at: key for key, at in sheet.columns.items()}
    return [
        {
            "name": f"c{at}",
            "heading": word or f"第 {at + 1} 栏",
            "samples": [texts[at] for _, texts in table.rows if texts[at]][:SAMPLES],
            "chosen": chosen.get(at, ""),
        }
        for at, word in enumerate(table.headings)
    ]


class Match(Sheet):
    """Say which column holds what."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back to the preview."""
        return redirect(self.sheet())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the match and show the preview anew."""
        sheet = self.sheet()
        try:
            importing.match(sheet, self._chosen(request, len(importing.table_of(sheet).headings)))
        except BadInput as error:
            return self.preview(sheet, error.message, UNUSABLE)
        return redirect(sheet)

    def _chosen(self, request: HttpRequest, width: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, key in request.POST.items():
            at = name.removeprefix("c")
            if key not in BY_KEY or not (at.isascii() and at.isdigit() and len(at) < 3 and int(at) < width):
                continue
            if key in found:
                raise BadInput(f"有两栏都选了“{BY_KEY[str(key)].label}”，只能选一栏。")
            found[str(key)] = int(at)
        return found


class CarryOut(Sheet):
    """Put the good rows on the list."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead back to the preview."""
        return redirect(self.sheet())

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Do it; a second press shows what the first one did."""
        sheet = self.sheet()
        try:
            importing.carry_out(sheet.pk, actor=request.user, at=timezone.now())
        except VerbError as error:
            return self.preview(sheet, error.message, UNUSABLE)
        return redirect(sheet)
