"""Themes in a real browser: the county sets one, the station notes a talk, residents read what was done."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties.themes import workflow
from duties.themes.models import MonthlyTheme, ThemeNote
from opinions.receptions import workflow as receptions
from stations.queries import forget
from tests.e2e.eyes import WIDTHS, faults_at
from tests.opinions.receptions.world import mate, opened, rep, roster, told
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
WATER = workflow.Wording("用水和排水", "说说自来水和下水道。停水、水压低、积水，都可以提。", "水费单、停水的日子。")


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[World]:
    """The small county with a reception today and a published duty."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()
    cache.delete_pattern("*")
    world, now = make_world(), timezone.now()
    mate(world)
    roster(world, now)
    row = opened(world, now)
    for _ in range(2):
        receptions.receive(row.pk, told(world, now), actor=world.clerk, at=now)
    yield world
    cache.delete_pattern("*")


def month() -> str:
    return f"{timezone.localdate():%Y-%m}"


def with_theme(world: World) -> MonthlyTheme:
    """This month's theme of the county, with a note of the station."""
    now = timezone.now()
    theme = workflow.set_theme(world.county, timezone.localdate(), WATER, actor=world.county_staff, at=now)
    workflow.write_note(
        world.station, actor=world.clerk, at=now, day=timezone.localdate(), what="在东街社区讲怎么看水费单、水压低找谁",
        people=32, place="东街社区广场", representatives=[rep()],
    )  # fmt: skip
    return theme


@pytest.mark.parametrize("script", [True, False])
def test_the_county_sets_the_theme_and_a_resident_reads_it(world: World, visit: Visit, script: bool) -> None:
    page = visit("/desk/themes/", user=world.county_staff, width=1440, script=script)
    this = timezone.localdate().month
    page.get_by_role("link", name=re.compile(f"定主题.*{this} 月的主题")).click()
    page.get_by_label("主题", exact=True).fill("用水和排水")
    page.get_by_role("button", name="定下来").click()
    expect(page.get_by_text("请填写这一项。")).to_be_visible()
    page.get_by_label("这个月主要说什么").fill("说说自来水和下水道。")
    page.get_by_text("请哪些单位来").first.click()
    page.get_by_label("县水利局").check()
    page.get_by_role("button", name="定下来").click()
    expect(page.locator(".messages")).to_contain_text("定好了")
    expect(page.get_by_role("link", name="用水和排水")).to_be_visible()
    street = visit("/s/mingnan/", script=script)
    expect(street.get_by_role("heading", name="本月主题：用水和排水")).to_be_visible()
    street.get_by_role("link", name="做了什么").click()
    expect(street.locator("main")).to_contain_text("县水利局")
    expect(street.locator("main")).to_contain_text("1 次")


@pytest.mark.parametrize("script", [True, False])
def test_the_clerk_notes_a_talk_and_strikes_a_mistake_out(world: World, visit: Visit, script: bool) -> None:
    with_theme(world)
    page = visit(f"/desk/themes/{month()}/mingnan/", user=world.clerk, width=360, script=script)
    page.get_by_label("做了什么").fill("上门看了五户老人")
    page.get_by_label("来了多少人").fill("5")
    page.get_by_label("安可期").check()
    page.get_by_role("button", name="记下来").click()
    expect(page.locator(".messages")).to_contain_text("记下了")
    expect(page.locator("main")).to_contain_text("代表：安可期")
    page.get_by_text("记错了").first.click()
    page.get_by_label("为什么划掉").first.fill("记重了")
    page.get_by_role("button", name=re.compile("划掉.*上门看了五户老人")).click()
    expect(page.locator(".messages")).to_contain_text("划掉了")
    assert ThemeNote.objects.standing().count() == 1


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    with_theme(world)
    wrong: list[str] = []
    mine = f"/desk/themes/{month()}/mingnan/"
    pages = {
        "county_staff": ["/desk/themes/", f"/desk/themes/set/{month()}/", f"/desk/themes/{month()}/", mine],
        "clerk": ["/desk/themes/", f"/desk/themes/set/{month()}/mingnan/", mine, "/desk/receptions/"],
        "rep": ["/desk/themes/", mine],
    }
    for who, addresses in pages.items():
        page = visit("/desk/themes/", user=world.users[who])
        root = page.url.removesuffix("/desk/themes/")
        for address in addresses:
            page.goto(root + address)
            wrong += faults_at(page)
    assert wrong == []


@pytest.mark.parametrize("elder", [False, True])
def test_what_residents_read_is_accessible_and_whole(world: World, visit: Visit, elder: bool) -> None:
    with_theme(world)
    page = visit("/themes/", elder=elder)
    root, wrong = page.url.removesuffix("/themes/"), faults_at(page)
    for address in (
        f"/themes/{month()}/", f"/s/mingnan/themes/{month()}/", "/s/mingnan/", "/s/mingnan/duty/", "/duty/",
        "/s/mingnan/screen/",
    ):  # fmt: skip
        page.goto(root + address)
        wrong += faults_at(page, (1440,) if "screen" in address else WIDTHS)
    assert wrong == []
