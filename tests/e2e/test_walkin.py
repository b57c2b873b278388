"""A walk-in logged in a real browser without the mouse: Tab, words, Ctrl+Enter, and the form is ready for the next."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import WORDS, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


@pytest.fixture
def desk(world: World, visit: Callable[..., Page], settings: Any) -> Page:
    """A browser at the counter, signed in as the clerk."""
    settings.SECOND_FACTOR_REQUIRED = False
    return visit("/desk/", user=world.clerk, width=1440)


def hands(page: Page, *steps: str) -> None:
    """Type and press, and never touch the mouse: a step in <> is a key. The page's scripts are ready first."""
    page.wait_for_load_state()
    for step in steps:
        if step.startswith("<"):
            page.keyboard.press(step.strip("<>"))
        else:
            page.keyboard.insert_text(step)


def test_walk_in_by_keyboard_alone(desk: Page, world: World) -> None:
    started = time.monotonic()
    hands(desk, "<n>")
    expect(desk.locator("[name=name]")).to_be_focused()
    hands(desk, "李大娘", "<Tab>", "13800007742", "<Tab>", WORDS, "<Tab>")
    hands(desk, "<ArrowDown>", "<Tab>", "二巷 14 号门前")
    expect(desk.locator("[data-guess-panel]")).to_contain_text("今天交办给县城管局")
    hands(desk, "<Control+Enter>")
    expect(desk.locator(".messages")).to_contain_text("存好了")
    assert time.monotonic() - started < 30
    row = Opinion.objects.get()
    assert (row.state, row.lead_unit, row.region, row.location) == (
        State.ASSIGNED, world.unit, world.village, "二巷 14 号门前",
    )  # fmt: skip
    expect(desk.locator("[name=name]")).to_be_focused()
    expect(desk.locator("[name=name]")).to_have_value("")


def test_same_number_brings_up_the_earlier_visit(desk: Page, world: World) -> None:
    earlier = world.submit(phone="13800007742")
    hands(desk, "<n>")
    expect(desk.locator("[name=name]")).to_be_focused()
    hands(desk, "<Tab>", "138 0000 7742")
    expect(desk.locator("[data-visits-panel]")).to_contain_text(earlier.title)
    expect(desk.locator("[data-visits-mark]")).to_contain_text("来过 1 次")


def test_answer_on_the_spot_by_keyboard(desk: Page, world: World) -> None:
    hands(desk, "<n>")
    expect(desk.locator("[name=name]")).to_be_focused()
    hands(
        desk, "<Tab>", "<Tab>", "低保年审要带什么材料", "<Tab>", "<Tab>", "<Tab>", "<1>", "<Tab>", "带身份证和户口本。"
    )
    hands(desk, "<Control+Enter>")
    expect(desk.locator(".messages")).to_contain_text("存好了")
    assert Opinion.objects.get().replies.get().body == "带身份证和户口本。"


def test_clerk_walks_the_list_and_comes_back(desk: Page, world: World) -> None:
    first, _second = world.submit(), world.submit(body="南街垃圾桶太少，天热味道大。")
    desk.goto(desk.url + "opinions/")
    hands(desk, "<j>", "<Enter>")
    expect(desk.locator("h1")).to_have_text(first.title)
    hands(desk, "<j>")
    expect(desk.locator("h1")).to_contain_text("南街垃圾桶太少")
    hands(desk, "<u>")
    expect(desk.locator("h1")).to_have_text("意见建议")


def test_assigning_shows_the_day_of_the_chosen_kind(desk: Page, world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    desk.goto(desk.url + f"opinions/{row.pk}/")
    expect(desk.locator(".for-ORDINARY")).to_be_visible()
    desk.locator("[name=kind][value=URGENT]").check()
    expect(desk.locator(".for-URGENT")).to_be_visible()
    expect(desk.locator(".for-ORDINARY")).to_be_hidden()
    expect(desk.locator("[data-button-words]")).to_have_text("交办给县城管局")
    desk.locator("#assign_lead_1[value=other]").check()
    desk.locator("[name=other_lead]").select_option(label="县供电公司")
    expect(desk.locator("[data-button-words]")).to_have_text("交办给县供电公司")
    desk.locator("[name=demand]").fill("查线路")
    desk.locator("[name=demand]").press("Control+Enter")
    expect(desk.locator(".messages")).to_contain_text("交办了")
    assert Opinion.objects.get(pk=row.pk).lead_unit == world.co_unit
