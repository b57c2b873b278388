"""The county board's page and its workbook. Both read the same address bar and show the same numbers."""

import json
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from core.workdays import local_date
from dashboards import county_kept
from dashboards.county_board import OUTCOME_WORDS, Board, board_of
from dashboards.county_export import workbook
from dashboards.county_kept import FRESH, Drawn
from dashboards.county_scope import COUNTY_ROLES, PERIODS, Scope, scope_of
from projects.overview import headline_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    ("name", "站点", ""),
    ("", "活力", ""),
    ("received", "收到", "n"),
    ("timely", "按期 %", "n"),
    ("", "评价", ""),
    ("satisfied", "满意 %", "n"),
    ("took_part", "参与 %", "n"),
    ("again", "重办 %", "n"),
    ("moved", "最近动静", "n"),
)


class CountyView(LoginRequiredMixin, View):
    """For the county committee's staff and the county's leaders; what they see is cut by their prefix."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send visitors to sign in and refuse every other role; nothing is kept by a cache."""
        if request.user.is_authenticated and not request.user.has_role(*COUNTY_ROLES):
            raise PermissionDenied("全县看板只给县人大和县领导看。")
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class CountyBoard(CountyView):
    """`/county/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the board for the filters in the address bar, as it was counted within the last minute or is now."""
        at = timezone.now()
        key = county_kept.key_of(request.user, request.GET, at)
        drawn = None if FRESH in request.GET else county_kept.find(key, at)
        drawn = drawn or _drawn(request, key, at)
        return render(request, "dashboards/county/board.html", {"drawn": drawn})


def _drawn(request: HttpRequest, key: str, at: datetime) -> Drawn:
    """Count and draw, and keep it where it may be kept and the filters are sound."""
    scope, form = scope_of(request.user, request.GET, at)
    board = board_of(scope)
    context = {
        "board": board,
        "scope": scope,
        "projects": headline_of(request.user, local_date(at), scope.town) if scope.is_valid else None,
        "form": form,
        "periods": [(word, scope.board_query(period=key), key == scope.period) for key, word in PERIODS],
        "columns": _columns(scope),
        "chart": chart_data(board),
        "outcomes": list(enumerate(OUTCOME_WORDS, 1)),
        "export_query": scope.board_query(),
        "fresh_query": scope.board_query(**{FRESH: 1}),
    }
    bar, main = (render_to_string(f"dashboards/county/{part}.html", context) for part in ("_bar", "_main"))
    drawn = Drawn(at, bar, main)
    county_kept.keep(key if scope.is_valid else "", drawn)
    return drawn


class CountyExport(CountyView):
    """`/county/export.xlsx`: the shown tables as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Write the workbook for the filters in the address bar."""
        at: datetime = timezone.now()
        scope, _ = scope_of(request.user, request.GET, at)
        response = HttpResponse(workbook(board_of(scope)), content_type=XLSX)
        name = f"county-{scope.span.since}-{scope.span.until}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _columns(scope: Scope) -> list[dict[str, str]]:
    current, down = scope.sort.removeprefix("-"), scope.sort.startswith("-")
    columns = []
    for key, label, css in COLUMNS:
        is_current = bool(key) and key == current
        turned = f"-{key}" if is_current and not down else key
        columns.append(
            {
                "label": label,
                "css": css,
                "query": scope.board_query(sort=turned) if key else "",
                "aria": ("descending" if down else "ascending") if is_current else "",
                "arrow": ("↓" if down else "↑") if is_current else "",
            }
        )
    return columns


def chart_data(board: Board) -> dict[str, str]:
    """Return what the two plots draw, as JSON for data attributes; the tables beside them say the same."""
    stations = [
        {
            "name": row.name,
            "x": row.counts.timely.percent,
            "y": row.counts.satisfied.percent,
            "received": row.counts.received,
            "took_part": row.counts.took_part.percent,
            "again": row.counts.again.percent,
            "url": row.url,
        }
        for row in board.stations
        if row.counts.timely.percent is not None and row.counts.satisfied.percent is not None
    ]
    months = [
        {"name": f"{row.month.month} 月", "received": row.counts.received, "timely": row.counts.timely.percent}
        for row in board.months
    ]
    return {"stations": json.dumps(stations) if stations else "", "months": json.dumps(months)}
