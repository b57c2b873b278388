"""导出台账: the list as a spreadsheet, at once where it is short, else in the background with a progress page."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views import View
from kombu.exceptions import OperationalError

from accounts import audit
from opinions import bulk
from opinions.filters import SEES_PHONES, default_query
from opinions.ledger import export
from opinions.ledger.columns import columns_for
from opinions.tasks import make_export
from opinions.views.base import DeskMixin, list_query

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE_CHOSEN = "一件也没有选。先在要导出的事前面打勾。"
QUEUE_AWAY = "后台现在没有应答。已经记下了，等它恢复会自己开始做，不用再点。"


class Export(DeskMixin, View):
    """The list of the address, with the same conditions, as an .xlsx file."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead back to the list: an export leaves an audit line, so it is asked for by a button."""
        return redirect(f"{reverse('opinions:list')}?{list_query(request.GET)}")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file, or order it; the list's own address says what is in it."""
        at = timezone.now()
        query = default_query(request.GET)
        only = bulk.keys_of(request.POST.getlist("row"))[: bulk.MOST]
        if not only and "chosen" in request.POST:
            messages.warning(request, NONE_CHOSEN)
            return self.get(request)
        found = export.filtered(query, request.user, at, only)
        with_identity = bool(request.POST.get("identity")) and request.user.has_role(*SEES_PHONES)
        total = found.qs.order_by().values("pk")[: export.AT_ONCE + 1].count() if found.form.is_valid() else 0
        if not total:
            messages.warning(request, "这张单子里一件也没有，没有导出。")
            return self.get(request)
        if total > export.AT_ONCE:
            asked = export.order(query, user=request.user, at=at, total=total, with_identity=with_identity)
            try:
                make_export.apply_async((asked.job_id,), retry=False)
            except (OperationalError, OSError):
                messages.warning(request, QUEUE_AWAY)
            return redirect("opinions:sheet_job", asked.job_id)
        made = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it when it was sent
        columns = columns_for(request.user, with_identity=with_identity)
        count = export.write(Path(made.name), found, columns)
        address = audit.address_of(request)
        export.note(found, request.user, at, count, with_identity=with_identity, ip=address, is_chosen=bool(only))
        name = f"台账-{timezone.localtime(at):%Y%m%d-%H%M}.xlsx"
        return FileResponse(made, as_attachment=True, filename=name, content_type=EXCEL)
