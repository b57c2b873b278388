"""The desk's list of matters: filtered by the address bar, counted up to a cap, constant in statements."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views import View

from accounts.models import Role
from opinions.filters import GROUPS, KEPT_SECONDS, MOST_COUNTED, SORTS, OpinionFilter, default_query, scope_key
from opinions.models import Opinion
from opinions.views.base import DeskMixin, list_query
from opinions.views.rows import rows_of, side_of
from opinions.views.saved import kept_query

PAGE_ROWS = 50
MOST_PAGES = MOST_COUNTED // PAGE_ROWS
NOT_IN_PANEL = ("group", "q", "sort")
TABS = ("open", "todo", "unit", "soon", "late", "untold", "unrated", "county", "closed", "all")


@dataclass(frozen=True)
class Page:
    """One page of a list whose length is counted only up to a cap: "1000+" costs the same at any size."""

    number: int
    total: int

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more rows than are counted."""
        return self.total > MOST_COUNTED

    @property
    def total_words(self) -> str:
        """Return the number of rows as shown: exact, or 1000+."""
        return f"{MOST_COUNTED}+" if self.is_capped else str(self.total)

    @property
    def last(self) -> int:
        """Return the number of the last page that can be opened."""
        return max(1, min(MOST_PAGES, -(-self.total // PAGE_ROWS)))

    @property
    def slice(self) -> slice:
        """Return the rows of this page."""
        start = (self.number - 1) * PAGE_ROWS
        return slice(start, start + PAGE_ROWS)


def page_of(rows: "QuerySet[Opinion]", asked: str) -> Page:
    """Count up to the cap in one statement and return the page asked for, or the nearest there is."""
    total = rows.values("pk")[: MOST_COUNTED + 1].count()
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return Page(min(max(1, number), Page(1, total).last), total)


def address(data: QueryDict, **changes: Any) -> str:
    """Return the list's address with some parts changed; None removes a part."""
    parts = [(name, value) for name, values in data.lists() if name not in changes for value in values]
    return urlencode([*parts, *((name, value) for name, value in changes.items() if value is not None)])


class Register(DeskMixin, View):
    """The list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of the filtered rows."""
        at = timezone.now()
        data = default_query(request.GET)
        found = OpinionFilter(data, queryset=Opinion.objects.visible_to(request.user), user=request.user, at=at)
        page = page_of(found.qs, request.GET.get("page", ""))
        query = list_query(data)
        side = side_of(request.user)
        context = {
            "filter": found,
            "page": page,
            "rows": rows_of(found.in_order(page.slice.stop)[page.slice], at, side, query, request.user.unit_codes),
            "tabs": _tabs(request.GET, str(data.get("group", "")), side),
            "group_label": GROUPS[data["group"]].label if data.get("group") in GROUPS else "",
            "sort_links": _sort_links(request.GET, found.sorted_by),
            "more": _panel(request, found),
            "previous": address(request.GET, page=page.number - 1) if page.number > 1 else "",
            "next": address(request.GET, page=page.number + 1) if page.number < page.last else "",
            "side": side,
            "list_query": query,
            "kept_query": kept_query(data),
            "saved": list(request.user.saved_filters.values_list("name", "query")),
            "only_records": _only_records(request.user),
            "may_choose": side in ("station", "county"),
        }
        return render(request, "opinions/opinion_list.html", context)


def _only_records(user: Any) -> bool:
    """Is he a grid worker and nothing besides? His list holds only what he wrote down himself."""
    return {grant.role for grant in user.grants} == {Role.GRID_WORKER}


def _tabs(data: QueryDict, current: str, side: str) -> list[dict[str, Any]]:
    hidden = {"unit": ("county", "untold", "todo"), "read": ("untold", "unrated", "county")}.get(side, ())
    return [
        {
            "label": GROUPS[key].label,
            "query": address(data, group=key, page=None),
            "is_current": key == current,
            "key": number % 10,
        }
        for number, key in enumerate((key for key in TABS if key not in hidden), 1)
    ]


def _sort_links(data: QueryDict, current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "query": address(data, sort=key, page=None), "is_current": key == current}
        for key, label in SORTS
    ]


def _panel(request: HttpRequest, found: OpinionFilter) -> dict[str, Any]:
    """Return the further filters as HTML, kept for a minute, and how many of them are in use: they open by themselves
    when one is.
    """
    names = [name for name in found.chips if name not in NOT_IN_PANEL]
    used = [name for name in names if name != "mine" or found.data.get("mine")]
    is_valid = found.form.is_valid()
    draw = partial(_draw_panel, found, request)
    if not is_valid:
        return {"html": draw(), "used": len(used), "is_valid": False}
    values = repr([(name, found.data.getlist(name)) for name in names])
    mark = hashlib.sha256(f"{request.user.pk} {scope_key(request.user)} {values}".encode()).hexdigest()
    html = caches["process"].get_or_set(f"desk-panel-{mark}", draw, KEPT_SECONDS)
    return {"html": html, "used": len(used), "is_valid": True}


def _draw_panel(found: OpinionFilter, request: HttpRequest) -> SafeString:
    whole = OpinionFilter(found.data, queryset=Opinion.objects.none(), user=request.user, at=found.at, is_whole=True)
    fields = [whole.form[name] for name in whole.form.fields if name not in NOT_IN_PANEL]
    return render_to_string("opinions/_panel.html", {"fields": fields})
