"""Residents look who sits today, with and without script, at 360 and 1440; and a calendar address is copied."""

import re
from collections.abc import Callable
from datetime import time

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.workdays import local_date
from duties.models import Roster, Shift, month_of
from stations.models import Representative
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.world import START, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    """Somebody sits today at the first station."""
    forget()
    world, today = make_world(), local_date(timezone.now())
    roster = Roster.objects.create(
        station=world.station, month=month_of(today), state="PUBLISHED", created_at=START, published_at=START,
        changed_at=START,
    )  # fmt: skip
    Shift.objects.create(
        roster=roster, station=world.station, day=today, start=time(8, 30), end=time(12), post="WINDOW",
        representative=Representative.objects.get(name="麦知秋"), changed_at=START,
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("width", "elder", "script"), [(360, False, False), (360, True, True), (1440, False, True), (768, False, True)]
)
def test_a_resident_finds_who_sits_today(visit: Visit, world: World, width: int, elder: bool, script: bool) -> None:
    page = visit("/", width=width, elder=elder, script=script)
    page.get_by_role("link", name="今天谁值班").click()
    expect(page).to_have_url(re.compile("/duty/$"))
    expect(page.get_by_role("heading", name="今天有代表在")).to_be_visible()
    page.get_by_label("找我的站点").fill("洺南")
    page.get_by_role("button", name="找一找").click()
    expect(page).to_have_url(re.compile(r"/duty/\?q="))
    expect(page.get_by_text("麦知秋")).to_be_visible()
    page.get_by_role("link", name="洺南街道融合站点").click()
    expect(page.get_by_role("heading", name="谁值班")).to_be_visible()
    expect(page.locator(".dutydays")).to_contain_text("今天")
    page.get_by_role("link", name="洺南街道融合站点").click()
    expect(page.get_by_role("heading", name="今天值班")).to_be_visible()
    expect(page.locator(".sits").first).to_contain_text("8:30–12:00")


@pytest.mark.parametrize(("width", "elder"), [(360, False), (360, True), (1440, False)])
def test_the_pages_are_accessible_and_nothing_is_cut(visit: Visit, world: World, width: int, elder: bool) -> None:
    page = visit("/duty/", width=width, elder=elder)
    root = page.url.removesuffix("/duty/")
    for address in (
        "/duty/", "/duty/?q=%E5%90%B4%E5%8F%B0", "/s/mingnan/", "/s/mingnan/duty/", "/s/wutai/", "/s/wutai/duty/",
    ):  # fmt: skip
        page.goto(root + address)
        assert faults(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_a_representative_gets_a_calendar_address_and_another(visit: Visit, world: World, width: int) -> None:
    page = visit("/desk/duties/mine/", user=world.rep, width=width)
    page.get_by_role("link", name="放进手机日历").click()
    page.get_by_role("button", name="要一个地址：我自己的班").click()
    address = page.get_by_label("日历地址")
    expect(address).to_have_value(re.compile(r"/duty/feed/[\w-]{32}\.ics$"))
    expect(page.get_by_role("link", name="放进这部手机")).to_have_attribute("href", re.compile("^webcal://"))
    assert faults(page) == []
    old = address.input_value()
    page.get_by_text("地址给别人看到了？").click()
    page.get_by_role("button", name="换一个新地址").click()
    expect(page.locator(".messages")).to_contain_text("旧地址不能用了")
    expect(page.get_by_label("日历地址")).not_to_have_value(old)
