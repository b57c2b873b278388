"""Prints: one at once, many in the background with a progress page and a file that only its owner may fetch."""

from typing import Any

import rules
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.generic import View
from kombu.exceptions import OperationalError

from core import jobs
from core.models import Job
from core.workdays import day_words
from stations.access import DeskMixin, refuse_page
from stations.forms import BatchForm
from stations.models import EntryCode, Region, Station
from stations.prints import batch
from stations.prints.raster import png
from stations.prints.render import FORMATS, PREVIEW_DPI, PRINTS, facts_of, file_name
from stations.prints.render import render as render_print
from stations.tasks import print_codes

GROUPS = [
    {"name": "海报", "look": "a4", "width": 212, "height": 300, "prints": [PRINTS["a3"], PRINTS["a4"]]},
    {"name": "台卡", "look": "a6", "width": 150, "height": 212, "prints": [PRINTS["a5"], PRINTS["a6"]]},
    {"name": "贴纸", "look": "sticker", "width": 113, "height": 150, "prints": [PRINTS["sticker"]]},
]

_MEANWHILE = f"可以先去忙别的，做好了在这里留 {jobs.FILE_KEPT.days} 天。"
SOON, LONG = 20, 90  # seconds: below "at once", from here on in minutes


class CodePrints(DeskMixin, View):
    """Everything one can print of a code, with a small look of each kind."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """The page. 404 for a revoked code."""
        entry = self.find_code(code)
        refuse_page("stations.print_code", request.user, entry.station)
        if entry.revoked_at is not None:
            raise Http404("这个码已经作废了。")
        context = {"entry": entry, "station": entry.station, "groups": GROUPS}
        return render(request, "stations/code_print.html", context)


class PrintOne(DeskMixin, View):
    """One print of one code, as a download; `?look=1` gives a small picture for the page."""

    def get(self, request: HttpRequest, code: str, size: str, form: str) -> HttpResponse:
        """Draw it. 404 for a revoked code: its print would lead nowhere."""
        entry = self.find_code(code)
        refuse_page("stations.print_code", request.user, entry.station)
        if size not in PRINTS or form not in FORMATS or entry.revoked_at is not None:
            raise Http404("没有这样的打印件。")
        if request.GET.get("look"):
            response = HttpResponse(png(PRINTS[size].sheet(facts_of(entry, settings.SITE_URL)), PREVIEW_DPI))
            response["Content-Type"] = FORMATS["png"]
            patch_cache_control(response, private=True, max_age=300)
            return response
        response = HttpResponse(render_print(entry, size, form, settings.SITE_URL), content_type=FORMATS[form])
        response["Content-Disposition"] = content_disposition_header(True, file_name(entry, size, form)) or "attachment"
        return response


def scopes_of(user: Any) -> list[tuple[str, str]]:
    """What a user may order prints for: the towns he looks after, else his stations."""
    rows = Station.objects.visible_to(user).select_related("region").order_by("region_id", "id")
    mine = [row for row in rows if rules.has_perm("stations.print_code", user, row)]
    above = [row for row in mine if row.code not in user.station_codes]
    towns = Region.objects.filter(code__in={row.region_id[:9] for row in above}).order_by("code")
    whole = [("all", "我管的全部站点")] if len(towns) > 1 else []
    stations = [(row.code, row.name) for row in mine if row.code in user.station_codes]
    return [*whole, *((town.code, f"{town.short_name}（整个乡镇街道）") for town in towns), *stations]


class OrderPrints(DeskMixin, View):
    """Order a ZIP of prints; the answer is its progress page."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Record the job, hand it to the worker, lead to its page."""
        form = BatchForm(request.POST, scopes=self._scopes(request))
        if not form.is_valid():
            messages.error(request, "没有这样的打印件，请重新选。")
            return redirect("stations:list")
        wanted = form.cleaned_data
        ids = self._codes(request, wanted["scope"])
        if not ids:
            messages.warning(request, "那里还没有能用的码，请先在站点页上新建。")
            return redirect("stations:list")
        title = (
            f"{dict(form.fields['scope'].choices)[wanted['scope']]} · {PRINTS[wanted['size']].name} · {len(ids)} 个码"
        )
        order = batch.order(ids, wanted["size"], wanted["form"], title=title, owner=request.user, at=timezone.now())
        try:
            print_codes.apply_async((order.job_id, ids, order.size, order.form), retry=False)
        except (OperationalError, OSError):
            messages.warning(request, "后台现在没有应答。已经记下了，等它恢复会自己开始做，不用再点。")
        return redirect("stations:job", order.job_id)

    def _scopes(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The user's choices, and each single station that he looks after."""
        rows = Station.objects.visible_to(request.user)
        single = [(row.code, row.name) for row in rows if rules.has_perm("stations.print_code", request.user, row)]
        return [*scopes_of(request.user), *single]

    def _codes(self, request: HttpRequest, scope: str) -> list[int]:
        rows = Station.objects.visible_to(request.user).filter(is_active=True)
        if scope.isdecimal():
            rows = rows.filter(region__code__startswith=scope)
        elif scope != "all":
            rows = rows.filter(code=scope)
        mine = [row.pk for row in rows if rules.has_perm("stations.print_code", request.user, row)]
        live = EntryCode.objects.live().filter(station_id__in=mine)
        return list(live.order_by("id").values_list("pk", flat=True)[: batch.MOST])


def _job(request: HttpRequest, job: int) -> Job:
    """A job of one's own. Raises Http404 for everybody else's."""
    return get_object_or_404(Job, pk=job, owner=request.user, kind=batch.KIND)


class PrintJob(DeskMixin, View):
    """How far an order is. One may leave; the file is kept."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        """The page, or its figures alone for the script that follows them."""
        row = _job(request, job)
        if request.GET.get("form") == "json":
            return JsonResponse(_figures(row))
        earlier = Job.objects.filter(owner=request.user, kind=batch.KIND).exclude(pk=row.pk)[:10]
        return render(request, "stations/job.html", {"job": row, "figures": _figures(row), "earlier": earlier})


def _said(job: Job) -> str:
    """One sentence: what came of it, or how long it will take."""
    if job.state == Job.State.DONE and not job.file:
        return f"{job.message}文件只留 {jobs.FILE_KEPT.days} 天，已经清掉了。还要用，就再打印一次。"
    if job.is_over:
        until = jobs.file_until(job) if job.file else None
        return f"{job.message}文件留到 {day_words(until)}，请早点下载。" if until else job.message
    if job.state == Job.State.QUEUED:
        return f"排着队，轮到就开始做。{_MEANWHILE}"
    return f"{_time_left(job)}{_MEANWHILE}"


def _time_left(job: Job) -> str:
    """How long at the pace so far; nothing before the first one is done."""
    if not (job.done and job.started_at and job.moved_at):
        return "正在一张一张地画。"
    seconds = (job.moved_at - job.started_at).total_seconds() / job.done * (job.total - job.done)
    if seconds < SOON:
        return "马上就好。"
    return f"大约还要 {round(seconds / 60)} 分钟。" if seconds >= LONG else "大约还要一分钟。"


def _figures(job: Job) -> dict[str, Any]:
    return {
        "state": job.state,
        "word": job.get_state_display(),
        "done": job.done,
        "total": job.total,
        "percent": job.percent,
        "said": _said(job),
        "is_over": job.is_over,
        "file": reverse("stations:job_file", args=[job.pk]) if job.file else "",
    }


class PrintFile(DeskMixin, View):
    """The finished ZIP, for its owner."""

    def get(self, request: HttpRequest, job: int) -> HttpResponseBase:
        """Send the file. 404 while there is none."""
        row = _job(request, job)
        if not row.file:
            raise Http404(_said(row))
        when = timezone.localtime(row.created_at)
        return FileResponse(row.file.open("rb"), as_attachment=True, filename=f"码-{when:%Y%m%d-%H%M}.zip")
