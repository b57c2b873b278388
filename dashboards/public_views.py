"""Public pages: find my station, a station, its progress board, its lobby screen. No account, no identity."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, When, Window
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from core.codes import normalise
from core.minute import Minute
from core.qr import qr_png
from core.text import tidy
from core.workdays import local_date
from dashboards.public_kept import kept
from dashboards.public_queries import year_figures
from dashboards.public_rows import rows_of
from duties.themes.queries import theme_of
from duties.watch import watch
from opinions.models import Opinion
from opinions.posts.queries import month_words
from opinions.states import OPEN, WITH_UNIT, State
from projects.board.year import near, the_year
from projects.places import own_town
from stations.models import EntryCode, Region, Station
from stations.queries import station_card

MINUTE, HALF_MINUTE = 60, 30  # seconds a page is kept
SHORT = 3
BOARD_PAGE = 20
SCREEN_ROWS = 8
SCREEN_MOST = 36
SCREEN_ENDED = 4
SCREEN_PROJECTS = 7
LATELY = timedelta(days=30)
RUNNING = [state for state in OPEN if state != State.SUBMITTED]


@require_safe
@kept(MINUTE)
def home(request: HttpRequest) -> HttpResponse:
    """Find my station by town or by the name of a village; the county's figures."""
    typed = tidy(request.GET.get("q", "")).strip()[:20]
    stations = list(Station.objects.active().select_related("region"))
    found = _found(typed) if typed else []
    context = {
        "typed": typed,
        "found": found,
        "towns": [station for station in stations if station.region.level == Region.Level.TOWNSHIP],
        "villages": [station for station in stations if station.region.level == Region.Level.VILLAGE],
        "figures": year_figures(timezone.now()),
    }
    return for_everybody(render(request, "dashboards/public/home.html", context))


def _found(typed: str) -> list[tuple[Region, Station]]:
    """Pair each region of that name with the station that serves it."""
    regions = Region.objects.filter(short_name__contains=typed).exclude(level=Region.Level.COUNTY)[:30]
    by_region: dict[str, Station] = {row.region_id: row for row in Station.objects.active()}
    pairs = ((region, by_region.get(region.code) or by_region.get(region.town_code)) for region in regions)
    return [(region, station) for region, station in pairs if station is not None]


def public_station(code: str) -> Station:
    """The station of a public address. Raises Http404."""
    return get_object_or_404(Station.objects.active().select_related("region", "contact"), code=code)


@require_safe
@kept(MINUTE)
def station(request: HttpRequest, code: str) -> HttpResponse:
    """One station: hours, who serves here, four ways on, what is in hand, how the year went."""
    place = public_station(code)
    at = timezone.now()
    entry = EntryCode.objects.live().filter(code=normalise(request.GET.get("q", "")), station=place).first()
    rows = Opinion.objects.public().filter(station=place, state__in=RUNNING).annotate(running=Window(Count("*")))
    shown = list(_by_day(rows.with_list_columns())[:SHORT])
    context = {
        "station": place,
        "card": station_card(place, at),
        "watch": watch(place, local_date(at)),
        "theme": theme_of(place, local_date(at)),
        "hours": " · ".join(place.opening_hours.split()),
        "entry": entry,
        "matters": rows_of(shown, at),
        "running": shown[0].running if shown else 0,
        "figures": year_figures(at, station_id=place.pk),
        "posts": month_words(place, local_date(at)),
    }
    return for_everybody(render(request, "dashboards/public/station.html", context))


def _by_day(rows: Any) -> Any:
    """Late first, then by the day the public reads."""
    shown = Case(When(state__in=WITH_UNIT, then="reply_due_at"), default="step_due_at")
    return rows.order_by(shown.asc(nulls_last=True), "id")


@require_safe
@kept(MINUTE)
def board(request: HttpRequest, code: str) -> HttpResponse:
    """办理进度追踪图 of a station: who has what until when; late first, then running, then done."""
    place = public_station(code)
    at = timezone.now()
    shows_done = request.GET.get("done") == "1"
    rows = Opinion.objects.public().filter(station=place)
    rows = rows.filter(state=State.CLOSED) if shows_done else rows.filter(state__in=RUNNING)
    rows = rows.order_by("-closed_at", "-id") if shows_done else _by_day(rows)
    page = Paginator(rows.with_list_columns(), BOARD_PAGE).get_page(request.GET.get("page"))
    context = {"station": place, "page": page, "matters": rows_of(page, at), "shows_done": shows_done}
    return for_everybody(render(request, "dashboards/public/board.html", context))


@require_safe
@kept(HALF_MINUTE)
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The lobby screen: eight rows a page by a plain cut; refreshes itself and prints as an A3 poster."""
    place = public_station(code)
    at = timezone.now()
    rows = Opinion.objects.public().filter(station=place).with_list_columns()
    running = _by_day(rows.filter(state__in=RUNNING))[:SCREEN_MOST]
    ended = rows.filter(state=State.CLOSED, closed_at__gte=at - LATELY).order_by("-closed_at", "-id")[:SCREEN_ENDED]
    matters = rows_of([*running, *ended], at)
    pages = [matters[start : start + SCREEN_ROWS] for start in range(0, len(matters), SCREEN_ROWS)] or [[]]
    entry = EntryCode.objects.live().filter(station=place, kind=EntryCode.Kind.STATION).first()
    context = {
        "station": place,
        "card": station_card(place, at),
        "watch": watch(place, local_date(at)),
        "theme": theme_of(place, local_date(at)),
        "pages": pages,
        **_projects(place),
        "figures": year_figures(at, station_id=place.pk),
        "entry": entry,
        "now": at,
        "today": local_date(at),
    }
    return for_everybody(render(request, "dashboards/public/screen.html", context), seconds=30)


# Every lobby of the county asks for the same rows every half minute.
_years_list = Minute(lambda: the_year(local_date(timezone.now()), is_short=True))


def _projects(place: Station) -> dict[str, Any]:
    """The year's livelihood projects of the station's town and of the whole county, some to a page of the screen."""
    year = _years_list()
    lines = near(year.lines, own_town(place.region_id)) if year else []
    pages = [lines[start : start + SCREEN_PROJECTS] for start in range(0, len(lines), SCREEN_PROJECTS)]
    return {"year": year, "project_pages": pages}


@require_safe
def screen_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The station's entry code as a QR for the lobby screen."""
    entry = EntryCode.objects.live().filter(kind=EntryCode.Kind.STATION, station=public_station(code)).first()
    if entry is None:
        raise Http404
    address = request.build_absolute_uri(entry.get_absolute_url())
    return for_everybody(HttpResponse(qr_png(address), content_type="image/png"), seconds=3600)


def for_everybody(response: HttpResponse, seconds: int = 60) -> HttpResponse:
    """Let anybody keep the page for a moment; the elder mode comes by cookie, so each mode is kept apart."""
    patch_cache_control(response, public=True, max_age=seconds)
    patch_vary_headers(response, ["Cookie"])
    return response
