"""项目进度: the register of what stands on the yearly list, and the same rows as Excel and as Word."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import rules
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from accounts.models import Role
from projects.files import EXCEL, WORD, attachment
from projects.places import town_of
from projects.present import mark_of, place_of
from projects.states import State
from projects.views.base import ProjectMixin, list_query
from projects.works import papers
from projects.works.filters import WorkFilter
from projects.works.models import Work
from projects.works.papers import Listed
from projects.works.planning import money
from projects.works.queries import Summary, summary_of

PAGE_ROWS = 30
MOST = 2000  # rows of a file
KEPT = {*WorkFilter.base_filters, "page"}


class RegisterView(ProjectMixin, View):
    """What the page and its files share: the rows that the address asks for, of those one sees."""

    permission = "projects.supervise"

    def found(self, today: date) -> WorkFilter:
        """Return the filter of the address."""
        user = self.request.user
        return WorkFilter(self.request.GET, queryset=Work.objects.visible_to(user), user=user, today=today)


class Works(RegisterView):
    """What is built in one's places, or by one's unit; what is finished comes last."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page."""
        today = timezone.localdate()
        found = self.found(today)
        sums = found.qs.aggregate(count=Count("pk"), funds=Sum("funds"))
        paginator = Paginator(found.in_order.with_list_columns(), PAGE_ROWS)
        paginator.__dict__["count"] = sums["count"]  # counted together with the funds, in one statement
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "filter": found,
            "panel": [field for field in found.form if field.name != "q"],
            "used": len([name for name in found.chips if name != "q"]),
            "is_valid": found.form.is_valid(),
            "page": page,
            "rows": [_row(summary_of(work, today)) for work in page],
            "funds": money(sums["funds"] or Decimal(0)),
            "query": list_query(request.GET, KEPT - {"page"}),
            "here": list_query(request.GET, KEPT),
            "is_unit": request.user.has_role(Role.UNIT_HANDLER),
            "may_run": rules.has_perm("projects.run_campaigns", request.user),
            "may_oversee": rules.has_perm("projects.oversee", request.user),
        }
        return render(request, "projects/works/list.html", context)


def _row(summary: Summary) -> dict[str, Any]:
    idea = summary.work.idea
    is_aside = idea.state == State.SHELVED
    return {
        "summary": summary, "idea": idea, "place": place_of(idea), "mark": mark_of(idea),
        "funds": money(summary.work.funds), "is_aside": is_aside,
    }  # fmt: skip


class Export(RegisterView):
    """The rows of the address as a file; it is asked for by a button, because it leaves an audit line."""

    ending, kind = "", ""
    write: Callable[[BytesIO, Sequence[Listed], str], None]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead back to the list."""
        return redirect(f"{reverse('projects:works')}?{list_query(request.GET, KEPT)}")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file; the list's own address says what is in it."""
        at, today = timezone.now(), timezone.localdate()
        found = self.found(today)
        towns = dict(found.towns)
        works = found.in_order.with_list_columns()[:MOST]
        rows = [Listed(summary_of(work, today), towns.get(town_of(work.idea.region_id), "")) for work in works]
        if not rows:
            messages.warning(request, "这张单子里一件也没有，没有导出。")
            return self.get(request)
        buffer, title = BytesIO(), _title(rows)
        type(self).write(buffer, rows, title)
        detail = {"count": len(rows), "filters": "、".join(found.chips), "what": self.ending}
        audit.record(
            "works_exported", actor=request.user, at=at, subject="works", detail=detail, ip=audit.address_of(request)
        )
        return attachment(buffer, self.kind, title.replace(" ", ""), self.ending, at)


def _title(rows: Sequence[Listed]) -> str:
    years = {row.work.idea.year for row in rows}
    return f"{years.pop()} 年民生实事项目清单" if len(years) == 1 else "民生实事项目清单"


class AsWord(Export):
    """Word, for printing."""

    ending, kind = "docx", WORD
    write = staticmethod(papers.write_word)


class AsExcel(Export):
    """Excel."""

    ending, kind = "xlsx", EXCEL
    write = staticmethod(papers.write_excel)
