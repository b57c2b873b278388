"""The desk's home by role: the clerk's today, the unit's list, the representative's cards, and so on. Reads only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from accounts.models import Role
from core.workdays import local_date
from dashboards import representing, today, unit_desk
from duties.mine.reading import mine as own_duties
from opinions.posts import queries as posts
from opinions.posts.present import POSTS, when_to_ask
from opinions.states import State
from opinions.views.rows import rows_of
from projects.council.models import Council, FeasibilityOpinion
from stations.models import Station

_RECORDED, _EXTENSIONS, _TO_ASK = 30, 10, 6
_DUTIES = 2  # of a representative's own, on his home page


@dataclass(frozen=True)
class Home:
    """One role's home page: its key in the address, its name, its template and what fills it."""

    key: str
    label: str
    roles: Sequence[str]
    template: str
    fill: Callable[[HttpRequest, datetime], dict[str, Any]]


def station_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The clerk's and the town's today."""
    user, tab = request.user, request.GET.get("tab", "all")
    work = today.station_work(user)
    own = work.filter(first_contact_id=user.pk)
    with_unit = today.mine(user).filter(state__in=[State.ASSIGNED, State.HANDLING])
    chosen = {"mine": own, "unit": with_unit}.get(tab, work)
    to_do = today.to_do(chosen, at, "station", "group=unit" if tab == "unit" else "group=todo")
    month = today.month_so_far(user, at)
    to_ask, to_ask_total = posts.to_ask(user, local_date(at), _TO_ASK)
    return {
        "posts": POSTS,
        "to_ask": [{"row": row, "when": when_to_ask(row, local_date(at))} for row in to_ask],
        "to_ask_total": to_ask_total,
        "tiles": today.station_tiles(user, at),
        "extensions": rows_of(today.extensions_to_decide(user, is_county=False)[:_EXTENSIONS], at, "read"),
        "to_do": to_do,
        "tab": tab if tab in ("mine", "unit") else "all",
        "calls": today.calls(user, at),
        "month": month,
        "holiday": today.holiday_ahead(at),
    }


def unit_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The unit's list, by what has to be done and then by due date."""
    return {
        "tiles": unit_desk.tiles(request.user, at),
        "to_do": unit_desk.to_do(request.user, at),
        "feasibility": FeasibilityOpinion.objects.visible_to(request.user).waiting().count(),
        "holiday": today.holiday_ahead(at),
    }


def representative_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The representative's cards, what waits for his word first, and what he did this year."""
    stations = Station.objects.filter(
        services__representative__user_id=request.user.pk, services__until=None
    ).values_list("name", flat=True)
    counts = today.counts_of(("open", "late", "closed"), request.user, at)
    sits_at = posts.posts_today(request.user, local_date(at))
    return {
        "parts": representing.parts(request.user, at),
        "year": representing.year_so_far(request.user, at),
        "stations": list(stations),
        "counts": counts,
        "suggestions": today.suggestions(request.user, at),
        "councils": list(Council.objects.waiting_for(request.user)),
        "duty": own_duties(request.user, at, most=_DUTIES),
        "posts": [post for post in POSTS if post["kind"] in sits_at],
    }


def grid_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What the grid worker recorded, and the way to record more."""
    return {"rows": rows_of(today.recorded_by(request.user)[:_RECORDED], at, "read")}


def county_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What waits for the county committee's staff."""
    work = today.county_work(request.user)
    titles = (
        ("hand_out", "等县里交办", "站点提请，要几个单位一起办或乡镇找不到单位", "group=county"),
        ("extension", "县里交办、单位申请延期", "定一定给不给多几天", "state=HANDLING"),
        ("returned", "县里交办、单位申请退回", "核一核归不归它办", "state=RETURN_REQUESTED"),
        ("look_back", "两次不满意，等回头看", "站点没看过的，县里也可以去看", "state=TRACKING&round=2"),
    )
    parts = []
    for key, title, note, query in titles:
        todo = today.to_do(work[key], at, "county", query)
        rows = [row for _word, group in todo.groups for row in group]
        parts.append({"title": title, "note": note, "rows": rows, "total": todo.total, "key": key})
    counts = today.counts_of(("open", "late", "soon", "unrated"), request.user, at)
    return {"parts": parts, "counts": counts, "holiday": today.holiday_ahead(at)}


def leader_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """A leader reads: the numbers, each with its list, and the way to the county board."""
    counts = today.counts_of(("open", "late", "soon", "unrated"), request.user, at)
    return {"counts": counts, "month": today.month_so_far(request.user, at)}


def admin_home(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The three administrators' own pages; none of them reads matters."""
    user = request.user
    return {
        "may_users": user.has_role(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
        "may_audit": user.has_role(Role.AUDIT_ADMIN),
        "may_support": user.has_role(Role.SYSTEM_ADMIN),
    }


HOMES = (
    Home("station", "站点", (Role.STATION_STAFF, Role.TOWN_STAFF), "dashboards/desk/today.html", station_home),
    Home("county", "县里", (Role.COUNTY_STAFF,), "dashboards/desk/county.html", county_home),
    Home("unit", "单位", (Role.UNIT_HANDLER,), "dashboards/desk/unit.html", unit_home),
    Home("rep", "代表", (Role.REPRESENTATIVE,), "dashboards/desk/representative.html", representative_home),
    Home("grid", "网格员", (Role.GRID_WORKER,), "dashboards/desk/grid.html", grid_home),
    Home("leader", "县领导", (Role.COUNTY_LEADER,), "dashboards/desk/leader.html", leader_home),
    Home(
        "admin", "管理员", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN),
        "dashboards/desk/admin.html", admin_home,
    ),
)  # fmt: skip


class DeskHome(LoginRequiredMixin, View):
    """`/desk/`: the home of the person's role; who holds several switches by `?as=`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the home asked for, else the first that the person's roles open."""
        homes = [home for home in HOMES if request.user.has_role(*home.roles)]
        if not homes:
            raise PermissionDenied("您的账号还没有授权，请找安全管理员。")
        home = next((home for home in homes if home.key == request.GET.get("as")), homes[0])
        at = timezone.now()
        context = home.fill(request, at) | {"home": home, "homes": homes, "now": timezone.localtime(at)}
        response = render(request, home.template, context)
        add_never_cache_headers(response)
        return response
