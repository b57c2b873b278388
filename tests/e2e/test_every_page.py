"""Every page of the desk that no other file drives, and the lobby screen: accessible, and nothing cut at any width."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts import audit
from core import jobs
from core.models import CalendarDay
from notices.models import Notice
from notices.states import Channel
from notices.states import State as NoticeState
from opinions.states import State
from stations import codes
from stations.models import EntryCode
from stations.prints.batch import KIND
from stations.queries import forget
from tests.e2e.eyes import faults_at, violations
from tests.world import START, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
# What is wider than its own scrolling box is cut on a telephone, even when the page itself is not.
CUT = """() => [...document.querySelectorAll(".scrolls")].filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => box.getAttribute("aria-label"))"""


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small county with a code, a finished and a waiting print, a parked message, audit lines, a day of its own."""
    forget()
    world, now = make_world(), timezone.now()
    codes.create_code(world.station.pk, "STATION", actor=world.clerk, at=START, label="一楼大厅东门口的公示栏")
    gone = codes.create_code(world.station.pk, "WINDOW", actor=world.clerk, at=START, label="旧窗口")
    codes.revoke_code(gone.pk, actor=world.clerk, at=START)
    for done in (True, False):
        job = jobs.queue(KIND, "洺南街道融合站点 · 贴纸 · 12 个码", owner=world.clerk, at=now, total=12)
        if done:
            jobs.start(job.pk, at=now)
            jobs.finish(job.pk, at=now, file_name="a.zip", content=b"PK", message="12 个码，每个一份贴纸。")
    for number in range(3):
        detail = {"reason": "回电核实地点，约了下午", "what": f"opinion:{number}"}
        audit.record("identity_revealed", actor=world.clerk, at=now, subject="opinion:120034", detail=detail, ip="::1")
    CalendarDay.objects.create(date=date(now.year, 7, 8), is_workday=False, name="防汛停工", source="县政府办通知")
    world.clerk.saved_filters.create(name="路灯的事", query="q=路灯&group=open", created_at=now)
    for state in (State.SUBMITTED, State.HANDLING, State.FED_BACK):
        world.opinion(state, at=now - timedelta(days=1))
    sms = Notice.objects.exclude(address="").exclude(channel=Channel.IN_SITE).first()
    if sms is not None:
        Notice.objects.filter(pk=sms.pk).update(state=NoticeState.PARKED, attempts=5, last_error="对方号码停机")
    return world


def addresses(world: World) -> dict[str, list[str]]:
    code, station = EntryCode.objects.live().get().code, world.station.code
    job = jobs.Job.objects.order_by("pk")
    person = world.rep.pk
    return {
        "clerk": [
            "/desk/stations/",
            f"/desk/stations/{station}/",
            f"/desk/stations/{station}/edit/",
            f"/desk/stations/codes/{code}/",
            f"/desk/stations/codes/{code}/revoke/",
            *(f"/desk/stations/prints/{pk}/" for pk in job.values_list("pk", flat=True)),
            "/desk/opinions/filters/",
            "/desk/opinions/callbacks/",
            "/desk/opinions/new/",
            "/desk/opinions/book/",
            "/desk/notices/",
            "/desk/notices/parked/",
            "/accounts/",
            "/accounts/password/",
        ],
        "handler": ["/desk/", "/desk/answers/"],
        "rep": ["/desk/"],
        "grid": ["/desk/", "/desk/opinions/"],
        "county_staff": ["/desk/stations/", "/desk/calendar/", "/desk/calendar/?year=2028"],
        "admin": ["/accounts/users/", "/accounts/users/new/", f"/accounts/users/{person}/", "/desk/notices/rules/"],
        "security": ["/accounts/users/", f"/accounts/users/{person}/"],
        "audit": ["/accounts/audit/", "/accounts/audit/?action=identity_revealed"],
        "": ["/accounts/login/", f"/s/{station}/screen/", f"/s/{station}/board/", "/t/", "/privacy/"],
    }


@pytest.mark.parametrize("who", ["clerk", "handler", "rep", "grid", "county_staff", "admin", "security", "audit", ""])
def test_no_page_has_a_violation_and_nothing_is_cut(world: World, visit: Visit, who: str) -> None:
    first, *others = addresses(world)[who]
    page = visit(first, user=world.users.get(who))
    root = page.url.removesuffix(first)
    wrong: list[str] = []
    for address in (first, *others):
        answer = page.goto(root + address)
        assert answer is not None
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
        for wide in (1440, 360):
            wrong += faults_at(page, (wide,)) if wide == 1440 or "/screen/" not in address else violations(page)
            wrong += [f"{address}: {box} is cut at {wide}" for box in page.evaluate(CUT)]
            if page.locator(".btn-act:visible").count() > 1:
                wrong.append(f"{address}: more than one main act at {wide}")
    assert wrong == []


def test_a_row_on_a_telephone_says_what_its_cells_are(world: World, visit: Visit) -> None:
    page = visit("/accounts/users/", user=world.admin)
    cell = page.locator('td[data-label="角色"]').first
    assert page.locator("thead").first.is_hidden()
    assert "角色" in cell.evaluate("(cell) => getComputedStyle(cell, '::before').content")
    wide = visit("/accounts/users/", user=world.admin, width=1440)
    assert wide.locator("thead").first.is_visible()
    style = "(cell) => getComputedStyle(cell, '::before').content"
    assert wide.locator('td[data-label="角色"]').first.evaluate(style) == "none"
