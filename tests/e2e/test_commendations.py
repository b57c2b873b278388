"""Commendations in a real browser: found by name, written, looked at once more, said; accessible at every width."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties.commendations import workflow
from duties.commendations.models import Commendation
from opinions.commending.figures import figures
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.receptions.world import opened, rep
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
REASON = "东街往王寨的路灯坏了，他去看了三回，催了两个单位，修好那天晚上又去走了一遍。"


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[World]:
    """The small county with a reception today."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()
    cache.delete_pattern("*")
    world = make_world()
    opened(world, timezone.now())
    yield world
    cache.delete_pattern("*")


def written(world: World, person: Any, *, is_published: bool) -> Commendation:
    """One for somebody, as a draft or said."""
    now = timezone.now()
    words = workflow.Words("盯住一条路", timezone.localdate(), REASON, figures(person, timezone.localdate().year, now))
    row = workflow.draft_commendation(person, world.station, words, actor=world.county_staff, at=now)
    return workflow.publish_commendation(row.pk, actor=world.county_staff, at=now) if is_published else row


@pytest.mark.parametrize("script", [True, False])
def test_the_county_thanks_somebody_and_takes_another_back(world: World, visit: Visit, script: bool) -> None:
    page = visit("/desk/commendations/", user=world.county_staff, width=1440, script=script)
    page.get_by_role("link", name="写一条").click()
    page.get_by_label("姓名").fill("麦")
    page.get_by_role("button", name="找人").click()
    page.get_by_role("link", name="麦知秋").click()
    expect(page.get_by_text("坐班接待 1 次")).to_be_visible()
    page.get_by_label("表彰什么").fill("盯住一条路")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_text("请填写这一项。")).to_be_visible()
    page.get_by_label("为什么").fill(REASON)
    page.get_by_role("button", name="存草稿").click()
    expect(page.locator(".messages")).to_contain_text("只有县里看得到")
    page.get_by_role("link", name="看一遍，公布").click()
    expect(page.get_by_role("heading", name="公布前看一遍")).to_be_visible()
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("公布了")
    street = visit("/commendations/", script=script)
    expect(street.get_by_role("heading", name="麦知秋")).to_be_visible()
    page.get_by_text("写错了，不该表彰").click()
    page.get_by_label("为什么撤下").fill("查下来不是他")
    page.get_by_role("button", name="撤下").click()
    expect(page.locator(".messages")).to_contain_text("撤下了")
    assert Commendation.objects.get().state == "WITHDRAWN"


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    draft, said = written(world, rep(), is_published=False), written(world, world.clerk, is_published=True)
    written(world, rep(), is_published=True)
    wrong: list[str] = []
    page = visit("/desk/commendations/", user=world.county_staff)
    root = page.url.removesuffix("/desk/commendations/")
    for address in (
        "/desk/commendations/", "/desk/commendations/new/?q=%E9%BA%A6", f"/desk/commendations/new/rep/{rep().pk}/",
        draft.get_absolute_url(), said.get_absolute_url(), f"{draft.get_absolute_url()}publish/", "/commendations/",
        f"/desk/records/{rep().pk}/",
    ):  # fmt: skip
        page.goto(root + address)
        wrong += faults_at(page)
    street = visit("/commendations/", elder=True)
    wrong += faults_at(street)
    assert wrong == []
