"""What every page is given: the rail by role, the display mode, the portal's name. No business figures."""

from collections.abc import Iterable
from functools import cache, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from accounts.models import Role
from notices.queries import unread_count
from stations.queries import names_of_stations, names_of_units

STATION_ROLES = (Role.STATION_STAFF, Role.TOWN_STAFF)
COUNTY_ROLES = (Role.COUNTY_STAFF, Role.COUNTY_LEADER)
ELDER_COOKIE = "mode"


class Link(NamedTuple):
    """One line of the rail; `room` is where its pages lie, when that is more than what lies below its address."""

    address: str
    icon: str
    label: str
    room: str = ""


HOME = Link("/desk/", "home", "今天")
MATTERS = Link("/desk/opinions/", "inbox", "意见建议")
NEW = Link("/desk/opinions/new/", "pen", "登记来访")
BOOK = Link("/desk/opinions/book/", "doc", "民情收集簿")
CALENDAR = Link("/desk/calendar/", "cal", "工作日历")
NOTICES = Link("/desk/notices/", "bell", "通知")
STATIONS = Link("/desk/stations/", "house", "站点与码")
COUNTY = Link("/county/", "chart", "全县看板")
USERS = Link("/accounts/users/", "people", "账号")
CARDS = Link("/desk/supervision/", "flag", "督办")
LIMITS = Link("/desk/deadlines/", "clock", "办理期限")
CALLS = Link("/desk/opinions/callbacks/", "phone", "回访单")
MY_DUTIES = Link("/desk/duties/mine/", "cal", "我的值班")
DUTIES = Link("/desk/duties/", "people", "值班")
SUGGESTIONS = Link("/desk/suggestions/", "doc", "代表建议")
RECEPTIONS = Link("/desk/receptions/", "say", "选民接待")
POSTS = Link("/desk/posts/", "pin", "服务岗")
PROJECTS = Link("/desk/projects/", "road", "民生实事")
WORKS = Link("/desk/projects/works/", "road", "民生实事", "/desk/projects/")
RECORDS = Link("/desk/records/", "board", "履职档案")
THEMES = Link("/desk/themes/", "sheet", "月度主题")
THANKS = Link("/desk/commendations/", "flag", "表彰")
RULES = Link("/desk/notices/rules/", "gear", "发送规则")
AUDIT = Link("/accounts/audit/", "shield", "审计")


def rail(request: HttpRequest) -> dict[str, Any]:
    """Give templates `rail` (links by role), `elder`, `site_name`; costs nothing for a resident."""
    context: dict[str, Any] = {
        "elder": request.COOKIES.get(ELDER_COOKIE) == "elder",
        "site_name": "码上找代表",
        "site_url": settings.SITE_URL,
        "rail": (),
    }
    user = getattr(request, "user", None)
    if request.path.startswith(("/desk", "/county", "/accounts")) and user is not None and user.is_authenticated:
        context["rail"] = links = links_for(user)
        context["rail_here"] = here(request.path, links)
        context["unread"] = cache(partial(unread_count, user))  # asked once, and only by a page that shows the rail
        context["role_label"] = user.grants[0].get_role_display() if user.grants else ""
        context["office"] = cache(partial(office_of, user))
    return context


def office_of(user: Any) -> str:
    """Name where a person works, for the head of the rail: his stations or units, two at most; "" for a wider role."""
    names = names_of_stations(user.station_codes) or names_of_units(user.unit_codes)
    return "、".join(names[:2]) + ("等" if len(names) > 2 else "")


def links_for(user: Any) -> tuple[Link, ...]:
    """Return the rail of a user, most used first; each link appears once."""
    links: list[Link] = []
    if user.has_role(*COUNTY_ROLES):
        links += [COUNTY, HOME, MATTERS, STATIONS, DUTIES, CARDS, SUGGESTIONS, PROJECTS, RECEPTIONS, POSTS]
        links += [RECORDS, THEMES, THANKS, LIMITS, CALENDAR]
    if user.has_role(*STATION_ROLES):
        links += [HOME, MATTERS, NEW, DUTIES, STATIONS, RECEPTIONS, POSTS, BOOK, CALLS, CARDS, SUGGESTIONS]
        links += [PROJECTS, RECORDS, THEMES]
    if user.has_role(Role.UNIT_HANDLER):
        links += [HOME, MATTERS, CARDS, SUGGESTIONS, WORKS]
    if user.has_role(Role.REPRESENTATIVE, Role.GRID_WORKER):
        links += [HOME, MATTERS, NEW]
    if user.has_role(Role.REPRESENTATIVE):
        links += [MY_DUTIES, SUGGESTIONS, PROJECTS, RECEPTIONS, POSTS, RECORDS, THEMES]
    if links:
        links += [NOTICES]
    if user.has_role(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        links += [USERS]
    if user.has_role(Role.SYSTEM_ADMIN):
        links += [RULES]
    if user.has_role(Role.AUDIT_ADMIN):
        links += [AUDIT]
    return tuple(link for link in dict.fromkeys(links) if _is_served(link.address))


def here(path: str, links: Iterable[Link]) -> str:
    """Return the address of the rail's line that a page belongs to: the longest that begins its path, else the one in
    whose room it lies, or "".
    """
    fitting = [link.address for link in links if path == link.address or _holds(link.address, path)]
    rooms = [link.address for link in links if link.room and path.startswith(link.room)]
    return max(fitting or rooms, key=len, default="")


def _holds(address: str, path: str) -> bool:
    return address != HOME.address and path.startswith(address)


@cache
def _is_served(address: str) -> bool:
    """Whether a page answers at an address: the rail leads nowhere that this installation does not have."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
