"""The audit administrator's pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView

from accounts import audit
from accounts.access import PermissionMixin
from accounts.exports import audit_csv
from accounts.filters import AuditFilter
from accounts.models import AuditEntry

PAGE_SIZE = 50
EXPORT_ROWS = 100_000


def _filtered(request: HttpRequest) -> AuditFilter:
    lines = AuditEntry.objects.visible_to(request.user).select_related("actor").order_by("-pk")
    return AuditFilter(request.GET, queryset=lines, user=request.user)


class AuditLog(PermissionMixin, TemplateView):
    """The log, newest first. Pages go by the last line seen, so a long log costs no more than a short one."""

    permission = "accounts.view_auditentry"
    template_name = "accounts/audit_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page, the filters and where the next page begins."""
        found = _filtered(self.request)
        lines, before = found.qs, self.request.GET.get("before", "")
        if before.isdecimal() and len(before) < 19:
            lines = lines.filter(pk__lt=int(before))
        page = list(lines[: PAGE_SIZE + 1])
        older = page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None
        rows = [
            (entry, audit.ACTIONS.get(entry.action, entry.action), audit.in_words(entry)) for entry in page[:PAGE_SIZE]
        ]
        query = self.request.GET.copy()
        query.pop("before", None)
        return super().get_context_data(**kwargs) | {
            "filter": found, "rows": rows, "older": older, "query": query.urlencode(), "is_paged": bool(before),
        }  # fmt: skip


class AuditExport(PermissionMixin, View):
    """The filtered log as a CSV file, up to 100,000 lines; the export itself leaves a line."""

    permission = "accounts.view_auditentry"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Stream the file."""
        found = _filtered(request)
        lines = found.qs[:EXPORT_ROWS]
        used = {name: str(found.form.cleaned_data[name]) for name in found.chips}
        now = timezone.now()
        audit.record("audit_exported", actor=request.user, at=now, subject="audit",
                     detail={"filters": used}, ip=audit.address_of(request))  # fmt: skip
        name = f"audit-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
        return StreamingHttpResponse(
            audit_csv(lines.iterator(chunk_size=2000)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
