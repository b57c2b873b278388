"""Limits, the notice's import, supervision and the call sheet in a real browser: narrow and wide, quiet, accessible."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.models import CalendarDay
from opinions import deadlines, recount_runs, sweeps, workflow
from opinions.models import DeadlineRule, Opinion
from opinions.states import State, Step
from stations.queries import forget
from tests.e2e.eyes import faults, faults_at
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1440)
PAGES = ("/desk/deadlines/", "/desk/calendar/import/", "/desk/supervision/")


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    deadlines.forget()
    return make_world()


@pytest.fixture
def late(world: World) -> Opinion:
    """A matter with a red card, beside a blue and a yellow one."""
    now = timezone.now()
    row = world.opinion(State.HANDLING, at=now - timedelta(days=40))
    world.opinion(State.ASSIGNED, at=now - timedelta(days=5))
    sweeps.sweep_deadlines(now)
    return row


def keep(page: Page, name: str) -> None:
    """Keep a picture where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_every_page_fits_and_is_accessible(visit: Callable[..., Page], world: World, late: Opinion) -> None:
    recount_runs.order("试一试", owner=world.county_staff, at=timezone.now(), send=lambda _: None)
    DeadlineRule.objects.create(step=Step.SIGN, category=world.category, working_days=2)
    for address in (*PAGES, late.get_absolute_url()):
        page = visit(address, user=world.county_staff)
        assert faults_at(page) == [], address
        keep(page, address.strip("/").replace("/", "-"))
        page.context.close()
    fed_back = world.submit(phone="", name="田大山")
    workflow.answer_on_spot(fed_back.pk, actor=world.clerk, at=timezone.now(), body="已经换了灯泡", outcome="A")
    page = visit("/desk/opinions/callbacks/", user=world.clerk)
    assert faults_at(page) == []
    keep(page, "callbacks")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_county_tries_the_table_out_and_puts_it_into_force(
    visit: Callable[..., Page], world: World, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opinions.views.limits.send", lambda job: recount_runs.run(timezone.now, job))
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    page = visit("/desk/deadlines/", user=world.county_staff, width=width)
    page.get_by_label("答复（一般）", exact=True).fill("14")
    page.get_by_role("button", name="先看看会怎样").click()
    expect(page.get_by_role("heading", name="先看看会怎样（还没有改）")).to_be_visible()
    expect(page.get_by_text("1 个期限变晚")).to_be_visible()
    assert faults(page) == []
    keep(page, f"deadlines-tried-{width}")
    assert not DeadlineRule.objects.exists()
    page.get_by_role("button", name="照这样改").click()
    expect(page.get_by_text("改好了，正在重算")).to_be_visible()
    expect(page.get_by_text("重算完了，1 件事的日子改了")).to_be_visible()
    assert DeadlineRule.objects.get().working_days == 14
    assert row.history.filter(verb="recount").count() == 1


@pytest.mark.parametrize("width", [360, 1440])
def test_the_notice_is_brought_in_from_a_file(
    visit: Callable[..., Page], world: World, width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opinions.views.calendar_files.send", lambda job: recount_runs.run(timezone.now, job))
    file = tmp_path / "notice.csv"
    file.write_text("日期,上班或休息,名称\n2031-01-01,休息,元旦\n2031-01-04,上班,\n昨天,休息,假\n", encoding="utf-8")
    page = visit("/desk/calendar/", user=world.county_staff, width=width)
    page.get_by_role("link", name="导入国务院的安排").click()
    page.get_by_label("放假安排文件").set_input_files(file)
    page.get_by_role("button", name="先看看会怎样").click()
    expect(page.get_by_text("没有采用的 1 行")).to_be_visible()
    assert faults(page) == []
    keep(page, f"import-shown-{width}")
    assert not CalendarDay.objects.exists()
    page.get_by_role("button", name="照这样改 2 天").click()
    expect(page.get_by_text("日历改好了")).to_be_visible()
    assert CalendarDay.objects.count() == 2


@pytest.mark.parametrize("width", [360, 1440])
def test_the_county_clears_a_card_with_the_keyboard(
    visit: Callable[..., Page], world: World, late: Opinion, width: int
) -> None:
    page = visit("/desk/supervision/?level=3", user=world.county_staff, width=width)
    page.locator("summary", has_text="说明原因，消号").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("材料到货才能修")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("消号了，原因记在办理记录里")).to_be_visible()
    assert late.cards.get(level=3).clear_reason == "材料到货才能修"


def test_how_a_date_was_reached_opens_without_script(visit: Callable[..., Page], world: World) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    page = visit(row.get_absolute_url(), user=world.clerk, width=360, script=False)
    page.locator("#how-REPLY summary").click()
    expect(page.get_by_text("从第二天数 10 个工作日")).to_be_visible()


def test_the_call_sheet_prints_without_buttons_and_rail(visit: Callable[..., Page], world: World) -> None:
    row = world.submit(phone="", name="田大山")
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=timezone.now(), body="已经换了灯泡", outcome="A")
    page = visit("/desk/opinions/callbacks/", user=world.clerk, width=1440)
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.get_by_text("已经换了灯泡")).to_be_visible()


