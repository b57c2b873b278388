"""The duty record in a real browser: his year, an addition and its second person; accessible at every width."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions import workflow as loop
from opinions.models import DutyRecord
from opinions.receptions import workflow as receptions
from opinions.records import workflow
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.receptions.world import mate, opened, rep, told
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """The small county with a reception, words on a matter and an addition that waits."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()
    world, now = make_world(), timezone.now()
    mate(world)
    row = opened(world, now)
    receptions.receive(row.pk, told(world, now), actor=world.clerk, at=now)
    opinion = world.opinion(State.HANDLING, at=now)
    loop.explain(opinion.pk, actor=world.rep, at=now, note="配件在路上。")
    loop.press(opinion.pk, actor=world.rep, at=now, note="请快些。")
    for what in ("到王寨村宣讲养老保险缴费政策，发明白卡", "陪县水利局看南沟"):
        workflow.add(
            rep(), world.station, actor=world.rep, at=now, kind="OUTREACH", day=timezone.localdate(), what=what,
            note="签到表在站里",
        )  # fmt: skip
    return world


@pytest.mark.parametrize("script", [True, False])
def test_he_adds_on_his_telephone_and_the_clerk_checks(world: World, visit: Visit, script: bool) -> None:
    page = visit("/desk/records/", user=world.rep, script=script)
    expect(page.get_by_role("heading", name="我的履职档案")).to_be_visible()
    page.get_by_text("站外做的事").click()
    page.get_by_label("为民服务").check()
    page.get_by_label("做了什么").fill("给行动不便的老人送药")
    page.get_by_label("有什么可以核对").fill("村医在场")
    page.get_by_role("button", name="写好了").click()
    expect(page.locator(".messages")).to_contain_text("另一位工作人员核对")
    desk = visit("/desk/records/", user=world.clerk, width=1440, script=script)
    desk.get_by_role("button", name=re.compile("核对无误.*送药")).click()
    expect(desk.locator(".messages")).to_contain_text("记进档案了")
    assert DutyRecord.objects.get(what="给行动不便的老人送药").state == "APPROVED"
    assert DutyRecord.objects.filter(state="PENDING").count() == 2
    page.reload()
    expect(page.locator("main")).to_contain_text("补记 1 次，都有人核对过")
    with page.expect_download() as file:
        page.get_by_role("link", name="下载").click()
    assert "麦知秋" in file.value.suggested_filename


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    wrong: list[str] = []
    for who in ("clerk", "rep", "leader"):
        page = visit("/desk/records/", user=world.users[who])
        root = page.url.partition("/desk/")[0]
        for address in ("/desk/records/", f"/desk/records/{rep().pk}/"):
            page.goto(root + address)
            for fold in page.locator("main details").all():
                fold.evaluate("(fold) => { fold.open = true; }")
            wrong += faults_at(page)
        page.context.close()
    assert wrong == []


def test_a_leader_finds_somebody_and_reads_without_a_button_to_write(world: World, visit: Visit) -> None:
    page = visit("/desk/records/", user=world.leader, width=1440)
    page.get_by_label("代表姓名").fill("麦")
    page.get_by_role("button", name="找人").click()
    expect(page.get_by_role("heading", name="1 位代表")).to_be_visible()
    page.get_by_role("link", name="麦知秋").click()
    expect(page.get_by_role("heading", name="麦知秋的履职档案")).to_be_visible()
    expect(page.get_by_text("补记一条")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("核对无误"))).to_have_count(0)
