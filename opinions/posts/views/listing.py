"""/desk/posts/: what was done at the posts, newest first, with the four forms on top for those who write."""

from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts import audit
from core.workdays import local_date
from opinions.models import PostRecord
from opinions.posts import export, queries
from opinions.posts.filters import RecordFilter
from opinions.posts.present import POSTS, mark, when_to_ask
from opinions.posts.states import State
from opinions.posts.views.base import Reader
from opinions.views.export import EXCEL

_A_PAGE = 30


class Records(Reader, View):
    """The list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of it."""
        at = timezone.now()
        seen = PostRecord.objects.visible_to(request.user)
        found = RecordFilter(request.GET, queryset=seen, user=request.user, at=at)
        rows = found.shown.select_related("station", "representative", "region")
        page = Paginator(rows.order_by("-day", "-pk"), _A_PAGE).get_page(request.GET.get("page"))
        today = local_date(at)
        context = {
            "filter": found,
            "page": page,
            "rows": [_drawn(row, today) for row in page],
            "tabs": _tabs(request, seen, at),
            "query": without(request.GET, "page"),
            "posts": POSTS if queries.stations_to_write(request.user).exists() else (),
            "mine": queries.posts_today(request.user, today),
        }
        return render(request, "opinions/posts/list.html", context)


class Export(Reader, View):
    """The list of the address, with the same conditions, as an .xlsx file."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead back to the list: an export leaves an audit line, so it is asked for by a button."""
        return redirect(f"{reverse('posts:list')}?{without(request.GET, 'page')}")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file; the list's own address says what is in it."""
        at = timezone.now()
        seen = PostRecord.objects.visible_to(request.user)
        found = RecordFilter(request.GET, queryset=seen, user=request.user, at=at)
        if not found.shown.exists():
            messages.warning(request, "这张单子里一条也没有，没有导出。")
            return self.get(request)
        made = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it when it was sent
        export.write(Path(made.name), found, request.user, at, audit.address_of(request))
        name = f"服务岗-{timezone.localtime(at):%Y%m%d-%H%M}.xlsx"
        return FileResponse(made, as_attachment=True, filename=name, content_type=EXCEL)


def _drawn(row: PostRecord, today: date) -> dict[str, Any]:
    """A row of the list; that something is simply done need not be said on every line."""
    shown = mark(row)
    is_told = shown["label"] != State.DONE.label
    return {"row": row, "mark": shown, "ask": when_to_ask(row, today), "is_told": is_told}


def _tabs(request: HttpRequest, seen: Any, at: Any) -> list[dict[str, Any]]:
    """The four posts with their numbers under all other conditions of the list."""
    data, current = request.GET.copy(), request.GET.get("kind", "")
    data.pop("kind", None)
    counts = queries.counts_by_kind(RecordFilter(data, queryset=seen, user=request.user, at=at).shown)
    rest = without(request.GET, "page", "kind")
    for tab in counts:
        tab["query"] = f"{rest}&kind={tab['kind']}".strip("&")
        tab["is_current"] = tab["kind"] == current
    return [*counts, {"label": "都看", "query": rest, "is_current": not current, "count": None}]


def without(data: QueryDict, *names: str) -> str:
    """An address's query without some of its parts."""
    kept = data.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()
