"""Many matters at once, as a clerk does it: by keyboard from the list to the result, and without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults, faults_at, violations
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TITLES = ("东街与王寨路口三盏路灯不亮", "后街路灯杆歪了", "健身广场的路灯闪", "农贸市场门口路灯罩子掉了")
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small county with four matters that wait to be accepted, the oldest first."""
    forget()
    world, now = make_world(), timezone.now()
    for number, title in enumerate(TITLES):
        world.submit(title=title, at=now - timedelta(minutes=90 - number))
    return world


def ticked(page: Page) -> list[bool]:
    return [box.is_checked() for box in page.locator("tbody [name=row]").all()]


def test_by_keyboard_from_the_list_to_the_result(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/?group=todo", user=world.clerk, width=1440)
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    assert ticked(page) == [True, True, True, False]
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("选中的 3 件")
    page.keyboard.press("a")
    expect(bar).to_contain_text("选中的 4 件")
    page.keyboard.press("a")
    expect(bar).to_be_hidden()
    for key in ("k", "x", "k", "x", "e"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("成批受理：先看一遍")
    expect(page.locator(".bulk-lines > li")).to_have_count(2)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("受理了 2 件")
    assert list(Opinion.objects.order_by("pk").values_list("state", flat=True)) == [
        State.ACCEPTED, State.ACCEPTED, State.SUBMITTED, State.SUBMITTED,
    ]  # fmt: skip
    page.get_by_role("link", name="回单子").click()
    expect(page).to_have_url(re.compile(r"/desk/opinions/\?group=todo$"))


def test_an_act_without_a_choice_means_the_row_one_stands_on(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=1440)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(".bulk-lines > li")).to_have_count(1)
    expect(page.locator(".bulk-lines")).to_contain_text(TITLES[0])
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"/desk/opinions/\?group=open$"))


def test_keys_sleep_while_somebody_types(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=1440)
    page.keyboard.press("/")
    page.keyboard.type("jxxaegp2?")
    expect(page.locator("[name=q]")).to_have_value("jxxaegp2?")
    assert ticked(page) == [False] * 4
    expect(page.locator("#keys")).to_be_hidden()


def test_numbers_change_the_tab_and_the_list_of_keys_opens(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=1440)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert ticked(page) == [False] * 4
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("group=todo"))
    expect(page.locator("nav[aria-label=范围] [aria-current]")).to_have_text("等站点办")


def test_enter_on_a_tick_opens_and_the_way_back_finds_the_row(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=1440)
    page.locator("tbody [name=row]").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[2])
    page.locator(".crumb a", has_text="意见建议").click()
    expect(page.locator("tbody a.t").nth(2)).to_be_focused()


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_bar_stands_above_the_rail_and_can_be_pressed(world: World, visit: Visit, width: int) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=width)
    page.locator("tbody [name=row]").first.check()
    page.locator("tbody [name=row]").nth(1).check()
    button = page.locator("#bulk [value=accept]")
    expect(button).to_be_in_viewport()
    assert faults(page) == []
    button.click()
    expect(page.locator(".bulk-lines > li")).to_have_count(2)


def test_the_pages_have_no_violation_and_nothing_is_cut(world: World, visit: Visit) -> None:
    accepted = world.opinion(State.ACCEPTED, at=timezone.now() - timedelta(hours=1))
    rows = "&".join(f"row={row.pk}" for row in Opinion.objects.all())
    page = visit("/desk/opinions/#keys", user=world.clerk)
    root = page.url.split("/desk")[0]
    for address in (f"bulk/accept/?{rows}", f"bulk/assign/?{rows}", f"bulk/print/?{rows}"):
        page.goto(f"{root}/desk/opinions/{address}")
        assert faults_at(page) == []
        expect(page.locator("main")).to_contain_text(accepted.title)