def calls_to_make(world: World, count: int) -> list[Opinion]:
    rows = [world.submit(title=f"第 {number} 件：后街路灯不亮") for number in range(1, count + 1)]
    for row in rows:
        workflow.answer_on_spot(row.pk, actor=world.clerk, at=timezone.now(), body="已经换了灯泡", outcome="A")
    return rows


def test_the_call_sheet_is_written_by_keyboard_alone(visit: Callable[..., Page], world: World) -> None:
    first, second = calls_to_make(world, 2)
    page = visit("/desk/opinions/callbacks/", user=world.clerk, width=1440)
    page.locator(f"#call-{first.pk} [name=result]").first.focus()
    for key in ("Space", "Tab", "Space", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("灯亮了")
    page.keyboard.press("Enter")
    expect(page.get_by_text("上一位记好了。")).to_be_visible()
    expect(page.locator(f"#call-{first.pk}")).to_have_count(0)
    first.refresh_from_db()
    assert (first.state, first.satisfaction, first.ratings.get().comment) == ("CLOSED", "SATISFIED", "灯亮了")
    line = page.locator(f"#call-{second.pk}")
    expect(line).to_be_in_viewport()
    line.get_by_label("没找到人").check()
    expect(line.get_by_label("解决了", exact=True)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("记好了：没找到人。")
    expect(line).to_contain_text("找过 1 次没找到人")


def test_a_line_is_written_without_javascript_and_a_missing_word_is_asked_for(
    visit: Callable[..., Page], world: World
) -> None:
    [row] = calls_to_make(world, 1)
    page = visit("/desk/opinions/callbacks/", user=world.clerk, width=360, script=False)
    line = page.locator(f"#call-{row.pk}")
    line.get_by_label("基本满意").check()
    line.get_by_role("textbox").fill("亮是亮了，有点暗")
    line.get_by_role("button", name="记下").click()
    expect(line.get_by_role("alert")).to_contain_text("问题解决了没有")
    expect(line.get_by_role("textbox")).to_have_value("亮是亮了，有点暗")
    expect(line.get_by_label("基本满意")).to_be_checked()
    line.get_by_label("部分解决").check()
    line.get_by_role("button", name="记下").click()
    expect(page.locator(".messages")).to_contain_text("记好了：基本满意。")
    expect(page.locator(f"#call-{row.pk}")).to_have_count(0)


def test_a_line_tapped_twice_is_written_once(visit: Callable[..., Page], world: World) -> None:
    [row] = calls_to_make(world, 1)
    page = visit("/desk/opinions/callbacks/", user=world.clerk, width=360, script=False)
    line = page.locator(f"#call-{row.pk}")
    line.get_by_label("没找到人").check()
    line.get_by_role("button", name="记下").dblclick()
    expect(line).to_contain_text("找过 1 次没找到人")
    assert row.history.filter(verb="miss").count() == 1
