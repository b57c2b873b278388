"""The counter without network, in a real browser: what is typed is kept, sent once, and read by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, Route, expect

from core.codes import spell
from opinions.models import BookLine, Opinion
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.e2e.test_paper_book import photographed, sheet
from tests.world import WORDS, World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NEW = "/desk/opinions/new/"
Visit = Callable[..., Page]
STORED = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("liaison-drafts");
    asked.onsuccess = () => done(asked.result);
  });
  const rows = await new Promise((done) => {
    const asked = db.transaction("drafts").objectStore("drafts").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  return JSON.stringify(rows, (key, value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value);
}"""


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


@pytest.fixture
def counter(visit: Visit, world: World) -> Page:
    """The form, opened once with network, its worker ready."""
    page = visit(NEW, user=world.clerk, width=1440)
    ready(page)
    return page


def ready(page: Page) -> None:
    page.wait_for_load_state("load")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def say(page: Page, words: str = WORDS, **fields: str) -> None:
    page.locator("[name=body]").fill(words)
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=body]").press("Control+Enter")


def count_in(page: Page, words: str) -> None:
    expect(page.locator("[data-queue-count]")).to_have_text(words)


def sign_in(page: Page, live_server: Any, user: Any) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def test_typed_without_network_sent_once_when_it_is_back(world: World, counter: Page) -> None:
    page = counter
    page.context.set_offline(True)
    say(page, name="李大娘", phone="138 0000 7742")
    count_in(page, "等着送的 1 件")
    expect(page.locator("[data-no-network]")).to_be_visible()
    expect(page.locator("[name=body]")).to_have_value("")
    say(page, "南街路灯也不亮，一共五盏。")
    count_in(page, "等着送的 2 件")
    page.reload()
    expect(page.locator("h1")).to_have_text("登记来访")
    expect(page.locator("[data-shell]")).to_be_visible()
    count_in(page, "等着送的 2 件")
    assert Opinion.objects.count() == 0
    page.context.set_offline(False)
    count_in(page, "送到的 2 件")
    expect(page.locator("[data-kept]")).to_have_count(0)
    rows = Opinion.objects.order_by("id")
    assert [row.body for row in rows] == [WORDS, "南街路灯也不亮，一共五盏。"]
    for row in rows:
        expect(page.locator("[data-queue-rows]")).to_contain_text(spell(row.receipt))
    page.get_by_role("link", name="网通了，回到平常的页面").click()
    expect(page.locator("h1")).to_have_text("登记来访")
    page.get_by_role("button", name="送到的知道了，收起").click()
    expect(page.locator("[data-queue]")).to_be_hidden()
    assert Opinion.objects.count() == 2


def test_the_empty_form_offers_what_is_known_of_the_station(world: World, counter: Page) -> None:
    page = counter
    page.context.set_offline(True)
    page.goto(page.url)
    expect(page.locator("[name=station] option")).to_have_text([world.station.name])
    expect(page.locator("[name=region] option")).to_have_text(["不说哪个村", "东街社区"])
    page.locator("[name=region]").select_option(label="东街社区")
    say(page, phone="13800007742", location="二巷")
    count_in(page, "等着送的 1 件")
    page.context.set_offline(False)
    count_in(page, "送到的 1 件")
    row = Opinion.objects.get()
    assert (row.station, row.region, row.location, row.lead_unit) == (world.station, world.village, "二巷", world.unit)


def test_what_is_kept_on_the_device_cannot_be_read(world: World, counter: Page) -> None:
    counter.context.set_offline(True)
    say(counter, name="欧阳金丝雀", phone="13912345670")
    count_in(counter, "等着送的 1 件")
    stored = counter.evaluate(STORED)
    assert "client_key" not in stored
    assert not [secret for secret in (WORDS, "欧阳金丝雀", "13912345670", "clerk") if secret in stored]
    cached = counter.evaluate(
        """async () => { const found = [];
        for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())
          found.push(new URL(request.url).pathname + " " + await (await caches.match(request)).text());
        return found; }"""
    )
    pages = [text.split(" ")[0] for text in cached if not text.startswith("/static/")]
    assert pages == ["/desk/opinions/new/shell/"]
    assert not [text for text in cached if world.station.name in text or 'csrfmiddlewaretoken" value' in text]


def test_an_answer_that_got_lost_makes_no_second_matter(world: World, counter: Page) -> None:
    page, seen = counter, []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        seen.append(route.fetch().status)
        route.abort()

    page.route(f"**{NEW}", lose)
    say(page)
    expect(page.locator("[data-queue-count]")).to_contain_text("1 件")  # the worker may have sent it again by now
    assert seen[0] == 200
    receipt = spell(Opinion.objects.get().receipt)
    page.unroute(f"**{NEW}")
    page.reload()
    count_in(page, "送到的 1 件")
    expect(page.locator("[data-receipt]")).to_have_text(receipt)
    assert Opinion.objects.count() == 1


def test_two_tabs_send_each_draft_once(world: World, counter: Page) -> None:
    other = counter.context.new_page()
    other.goto(counter.url)
    counter.context.set_offline(True)
    for words in (WORDS, "南街路灯也不亮。", "和平巷路灯杆歪了。"):
        say(counter, words)
        expect(counter.locator("[name=body]")).to_have_value("")
    count_in(other, "等着送的 3 件")
    counter.context.set_offline(False)
    count_in(counter, "送到的 3 件")
    count_in(other, "送到的 3 件")
    assert Opinion.objects.count() == 3


def test_a_double_tap_makes_one_matter(world: World, counter: Page) -> None:
    counter.locator("[name=body]").fill(WORDS)
    counter.locator("[data-ctrl-enter]").dblclick()
    expect(counter.locator(".messages")).to_contain_text("存好了")
    assert Opinion.objects.count() == 1


