"""The shell of every page in a real browser: the rail under a thumb, asking once, sending once, elder mode, paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role, RoleGrant
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.world import START, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
SMALL = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((node) => {
  const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const box = node.getBoundingClientRect();
  return words && box.width > 1 && !node.closest(".sr, svg") && parseFloat(getComputedStyle(node).fontSize) < 20;
}).map((node) => node.textContent.trim().slice(0, 20))"""
LOW = """() => [...document.querySelectorAll("button, summary, select, a.btn, a.pill, nav a, .pick")]
  .filter((node) => { const tall = node.getBoundingClientRect().height; return tall > 1 && tall < 60; })
  .map((node) => node.textContent.trim().slice(0, 20))"""


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("wide", [360, 768, 1440, 2560])
def test_the_page_of_parts_fits_every_width(world: World, visit: Visit, wide: int) -> None:
    page = visit("/desk/parts/", user=world.clerk, width=wide)
    assert width(page) == wide
    if wide in (360, 1440):
        assert faults(page) == []


def test_a_phone_has_the_rail_under_the_thumb(world: World, visit: Visit) -> None:
    RoleGrant.objects.create(user=world.clerk, role=Role.COUNTY_STAFF, region_code="411625", granted_at=START)
    page = visit("/desk/", user=world.clerk)
    rail = page.locator("nav.rail")
    box = rail.bounding_box()
    assert box is not None
    assert round(box["y"] + box["height"]) == 900
    assert len([link for link in rail.locator("> a.nav").all() if link.is_visible()]) == 4
    expect(page.locator(".sheet")).to_be_hidden()
    page.locator(".more > summary").click()
    expect(page.locator(".sheet")).to_be_visible()
    expect(page.locator(".sheet").get_by_role("button", name="退出")).to_be_visible()
    assert width(page) == 360


def test_the_sheet_needs_no_script(world: World, visit: Visit) -> None:
    page = visit("/desk/notices/", user=world.clerk, script=False)
    page.locator(".more > summary").click()
    page.locator(".sheet").get_by_role("button", name="退出").click()
    expect(page).not_to_have_url("/desk/notices/")


def test_a_wide_desk_shows_every_line_and_no_more_button(world: World, visit: Visit) -> None:
    page = visit("/desk/", user=world.clerk, width=1440)
    expect(page.locator(".more")).to_be_hidden()
    for link in page.locator("nav.rail > a.nav").all():
        expect(link).to_be_visible()


def test_the_last_row_is_not_under_the_bar(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator("main section").last.bounding_box()
    bar = page.locator("nav.rail").bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"]


def test_what_cannot_be_undone_is_asked_once(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk, width=1440)
    page.get_by_role("button", name="真的问一次").click()
    box = page.get_by_role("dialog")
    expect(box).to_contain_text(f"退出 {world.clerk.name} 的账号？")
    expect(box.get_by_role("button", name="先不")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    expect(page.get_by_role("button", name="真的问一次")).to_be_focused()
    assert page.url.endswith("/desk/parts/")


def test_escape_means_no_and_the_red_button_means_yes(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk, width=1440)
    page.get_by_role("button", name="真的问一次").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="真的问一次").click()
    page.get_by_role("dialog").get_by_role("button", name="退出").click()
    page.wait_for_url(lambda address: "/desk/parts/" not in address)
    page.goto(page.url.split("/accounts")[0] + "/desk/parts/")
    assert "/accounts/login/" in page.url


def test_the_asking_also_works_on_a_phone(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk)
    page.get_by_role("button", name="真的问一次").click()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_a_form_is_sent_once_and_can_be_sent_again_when_the_page_stays(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk, width=1440)
    page.evaluate("""() => {
      const form = document.createElement("form");
      form.method = "post";
      form.innerHTML = '<button data-busy="正在送…">送出这一件</button>';
      window.sent = 0;
      document.querySelector("main").append(form);
      addEventListener("submit", (event) => { if (!event.defaultPrevented) window.sent += 1; event.preventDefault(); });
    }""")
    button = page.locator("main form button").last
    before = button.bounding_box()
    button.click()
    expect(button).to_have_text("正在送…")
    after = button.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] >= before["width"] - 1
    button.click()
    assert page.evaluate("window.sent") == 1


def test_a_toast_leaves_by_itself_but_not_under_the_pointer(world: World, visit: Visit) -> None:
    page = visit("/desk/", user=world.clerk, width=1440)
    page.clock.install()
    page.goto(page.url + "parts/")
    toast = page.locator(".toast")
    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(9_000)
    expect(toast).to_have_count(0)


def test_the_address_of_a_view_can_be_copied(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/?state=ACCEPTED", user=world.clerk, width=1440)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制这个视图").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/desk/parts/?state=ACCEPTED")


@pytest.mark.parametrize("path", ["/", "/t/", "/privacy/", "/s/{station}/", "/s/{station}/message/", "/t/{receipt}/"])
def test_elder_pages_are_large_and_easy_to_press(world: World, visit: Visit, path: str) -> None:
    receipt = world.opinion(State.FED_BACK).receipt
    page = visit(path.format(station=world.station.code, receipt=receipt), elder=True)
    assert page.evaluate(SMALL) == []
    assert page.evaluate(LOW) == []
    assert width(page) == 360
    assert faults(page) == []


def test_the_switch_works_without_script_and_comes_back(world: World, visit: Visit) -> None:
    page = visit("/privacy/", script=False)
    page.get_by_role("link", name="长者版").click()
    assert page.url.endswith("/privacy/")
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    page.get_by_role("link", name="普通版").click()
    assert page.locator("html").get_attribute("data-mode") is None


def test_paper_leaves_the_rail_and_the_buttons_out(world: World, visit: Visit) -> None:
    page = visit("/desk/parts/", user=world.clerk, width=1440)
    page.emulate_media(media="print")
    expect(page.locator("nav.rail")).to_be_hidden()
    expect(page.locator(".bartop")).to_be_hidden()
    expect(page.locator("main .btn").first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )


@pytest.mark.parametrize("path", ["/nothing-here/", "/t/2222222222/"])
def test_a_missing_page_is_calm_and_readable(world: World, visit: Visit, path: str) -> None:
    page = visit(path)
    assert width(page) == 360
    assert faults(page) == []
