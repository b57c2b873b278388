"""A reception in a real browser: from opening to closing, wide and narrow, with and without script, accessible."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties.models import Shift
from opinions.models import Opinion, Reception
from opinions.receptions import workflow
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.receptions.world import mate, opened, rep, roster, told
from tests.world import WORDS, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """The small county with two on today's roster."""
    settings.SECOND_FACTOR_REQUIRED = False
    forget()
    world = make_world()
    mate(world)
    roster(world, timezone.localtime(), people=2)
    return world


@pytest.mark.parametrize(("wide", "script"), [(1440, True), (360, True), (360, False)])
def test_hold_a_reception_from_opening_to_closing(world: World, visit: Visit, wide: int, script: bool) -> None:
    page = visit("/desk/receptions/", user=world.clerk, width=wide, script=script)
    page.get_by_role("link", name="开始今天的接待").click()
    expect(page.get_by_label("麦知秋")).to_be_checked()
    page.get_by_label("安可期").uncheck()
    page.get_by_label("在哪里接待").fill("一楼代表接待室")
    page.get_by_role("button", name="开始接待").click()
    expect(page.get_by_role("heading", name="来了 0 位")).to_be_visible()
    for number, words in enumerate((WORDS, "东街路灯又灭了一盏，晚上看不见路。"), 1):
        page.get_by_role("link", name="登记第一位" if number == 1 else "登记下一位").click()
        expect(page.locator("[name=channel][value=RECEPTION]")).to_be_checked()
        page.locator("[name=body]").fill(words)
        page.get_by_role("button", name="存好，下一位").click()
        expect(page.locator(".messages")).to_contain_text("存好了")
        page.get_by_role("link", name="看接待，或者结束").click()
        expect(page.get_by_role("heading", name=f"来了 {number} 位")).to_be_visible()
    page.get_by_label("今天的情况").fill("都说的是路灯。")
    page.get_by_role("button", name="结束接待").click()
    expect(page.locator("main")).to_contain_text("都说的是路灯。")
    expect(page.get_by_role("button", name="接着接待")).to_be_visible()
    row = Reception.objects.get()
    assert (row.state, row.visits.count(), row.place) == ("CLOSED", 2, "一楼代表接待室")
    assert Shift.objects.get(day=row.day, representative=rep()).state == "HELD"
    assert Shift.objects.get(day=row.day, representative__name="安可期").state == "PLANNED"
    with page.expect_download() as file:
        page.get_by_role("link", name="打开").click()
    assert file.value.suggested_filename.endswith("2张.docx")


def test_going_on_after_somebody_else_ended_it(world: World, visit: Visit) -> None:
    row = opened(world, timezone.now())
    page = visit(f"/desk/receptions/{row.pk}/", user=world.clerk)
    workflow.close(row.pk, actor=world.town_staff, at=timezone.now())
    page.get_by_role("button", name="结束接待").click()
    expect(page.locator("main")).to_contain_text("刚刚有人办理过")
    page.get_by_role("link", name="回去看现在的情况").click()
    page.get_by_role("button", name="接着接待").click()
    expect(page.get_by_role("link", name="登记第一位")).to_be_visible()
    page.get_by_role("button", name="结束接待").click()
    expect(page.get_by_role("button", name="接着接待")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="来了 0 位")).to_be_visible()


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    now = timezone.now()
    row, old = opened(world, now, place="一楼代表接待室"), opened(world, now - timedelta(days=7))
    workflow.close(old.pk, actor=world.clerk, at=now - timedelta(days=7))
    for number in range(3):
        said = told(world, now, body=f"第 {number} 位说，{WORDS}", phone="")
        workflow.receive(row.pk, said, actor=world.clerk, at=now)
    Opinion.objects.filter(reception_visit__number=1).update(recorded_by=world.clerk)
    wrong: list[str] = []
    for who in ("clerk", "rep", "leader"):
        page = visit("/desk/receptions/", user=world.users[who])
        root = page.url.removesuffix("/desk/receptions/")
        wrong += faults_at(page)
        addresses = [f"/desk/receptions/{row.pk}/", f"/desk/receptions/{old.pk}/"]
        for address in [*addresses, *(["/desk/opinions/new/?channel=RECEPTION"] if who == "clerk" else [])]:
            page.goto(root + address)
            for fold in page.locator("details:not(.more)").all():
                fold.evaluate("(fold) => { fold.open = true; }")
            wrong += faults_at(page)
        page.context.close()
    workflow.close(row.pk, actor=world.clerk, at=now)
    page = visit("/desk/receptions/new/", user=world.clerk)
    assert wrong + faults_at(page) == []
