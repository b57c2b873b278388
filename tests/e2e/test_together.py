"""Merging, more time, co-handling and seconding in a real browser: what clerk, units and residents do and see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

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
    """The small county, with matters of the last hours."""
    forget()
    return make_world()


@pytest.fixture
def ago() -> Any:
    return timezone.now() - timedelta(hours=2)


def no_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


@pytest.mark.parametrize("script", [True, False])
def test_a_clerk_merges_and_takes_apart(world: World, visit: Visit, ago: Any, script: bool) -> None:
    lead, row = world.opinion(State.HANDLING, at=ago), world.submit(at=ago, body="路灯还是不亮，孩子摔了")
    page = visit(row.get_absolute_url(), user=world.clerk, width=1440, script=script)
    page.locator("summary", has_text="和别的一件一起办").click()
    page.locator(f'[name=lead][value="{lead.pk}"]').check(force=True)
    page.get_by_role("button", name="并过去一起办").click()
    expect(page.get_by_text("并过去了，有了结果一起告诉两边。")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=lead.title).first.click()
    expect(page.get_by_role("heading", name="一起办的还有 1 件")).to_be_visible()
    expect(page.locator(".panel .small", has_text="孩子摔了")).to_be_visible()
    page.get_by_role("link", name=row.title).first.click()
    page.locator("summary", has_text="拆开单独办").click()
    page.get_by_label("为什么拆开").fill("不是一处路灯")
    page.get_by_role("button", name="拆开", exact=True).click()
    expect(page.get_by_text("拆开了，回到并案以前的样子。")).to_be_visible()
    assert Opinion.objects.get(pk=row.pk).state == State.SUBMITTED


@pytest.mark.parametrize("width", [360, 1440])
def test_more_days_from_the_wish_to_the_residents_page(world: World, visit: Visit, ago: Any, width: int) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    unit = visit(row.get_absolute_url(), user=world.handler, width=width)
    unit.locator("summary", has_text="申请延期").click()
    unit.get_by_label("再要几个工作日").fill("3")
    unit.get_by_label("为什么要延期").fill("等配件到货")
    unit.get_by_role("button", name="申请延期").click()
    expect(unit.get_by_text("申请交上去了，等交办的人定。")).to_be_visible()
    clerk = visit("/desk/", user=world.clerk, width=width)
    no_sideways(clerk)
    clerk.get_by_role("link", name=f"定一定：{row.title}").click()
    expect(clerk.get_by_role("heading", name="同意延期", exact=True)).to_be_visible()
    no_sideways(clerk)
    clerk.get_by_role("button", name="同意延期").click()
    expect(clerk.get_by_text("同意了，新的日子已经告诉群众。")).to_be_visible()
    resident = visit(f"/t/{row.receipt}/", width=360, script=False)
    wish = row.extensions.get()
    old = timezone.localdate(wish.old_due_at)
    expect(resident.locator("s")).to_have_text(f"{old.month} 月 {old.day} 日")
    expect(resident.locator(".note", has_text="原定")).to_contain_text("等配件到货")
    no_sideways(resident)


def test_two_units_each_sign_and_the_lead_sees_what_is_missing(world: World, visit: Visit, ago: Any) -> None:
    row = world.shared(at=ago)
    lead = visit(row.get_absolute_url(), user=world.handler, width=1440)
    expect(lead.get_by_text("还没有交协办意见：县供电公司")).to_be_visible()
    helper = visit(row.get_absolute_url(), user=world.co_handler, width=360)
    helper.get_by_role("button", name="签收协办").click()
    expect(helper.get_by_text("签收了。", exact=True)).to_be_visible()
    helper.get_by_label("本单位办了什么、有什么意见").fill("线路查过，没有断")
    helper.get_by_role("button", name="交给主办单位").click()
    expect(helper.get_by_text("交给主办单位了。")).to_be_visible()
    no_sideways(helper)
    lead.reload()
    expect(lead.get_by_text("线路查过，没有断").first).to_be_visible()
    expect(lead.get_by_text("还没有交协办意见")).to_have_count(0)


@pytest.mark.parametrize(("width", "script", "elder"), [(360, True, False), (360, False, True), (1440, True, False)])
def test_a_resident_seconds_from_the_board(
    world: World, visit: Visit, ago: Any, width: int, script: bool, elder: bool
) -> None:
    row = world.opinion(State.HANDLING, at=ago)
    page = visit("/s/mingnan/board/", width=width, script=script, elder=elder)
    page.get_by_role("link", name=row.title).click()
    no_sideways(page)
    page.get_by_role("button", name="我也遇到").click()
    expect(page.get_by_text("记下了，您也遇到。")).to_be_visible()
    expect(page.get_by_role("heading", name="还有 1 人也遇到")).to_be_visible()
    page.get_by_role("button", name="我也遇到").click()
    expect(page.get_by_text("您已经附议过这件事，不用再点。")).to_be_visible()
    assert Opinion.objects.get(pk=row.pk).seconds == 1


def test_who_has_just_written_finds_the_like_and_seconds_it(world: World, visit: Visit, ago: Any) -> None:
    same = world.opinion(State.HANDLING, at=ago)
    row = world.submit(at=timezone.now())
    page = visit(f"/t/{row.receipt}/received/", script=False)
    page.get_by_role("link", name=same.title).click()
    page.get_by_text("办好了告诉我").click()
    page.get_by_label("电话").fill("13700001111")
    page.get_by_role("button", name="我也遇到").click()
    expect(page.get_by_text("记下了，您也遇到。")).to_be_visible()
    assert same.secondings.get().phone == "13700001111"


def test_merged_people_read_one_road_and_rate_apart(world: World, visit: Visit, ago: Any) -> None:
    lead, row = world.opinion(State.HANDLING, at=ago), world.submit(at=ago)
    workflow.merge(row.pk, actor=world.clerk, at=timezone.now(), lead_id=lead.pk)
    page = visit(f"/t/{row.receipt}/", script=False)
    expect(page.get_by_text("和别人反映的同一件事一起办。").first).to_be_visible()
    no_sideways(page)
    workflow.reply(lead.pk, actor=world.handler, at=timezone.now(), body="三盏都换了新的", outcome="A")
    workflow.approve_reply(lead.pk, actor=world.clerk, at=timezone.now())
    page.reload()
    page.locator('[name=solved][value="YES"]').check(force=True)
    page.locator('[name=satisfaction][value="SATISFIED"]').check(force=True)
    page.get_by_role("button", name="交上评价").click()
    expect(page.get_by_text("这件事办结了").first).to_be_visible()
    assert Opinion.objects.get(pk=lead.pk).state == State.FED_BACK