def test_a_form_left_open_is_not_sent_under_another_name(world: World, counter: Page, live_server: Any) -> None:
    sign_in(counter, live_server, world.town_staff)
    say(counter)
    expect(counter.locator("[data-kept]")).to_contain_text("现在登录的是另一个人")
    assert Opinion.objects.count() == 0
    sign_in(counter, live_server, world.clerk)
    counter.goto(live_server.url + NEW)
    count_in(counter, "送到的 1 件")
    assert Opinion.objects.get().recorded_by == world.clerk


def test_a_session_that_ran_out_keeps_the_draft_for_the_same_person(
    world: World, counter: Page, live_server: Any
) -> None:
    page = counter
    Session.objects.all().delete()
    say(page)
    expect(page.locator("[data-kept]")).to_contain_text("登录过期了")
    assert Opinion.objects.count() == 0
    page.get_by_role("link", name="现在登录").click()
    expect(page.locator("h1")).to_have_text("登录工作台")
    page.wait_for_timeout(200)
    sign_in(page, live_server, world.town_staff)
    page.goto(live_server.url + NEW)
    ready(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-queue]")).to_be_hidden()
    assert Opinion.objects.count() == 0
    assert WORDS not in page.evaluate(STORED)
    sign_in(page, live_server, world.clerk)
    page.goto(live_server.url + NEW)
    count_in(page, "送到的 1 件")
    assert Opinion.objects.get().recorded_by == world.clerk


def test_signed_out_without_network_there_is_nothing_to_read(world: World, counter: Page, live_server: Any) -> None:
    page = counter
    page.context.set_offline(True)
    say(page)
    count_in(page, "等着送的 1 件")
    page.context.set_offline(False)
    count_in(page, "送到的 1 件")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("h1")).to_have_text("登录工作台")
    page.wait_for_function(
        """() => new Promise((done) => { const asked = indexedDB.open("liaison-drafts"); asked.onsuccess = () => {
        const key = asked.result.transaction("keys").objectStore("keys").get("now");
        key.onsuccess = () => done(key.result === undefined); }; })"""
    )
    page.context.set_offline(True)
    page.goto(live_server.url + NEW)
    expect(page.locator("[data-locked]")).to_be_visible()
    expect(page.locator("[name=body]")).to_be_hidden()
    expect(page.locator("[data-queue]")).to_be_hidden()


def test_what_the_server_refuses_is_said_and_mended(world: World, counter: Page) -> None:
    page = counter
    page.context.set_offline(True)
    say(page, phone="12345")
    count_in(page, "等着送的 1 件")
    page.context.set_offline(False)
    count_in(page, "没送成的 1 件")
    expect(page.locator("[data-why]")).to_contain_text("电话号码不对")
    page.get_by_role("button", name="打开改").click()
    expect(page.locator("[name=body]")).to_have_value(WORDS)
    expect(page.locator("[name=phone]")).to_have_attribute("aria-invalid", "true")
    say(page, phone="13800007742")
    expect(page.locator(".messages")).to_contain_text("存好了")
    expect(page.locator("[data-queue]")).to_be_hidden()
    assert Opinion.objects.get().phone == "13800007742"


def test_a_mistake_at_the_counter_is_said_beside_its_field(world: World, counter: Page) -> None:
    say(counter, phone="12345")
    expect(counter.locator(".refusal")).to_contain_text("电话号码不对")
    expect(counter.locator("[name=phone]")).to_be_focused()
    expect(counter.locator("[name=body]")).to_have_value(WORDS)
    expect(counter.locator("[data-queue]")).to_be_hidden()
    say(counter, phone="")
    expect(counter.locator(".messages")).to_contain_text("存好了")
    assert Opinion.objects.count() == 1


def test_a_draft_can_be_given_up_after_one_question(world: World, counter: Page) -> None:
    page = counter
    page.context.set_offline(True)
    say(page, phone="12345")
    count_in(page, "等着送的 1 件")
    page.context.set_offline(False)
    page.get_by_role("button", name="不要了").click()
    page.get_by_role("button", name="先不").click()
    count_in(page, "没送成的 1 件")
    page.get_by_role("button", name="不要了").click()
    page.locator("dialog [data-yes]").click()
    expect(page.locator("[data-queue]")).to_be_hidden()


def test_the_lines_of_a_page_wait_too(world: World, visit: Visit) -> None:
    page = visit(photographed(world).get_absolute_url(), user=world.clerk, width=1440)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for number in (1, 2):
        expect(page.locator("[name=line]")).to_have_value(str(number))
        say(page, f"第 {number} 条：路灯不亮。")
    count_in(page, "等着送的 2 件")
    page.context.set_offline(False)
    count_in(page, "送到的 2 件")
    assert list(BookLine.objects.values_list("line", flat=True)) == [1, 2]


def test_photos_wait_with_their_words(world: World, counter: Page) -> None:
    page = counter
    page.context.set_offline(True)
    page.get_by_text("附照片").click()
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sheet()}
    page.locator("[name=photos]").set_input_files(photo)  # type: ignore[arg-type]
    say(page)
    count_in(page, "等着送的 1 件")
    page.context.set_offline(False)
    count_in(page, "送到的 1 件")
    assert Opinion.objects.get().photos.count() == 1


@pytest.mark.parametrize("wide", [360, 1440])
def test_the_form_without_network_is_accessible(world: World, visit: Visit, wide: int) -> None:
    page = visit(NEW, user=world.clerk, width=wide)
    ready(page)
    page.context.set_offline(True)
    page.reload()
    say(page)
    count_in(page, "等着送的 1 件")
    say(page, "南街路灯也不亮。")
    count_in(page, "等着送的 2 件")
    assert faults(page) == []
