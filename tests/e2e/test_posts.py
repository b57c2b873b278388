"""The service posts in a real browser: written in a minute, wide and narrow, with and without script, accessible."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions.models import Opinion, PostRecord
from opinions.posts import workflow
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.posts.world import KINDS, shift, write
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """The small county with a representative at the law post today."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()
    world = make_world()
    shift(world, "LEGAL", timezone.localtime())
    return world


def test_a_record_without_the_mouse(world: World, visit: Visit) -> None:
    page = visit("/desk/posts/", user=world.clerk, width=1440)
    page.get_by_role("navigation", name="记一笔").get_by_role("link", name="法律服务岗").click()
    expect(page.get_by_label("问的什么法律问题")).to_be_focused()
    expect(page.locator("[name=representative] option:checked")).to_have_text("麦知秋")
    page.keyboard.type("欠条没有写日期还算数吗")
    page.keyboard.press("Tab")
    page.keyboard.type("算数，从要钱那天起算三年")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("记好了：欠条没有写日期还算数吗")
    row = PostRecord.objects.get()
    assert (row.kind, row.representative.name) == ("LEGAL", "麦知秋")  # type: ignore[union-attr]
    expect(page.get_by_label("问的什么法律问题")).to_have_value("")


@pytest.mark.parametrize(("wide", "script"), [(1440, True), (360, True), (360, False)])
def test_a_mediation_from_writing_to_the_follow_up(world: World, visit: Visit, wide: int, script: bool) -> None:
    page = visit("/desk/posts/new/mediation/", user=world.clerk, width=wide, script=script)
    page.get_by_label("第 1 位怎么称呼").fill("东头张家")
    page.get_by_label("第 1 位电话").fill("139 1234 5670")
    page.get_by_label("为了什么事").fill("鸡叫得太早")
    page.get_by_label("谈拢了", exact=True).check()
    page.get_by_label("说定了什么").fill("鸡笼挪到后院")
    page.get_by_role("button", name="存好，再记一条").click()
    expect(page.locator("[role=alert]")).to_contain_text("还有 1 处要改")
    expect(page.get_by_label("为了什么事")).to_have_value("鸡叫得太早")
    page.get_by_label("第 2 位怎么称呼").fill("西头李家")
    page.get_by_role("button", name="存好，再记一条").click()
    page.get_by_role("link", name="看这一条").click()
    expect(page.locator("main")).to_contain_text("鸡笼挪到后院")
    expect(page.locator("main")).to_contain_text("139****5670")
    expect(page.locator("main")).not_to_contain_text("东头张家")
    page.get_by_text("要打电话，看全名和电话").click()
    page.get_by_label("为什么要看").fill("打电话回访")
    page.get_by_role("button", name="看一次").click()
    expect(page.locator("main")).to_contain_text("13912345670")
    page.get_by_label("还管用").check()
    page.get_by_role("button", name="记下回访").click()
    expect(page.locator(".messages")).to_contain_text("回访记下了")
    expect(page.locator("main")).not_to_contain_text("13912345670")
    assert PostRecord.objects.values_list("state", "follow_up").get() == ("DONE", "HOLDS")


@pytest.mark.parametrize(("wide", "script"), [(1440, True), (360, False)])
def test_an_idea_becomes_a_matter_with_one_button(world: World, visit: Visit, wide: int, script: bool) -> None:
    row = write(world, "PROJECT", at=timezone.localtime())
    page = visit(row.get_absolute_url(), user=world.clerk, width=wide, script=script)
    page.get_by_role("link", name="转成意见").click()
    expect(page.get_by_label("说了什么")).to_have_value("村口修一个候车亭")
    page.get_by_label("先受理，回头再定").check()
    page.get_by_label("类别").select_option(label="市容环卫 · 路灯照明")
    page.get_by_role("button", name="转成意见").click()
    expect(page.locator("main")).to_contain_text("村口修一个候车亭")
    made = Opinion.objects.get()
    assert (made.post_record, made.phone) == (row, "13912345670")
    page.goto(page.url.split("/desk/")[0] + f"/desk/posts/{row.pk}/turn/")
    expect(page.get_by_role("heading", name="转成了意见")).to_be_visible()


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    now = timezone.localtime()
    rows = [write(world, kind, at=now - timedelta(days=back)) for back in (0, 20) for kind in KINDS]
    void = write(world, "INFORMATION", at=now, subject="记错的一条")
    workflow.void(void.pk, actor=world.clerk, at=now, reason="记重了")
    own = [row.get_absolute_url() for row in (*rows[:4], rows[5], void)]
    forms = [f"/desk/posts/new/{kind.lower()}/" for kind in KINDS]
    turn = f"/desk/posts/{rows[3].pk}/turn/"
    walks = {
        "clerk": [*own, *forms, turn, "/desk/posts/?kind=MEDIATION&state=asked"], "rep": [own[1], forms[2]],
        "county_staff": [own[1], own[3]],
    }  # fmt: skip
    wrong: list[str] = []
    for who, addresses in walks.items():
        page = visit("/desk/posts/", user=world.users[who])
        root = page.url.removesuffix("/desk/posts/")
        wrong += faults_at(page)
        for address in addresses:
            page.goto(root + address)
            for fold in page.locator("details:not(.more)").all():
                fold.evaluate("(fold) => { fold.open = true; }")
            wrong += faults_at(page)
        page.context.close()
    assert wrong == []
