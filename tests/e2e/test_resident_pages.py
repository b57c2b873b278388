"""The resident's pages in a browser: light, without a violation, kept on the phone, sent once, scripts or none."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from core.workdays import WorkCalendar
from opinions import deadlines, public_views
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import violations
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 8
MESSAGE = "/s/mingnan/message/"
WORDS = "桥栏杆断了一截，孩子上学从这里走。"


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    deadlines.forget()
    WorkCalendar.forget()
    return make_world()


@pytest.fixture
def addresses(world: World) -> list[str]:
    """Every page a resident meets, with a matter at each interesting stage behind it."""
    at = timezone.now() - timedelta(hours=1)
    receipts = {state: world.opinion(state, at=at).receipt for state in (State.SUBMITTED, State.HANDLING)}
    receipts[State.FED_BACK] = world.opinion(State.FED_BACK, at=at).receipt
    return [
        "/",
        "/?q=东街",
        "/s/mingnan/",
        "/s/mingnan/board/",
        MESSAGE,
        "/t/",
        "/t/?code=XXXX",
        f"/t/{receipts[State.SUBMITTED]}/received/",
        f"/t/{receipts[State.SUBMITTED]}/withdraw/",
        f"/t/{receipts[State.HANDLING]}/",
        f"/t/{receipts[State.FED_BACK]}/",
        "/privacy/",
    ]


@pytest.mark.parametrize("elder", [False, True])
def test_no_page_has_a_violation_or_runs_over_the_edge(visit: Visit, addresses: list[str], elder: bool) -> None:
    wrong = {}
    for address in addresses:
        page = visit(address, elder=elder)
        found = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if found or wide > 360:
            wrong[address] = [*found, wide]
        page.context.close()
    assert wrong == {}


def test_in_elder_mode_nothing_is_small(visit: Visit, addresses: list[str]) -> None:
    small = """() => [...document.querySelectorAll('main a.btn, main button:not([hidden]), .pick, main input.input')]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 60)
        .map((one) => one.outerHTML.slice(0, 90))"""
    letters = """() => [...document.querySelectorAll('main p, main li, main label, main a, main legend')]
        .filter((one) => one.offsetParent && !one.closest('.sr, .steps, svg') && one.textContent.trim()
            && parseFloat(getComputedStyle(one).fontSize) < 20)
        .map((one) => one.outerHTML.slice(0, 90))"""
    for address in addresses:
        page = visit(address, elder=True)
        assert page.evaluate(small) == [], address
        assert page.evaluate(letters) == [], address
        page.context.close()


def test_every_page_is_light(visit: Visit, addresses: list[str]) -> None:
    for address in addresses:
        page = visit("/privacy/")
        got: list[tuple[str, int]] = []
        page.on("requestfinished", lambda request, got=got: got.append(weigh(request)))
        page.goto(page.url.replace("/privacy/", address), wait_until="networkidle")
        counted = [row for row in got if "/photos/" not in row[0]]
        assert sum(size for _, size in counted) <= MOST_BYTES, (address, counted)
        assert len(counted) <= MOST_REQUESTS, (address, counted)
        page.context.close()


def weigh(request: Any) -> tuple[str, int]:
    """Address and size as it would travel compressed; pictures are compressed already."""
    body = request.response().body()
    return request.url, len(body) if request.resource_type == "image" and ".svg" not in request.url else len(
        gzip.compress(body, 6)
    )


def write(page: Page, words: str = WORDS) -> None:
    page.fill("#body", words)
    page.check("#consent")


def test_the_words_stay_on_the_phone_until_the_server_has_answered(visit: Visit, world: World) -> None:
    page = visit(MESSAGE)
    write(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("网断了。您写的都存在手机上")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#body")).to_have_value(WORDS)
    key = page.locator("[name=client_key]").input_value()
    page.check("#consent")
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    assert str(Opinion.objects.get().client_key) == key
    page.wait_for_load_state()  # the receipt has been read, and lets the words go
    page.goto(page.url.split("/t/")[0] + MESSAGE)
    expect(page.locator("#body")).to_have_value("")


def test_back_from_the_receipt_the_same_words_are_the_same_matter(visit: Visit, world: World) -> None:
    page = visit(MESSAGE)
    write(page)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    page.go_back()
    button = page.get_by_role("button", name="送出")
    expect(button).to_be_enabled()
    if page.locator("#body").input_value() == WORDS:  # the browser brought the page back as it was
        page.check("#consent")
        button.click()
        expect(page.locator("h1")).to_have_text("收到了")
    assert Opinion.objects.count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_mistake_is_said_and_nothing_is_lost(visit: Visit, world: World, script: bool) -> None:
    page = visit(MESSAGE, script=script)
    page.fill("#body", "井" * 7000)
    page.check("#consent")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 1 处要改")
    expect(page.locator("#body-e")).to_contain_text("请删去 2000 个字再送")
    assert len(page.locator("#body").input_value()) == 7000
    page.fill("#body", WORDS + "🙏🏽塅㙟")
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    assert Opinion.objects.get().body == WORDS + "🙏🏽塅㙟"


def test_a_busy_town_only_waits_a_moment(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "AT_A_STATION", 0)
    page = visit(MESSAGE)
    write(page)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了", timeout=60_000)
    assert Opinion.objects.count() == 1


def test_a_page_that_lay_open_for_days_still_sends(visit: Visit, world: World) -> None:
    page = visit(MESSAGE)
    write(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    assert Opinion.objects.get().body == WORDS


def test_seven_photos_are_six_and_a_sentence(visit: Visit, world: World, tmp_path: Path) -> None:
    files = []
    for number in range(7):
        path = tmp_path / f"{number}.jpg"
        Image.new("RGB", (1800, 900), (number * 30, 90, 90)).save(path)
        files.append(path)
    page = visit(MESSAGE)
    page.set_input_files("#photos", files)
    expect(page.get_by_role("alert")).to_contain_text("多选的 1 张没有添上")
    expect(page.locator(".ph")).to_have_count(6)
    page.get_by_role("button", name="去掉第 1 张照片").click()
    expect(page.locator(".ph")).to_have_count(5)
    write(page)
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    assert Opinion.objects.get().photos.count() == 5


def test_a_phone_that_keeps_nothing_still_sends(visit: Visit, world: World) -> None:
    page = visit("/s/mingnan/")
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page.goto(page.url + "message/")
    write(page)
    expect(page.locator("[data-kept]")).to_be_hidden()
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")


def test_no_page_says_anything_to_the_console(visit: Visit, addresses: list[str]) -> None:
    said: list[str] = []
    for address in [*addresses, "/s/mingnan/screen/"]:
        if "XXXX" in address:
            continue  # its 404 is the point
        page = visit("/privacy/")
        page.on("console", lambda line, address=address: said.append(json.dumps([address, line.text, line.location])))
        page.on("pageerror", lambda error, address=address: said.append(f"{address} {error}"))
        page.goto(page.url.replace("/privacy/", address), wait_until="networkidle")
        page.context.close()
    assert said == []


def test_the_lobby_screen_cuts_pages_and_says_when_the_network_is_gone(visit: Visit, world: World) -> None:
    for _ in range(9):
        world.opinion(State.HANDLING, at=timezone.now() - timedelta(hours=1))
    page = visit("/s/mingnan/", width=1920)
    page.clock.install()
    page.goto(page.url + "screen/")
    expect(page.locator("[data-pageno]")).to_have_text("第 1 页，共 2 页 · 自动翻页")
    page.clock.fast_forward(15_500)
    expect(page.locator("[data-pageno]")).to_have_text("第 2 页，共 2 页 · 自动翻页")
    page.context.set_offline(True)
    page.clock.fast_forward(61_000)
    expect(page.locator("[data-stale]")).to_contain_text("数据停在")
    expect(page.locator(".track b").first).not_to_be_empty()
