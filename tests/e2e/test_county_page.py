"""The county board in a browser: when it was counted, counting anew, and nothing out of place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import violations
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_board_says_when_and_counts_again_when_asked(
    world: World, visit: Callable[..., Any], width: int, tmp_path: Path
) -> None:
    for _ in range(3):
        world.opinion(State.FED_BACK, at=timezone.now().replace(day=1, hour=9))
    page = visit("/county/", user=world.county_staff, width=width)
    tile = page.locator("[data-figure=received]")
    expect(tile).to_contain_text("3")
    world.submit(at=timezone.now())
    page.reload()
    expect(tile).to_contain_text("3")
    expect(page.locator(".asof")).to_contain_text("截至")
    page.get_by_role("link", name="再数一遍").click()
    expect(tile).to_contain_text("4")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=tmp_path / f"county-{width}.png", full_page=True)


def test_on_a_telephone_no_number_stands_beyond_the_edge(world: World, visit: Callable[..., Any]) -> None:
    for _ in range(3):
        world.opinion(State.FED_BACK, at=timezone.now().replace(day=1, hour=9))
    page = visit("/county/", user=world.county_staff)
    for panel in ("c-m", "c-s", "c-u", "c-h"):
        table = page.locator(f"section[aria-labelledby={panel}] table")
        if panel == "c-m":
            page.get_by_text("看表格", exact=True).last.click()
        expect(table).to_be_visible()
        assert table.evaluate("e => e.getBoundingClientRect().right <= innerWidth")
        row = table.locator("tbody tr").first
        outside = "e => [...e.children].filter(c => c.getBoundingClientRect().right > innerWidth).length"
        assert row.evaluate(outside) == 0
    expect(page.get_by_text("每一类只列说得最多的三个乡镇街道")).to_be_visible()
    expect(page.locator("section[aria-labelledby=c-s] thead").get_by_role("link", name="收到")).to_be_visible()


def test_the_board_is_accessible(world: World, chromium: Any, live_server: Any) -> None:
    world.opinion(State.HANDLING)
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900})
    client = Client()
    client.force_login(world.county_staff)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/county/")
    assert violations(page) == []
