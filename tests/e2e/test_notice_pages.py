"""Notices, what did not arrive, texts and groups in a real browser: readable at every width, accessible, by keys."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from notices import rules_cache
from notices.digest import gather
from notices.models import Channel, Gate, GroupRobot, Notice, NoticeText
from notices.states import State as NoticeState
from opinions import sweeps
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("E2E_PICTURES", "")
WIDTHS = (360, 768, 1440)
Visit = Callable[..., Any]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    rules_cache.forget()
    return make_world()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def troubled(world: World, now: datetime) -> None:
    """Something of everything: a bounce, a failure, a group, a channel that rests, and a morning's digest."""
    rows = [world.opinion(State.FED_BACK, at=now - timedelta(days=2, minutes=number)) for number in range(3)]
    robot = GroupRobot.objects.create(
        name="洺南街道站工作群", scope="station", code="mingnan", region_code="411625001", created_at=now,
        address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    )  # fmt: skip
    texts = Notice.objects.filter(channel=Channel.SMS)
    parked = {"state": NoticeState.PARKED, "attempts": 6, "sent_at": now}
    for row, error in zip(
        rows, ("手机没收到：空号。", "短信网关拒收：号码在黑名单里。", "短信网关没有及时回答。"), strict=True
    ):
        mine = texts.filter(subject=f"opinion:{row.pk}", kind="resident_fed_back")
        bounced = now if error.startswith("手机") else None
        mine.update(**parked, last_error=error, bounced_at=bounced)
    group = {"channel": Channel.WECOM, "address": f"group:{robot.pk}", "last_error": "这个群的机器人已经移除或停用。"}
    texts.filter(kind="resident_accepted", subject=f"opinion:{rows[0].pk}").update(**parked, **group)
    Gate.objects.create(
        name="SMS", failures=7, paused_until=now + timedelta(minutes=9), last_error="短信网关没有及时回答。"
    )


def picture(page: Any, name: str, width: int) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_did_not_arrive(visit: Visit, world: World, now: datetime, width: int) -> None:
    troubled(world, now)
    page = visit("/desk/notices/parked/", user=world.clerk, width=width)
    assert faults(page) == []
    page.locator("details.script summary").first.click()
    assert "您说的事有结果了" in page.locator(".speech").first.inner_text()
    assert faults(page) == []
    picture(page, "parked", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_texts(visit: Visit, world: World, now: datetime, width: int) -> None:
    NoticeText.objects.create(
        kind="resident_fed_back", channel="SMS", text="老乡，您说的事有结果了：{链接}", changed_at=now,
        changed_by=world.county_staff,
    )  # fmt: skip
    page = visit("/desk/notices/texts/", user=world.county_staff, width=width)
    assert faults(page) == []
    picture(page, "texts", width)
    page.locator('a[href$="/resident_fed_back/SMS/"]').click()
    assert faults(page) == []
    picture(page, "text", width)
    page.locator("[name=text]").fill("您好 {name}，有结果了")
    page.get_by_role("button", name="看看效果").click()
    assert "没有“{name}”这个占位词" in page.locator(".err").first.inner_text()
    assert faults(page) == []
    picture(page, "text-wrong", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_groups(visit: Visit, world: World, now: datetime, width: int) -> None:
    page = visit("/desk/notices/groups/", user=world.county_staff, width=width)
    assert faults(page) == []
    troubled(world, now)
    page.reload()
    assert faults(page) == []
    picture(page, "groups", width)
    page.get_by_role("link", name="洺南街道站工作群").first.click()
    assert faults(page) == []
    picture(page, "group", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_inbox_with_a_digest_and_rules(visit: Visit, world: World, now: datetime, width: int) -> None:
    for number in range(5):
        world.opinion(State.HANDLING, at=now - timedelta(days=40, minutes=number))
    Notice.objects.all().delete()
    sweeps.sweep_deadlines(now)
    gather(now + timedelta(days=1))
    world.opinion(State.SUBMITTED, at=now)
    page = visit("/desk/notices/", user=world.clerk, width=width)
    page.locator("details.unfold summary").first.click()
    assert page.locator(".parts a").count() >= 5
    assert faults(page) == []
    picture(page, "inbox", width)
    rules = visit("/desk/notices/rules/", user=world.admin, width=width)
    assert faults(rules) == []
    picture(rules, "rules", width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_matter_says_that_nobody_was_reached(visit: Visit, world: World, now: datetime, width: int) -> None:
    troubled(world, now)
    row = Notice.objects.filter(bounced_at__isnull=False).get().subject.partition(":")[2]
    page = visit(f"/desk/opinions/{row}/", user=world.clerk, width=width)
    assert "条给群众的消息没送到" in page.locator("main").inner_text()
    assert faults(page) == []
    picture(page, "matter", width)


def test_without_script_a_call_is_recorded(visit: Visit, world: World, now: datetime) -> None:
    troubled(world, now)
    page = visit("/desk/notices/parked/", user=world.clerk, width=1440, script=False)
    before = page.locator("li.parked").count()
    page.get_by_role("button", name="打过了").first.click()
    assert "记下了" in page.locator(".messages").inner_text()
    assert page.locator("li.parked").count() == before - 1


def test_by_keys_alone_a_text_is_changed(visit: Visit, world: World) -> None:
    page = visit("/desk/notices/texts/resident_closed/SMS/", user=world.county_staff, width=1440)
    page.locator("[name=text]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("老乡，您说的事办结了：{链接}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?saved=1")
    assert NoticeText.objects.get().text == "老乡，您说的事办结了：{链接}"
