"""The desk's pages in a real browser, for each role, on a telephone and a wide screen: quiet and accessible."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from opinions.states import State
from stations.queries import forget
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 1440)
ROLES = ("clerk", "handler", "rep", "grid", "county_staff", "leader", "admin")
STATES = (State.SUBMITTED, State.ACCEPTED, State.RETURN_REQUESTED, State.REPLIED, State.FED_BACK, State.TRACKING)


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


def faults(browser: Browser, server: Any, world: World, who: str, addresses: list[str]) -> list[str]:
    """Open pages as somebody at every width and return all that is wrong with them."""
    client = Client()
    client.force_login(world.users[who])
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}
    return [fault for width in WIDTHS for fault in _at_width(browser, server, cookie, width, who, addresses)]


def _at_width(browser: Browser, server: Any, cookie: Any, width: int, who: str, addresses: list[str]) -> list[str]:
    found: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, locale="zh-CN")
    context.add_cookies([cookie])
    page = context.new_page()
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    for address in addresses:
        answer = page.goto(server.url + address)
        if answer is None or answer.status != 200:
            found.append(f"{who} {address} did not open")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{who} {address} scrolls sideways at {width}: {wide}")
        found += [f"{who} {address} {width} {fault}" for fault in axe(page)]
    context.close()
    return found


def axe(page: Any) -> list[str]:
    page.add_script_tag(path=str(AXE))
    violations = page.evaluate("axe.run().then((found) => found.violations)")
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in violations]


@pytest.mark.parametrize("who", ROLES)
def test_home_and_list(chromium: Browser, live_server: Any, world: World, who: str) -> None:
    for state in STATES:
        world.opinion(state, at=timezone.now() - timedelta(days=2))
    addresses = ["/desk/"] if who == "admin" else ["/desk/", "/desk/opinions/", "/desk/opinions/?state=ASSIGNED"]
    assert faults(chromium, live_server, world, who, addresses) == []


def test_matter_in_each_state_counter_and_slip(chromium: Browser, live_server: Any, world: World) -> None:
    rows = [
        world.opinion(state, at=timezone.now() - timedelta(days=2), outcome="B" if state == State.TRACKING else "A")
        for state in STATES
    ]
    addresses = [f"{row.get_absolute_url()}?group=open" for row in rows]
    addresses += ["/desk/opinions/new/", f"{rows[0].get_absolute_url()}slip/"]
    assert faults(chromium, live_server, world, "clerk", addresses) == []


def test_without_script_everything_can_still_be_done(chromium: Browser, live_server: Any, world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    client = Client()
    client.force_login(world.clerk)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + row.get_absolute_url())
    page.locator("[name=demand]").fill("查明原因并修复")
    page.locator("form[data-main] button").click()
    expect(page.locator(".messages")).to_contain_text("交办了")
    row.refresh_from_db()
    assert row.state == State.ASSIGNED
