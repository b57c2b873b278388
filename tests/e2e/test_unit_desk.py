"""A unit's handler at a wide screen: his list, an earlier answer taken over and sent; the helper does his part."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


def test_a_past_reply_is_taken_over_and_sent(visit: Visit, world: World) -> None:
    world.opinion(State.CLOSED, at=timezone.now() - timedelta(days=40))
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(days=3))
    workflow.press(row.pk, actor=world.rep, at=timezone.now())
    page = visit("/desk/", user=world.handler, width=1440)
    expect(page.get_by_text("代表催办了 1 次")).to_be_visible()
    page.get_by_role("link", name=f"答复：{row.title}").click()
    field = page.locator("form[action*='/reply/'] [name=body]")
    field.fill("您好：")
    page.get_by_role("button", name="放进答复里").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("您好：\n已修好")
    page.get_by_role("button", name="放进答复里").click()
    expect(field).to_have_value("您好：\n已修好")
    page.get_by_text("列入计划", exact=True).click()
    expect(page.locator("[name=promised_on]")).to_be_visible()
    page.get_by_text("已解决", exact=True).last.click()
    expect(page.locator("[name=promised_on]")).to_be_hidden()
    page.get_by_role("button", name="交给站点审核").click()
    expect(page.locator(".messages")).to_contain_text("答复交上去了")
    row.refresh_from_db()
    assert row.state == State.REPLIED
    assert row.replies.get().body.split() == ["您好：", "已修好"]


def test_without_script_the_text_can_be_read_and_the_button_is_not_there(visit: Visit, world: World) -> None:
    world.opinion(State.CLOSED, at=timezone.now() - timedelta(days=40))
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(days=3))
    page = visit(row.get_absolute_url(), user=world.handler, width=1440, script=False)
    expect(page.locator("[data-past]")).to_have_text("已修好")
    expect(page.locator("[data-take]")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1440])
def test_the_helper_finds_what_he_owes_and_gives_it(visit: Visit, world: World, width: int) -> None:
    row = world.shared(at=timezone.now() - timedelta(hours=2))
    page = visit("/desk/", user=world.co_handler, width=width)
    page.get_by_role("link", name=f"签收协办：{row.title}").click()
    page.get_by_role("button", name="签收协办").click()
    expect(page.locator(".messages")).to_be_visible()
    page.goto(page.url.split("/desk/")[0] + "/desk/")
    expect(page.get_by_text("协办：还差你们的意见")).to_be_visible()
    page.get_by_role("link", name=f"交协办意见：{row.title}").click()
    page.locator("[name=part]").fill("线路查过，没断。")
    page.get_by_role("button", name="交给主办单位").click()
    expect(page.locator(".messages")).to_contain_text("交给主办单位了")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Opinion.objects.get(pk=row.pk).assignments.get(role="CO").part == "线路查过，没断。"