def test_a_colleague_was_faster_with_one_of_them(world: World, visit: Visit) -> None:
    first, *others = Opinion.objects.order_by("pk")
    rows = "&".join(f"row={row.pk}" for row in (first, *others))
    page = visit(f"/desk/opinions/bulk/accept/?{rows}", user=world.clerk, width=1440)
    workflow.accept(first.pk, actor=world.town_staff, at=timezone.now(), category=world.category)
    page.get_by_role("button", name="受理打了勾的").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("受理了 3 件")
    left = page.locator("section", has_text="没有办的 1 件")
    expect(left).to_contain_text(f"{first.title}town_staff刚刚办过（受理），这件没有动。")


def test_the_whole_path_without_javascript(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=360, script=False)
    expect(page.locator("#bulk")).to_be_hidden()
    for number in (0, 2):
        page.locator("tbody [name=row]").nth(number).check()
    expect(page.locator("#bulk")).to_be_visible()
    page.locator("#bulk [value=accept]").click()
    expect(page).to_have_url(re.compile(r"/bulk/accept/\?row=\d+&row=\d+&list=group%3Dopen$"))
    page.locator(".bulk-lines select").first.select_option("")
    page.get_by_role("button", name="受理打了勾的").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 1 件没有填好")
    page.get_by_label("都归入哪一类").select_option(label=world.category.path)
    page.get_by_role("button", name="受理打了勾的").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("受理了 2 件")
    page.get_by_role("link", name="回单子").click()
    assert Opinion.objects.filter(state=State.ACCEPTED).count() == 2


def test_the_list_of_keys_opens_by_its_link_without_javascript(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/", user=world.clerk, width=1440, script=False)
    page.get_by_role("link", name=re.compile("全部快捷键")).click()
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#keys").get_by_role("link", name="关上").click()
    expect(page.locator("#keys")).to_be_hidden()


def test_accepting_is_taken_back_from_the_toast(world: World, visit: Visit) -> None:
    row = Opinion.objects.order_by("pk").first()
    assert row is not None
    page = visit(row.get_absolute_url(), user=world.clerk, width=1440)
    page.locator("form[data-main] button").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("刚才的可以撤回。")
    toast.get_by_role("button", name="撤回受理").click()
    expect(page.locator(".messages")).to_contain_text("撤回了，回到办这一步以前的样子")
    expect(toast).to_have_count(0)
    row.refresh_from_db()
    assert row.state == State.SUBMITTED
    assert list(row.history.values_list("verb", flat=True)[:2]) == ["take_back_accept", "accept"]


@pytest.mark.parametrize("width", [360, 1440])
def test_the_toast_goes_and_the_act_stays(world: World, visit: Visit, width: int) -> None:
    row = Opinion.objects.order_by("pk").first()
    assert row is not None
    workflow.accept(row.pk, actor=world.clerk, at=timezone.now(), category=world.category)
    page = visit(row.get_absolute_url(), user=world.clerk, width=width)
    toast = page.locator(".toast")
    expect(toast).to_be_in_viewport()
    assert violations(page) == []
    expect(toast).to_have_count(0, timeout=12_000)
    page.get_by_text("撤回受理", exact=True).first.click()
    page.locator("details[open] button", has_text="撤回受理").click()
    expect(page.locator(".messages")).to_contain_text("撤回了")


@pytest.mark.parametrize(("width", "script"), [(360, False), (1440, True)])
def test_a_filter_is_saved_used_and_removed(world: World, visit: Visit, width: int, script: bool) -> None:
    page = visit("/desk/opinions/?group=todo&sort=new", user=world.clerk, width=width, script=script)
    page.get_by_text("把现在的筛选存下来").click()
    page.get_by_label("起个名字").fill("新来的")
    page.get_by_role("button", name="存下现在的筛选").click()
    expect(page.locator(".messages")).to_contain_text("存好了“新来的”")
    page.goto(page.url.split("?")[0])
    page.get_by_role("navigation", name="常用筛选").get_by_role("link", name="新来的").click()
    expect(page).to_have_url(re.compile(r"group=todo&sort=new$"))
    page.get_by_text("存下或改").click()
    page.get_by_role("link", name="改名、删掉").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("常用筛选")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="删掉：新来的").click()
    if script:
        page.locator("dialog").get_by_role("button", name="删掉").click()
    expect(page.locator("main")).to_contain_text("还没有存过")
