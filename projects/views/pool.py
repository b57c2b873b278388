"""项目储备库: the list with its filters, and the same list as a spreadsheet."""

from io import BytesIO
from typing import Any

import rules
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from projects import sheets
from projects.files import EXCEL, attachment
from projects.filters import SORTS, TABS, IdeaFilter
from projects.models import Campaign, ProjectIdea
from projects.present import mark_of, place_of, support_words
from projects.views.base import ProjectMixin, list_query

PAGE_ROWS = 50
KEPT = {*IdeaFilter.base_filters, "page"}
NOT_IN_PANEL = ("tab", "q", "sort")


def asked(data: QueryDict) -> QueryDict:
    """Return what the address asks; an address that asks nothing shows what waits for a look."""
    query = data.copy()
    if not set(query) - {"page", "sort"}:
        query["tab"] = "new"
    return query


class Pool(ProjectMixin, View):
    """The list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of the filtered rows."""
        query = asked(request.GET)
        seen = ProjectIdea.objects.visible_to(request.user)
        found = IdeaFilter(query, queryset=seen.with_list_columns(), user=request.user)
        page = Paginator(found.ordered, PAGE_ROWS).get_page(request.GET.get("page"))
        context = {
            "filter": found,
            "panel": [field for field in found.form if field.name not in NOT_IN_PANEL],
            "used": len([name for name in found.chips if name not in NOT_IN_PANEL]),
            "is_valid": found.form.is_valid(),
            "tabs": _tabs(request.GET, query.get("tab", "")),
            "sorts": _links(request.GET, "sort", SORTS, query.get("sort") or "new"),
            "page": page,
            "rows": [
                {"idea": row, "mark": mark_of(row), "place": place_of(row), "support": support_words(row, row.gathered)}
                for row in page
            ],
            "query": _without(query, "page"),
            "here": list_query(request.GET, KEPT),
            "campaign": Campaign.objects.running(timezone.localdate()).first(),
            "may_write": rules.has_perm("projects.write", request.user),
            "may_print": rules.has_perm("projects.print", request.user),
            "may_run": rules.has_perm("projects.run_campaigns", request.user),
        }
        return render(request, "projects/pool.html", context)


def _without(data: QueryDict, *names: str, **more: str) -> str:
    kept = data.copy()
    for name in names:
        kept.pop(name, None)
    for name, value in more.items():
        kept[name] = value
    return kept.urlencode()


def _links(data: QueryDict, name: str, choices: Any, current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "query": _without(data, "page", **{name: key}), "is_current": key == current}
        for key, label in choices
    ]


def _tabs(data: QueryDict, current: str) -> list[dict[str, Any]]:
    return _links(data, "tab", [(key, label) for key, (label, _) in TABS.items()], current)


class Export(ProjectMixin, View):
    """The list of the address as an .xlsx file: no name, no telephone, no receipt."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead back to the list: an export leaves an audit line, so it is asked for by a button."""
        return redirect(f"{reverse('projects:list')}?{request.GET.urlencode()}")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file; the list's own address says what is in it."""
        at = timezone.now()
        seen = ProjectIdea.objects.visible_to(request.user).with_list_columns()
        found = IdeaFilter(asked(request.GET), queryset=seen, user=request.user)
        rows = list(found.ordered[: sheets.MOST])
        if not rows:
            messages.warning(request, "这张单子里一件也没有，没有导出。")
            return self.get(request)
        buffer = BytesIO()
        sheets.write(buffer, rows, sheets.POOL, "储备库")
        detail = {"count": len(rows), "filters": "、".join(found.chips)}
        audit.record(
            "ideas_exported", actor=request.user, at=at, subject="ideas", detail=detail, ip=audit.address_of(request)
        )
        return attachment(buffer, EXCEL, "民生实事储备库", "xlsx", at)
