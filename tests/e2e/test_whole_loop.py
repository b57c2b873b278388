"""From the poster on the wall to the county's figures, the whole way, in real browsers.

A resident decodes the poster, leaves a message with a photo and keeps the receipt; the clerk accepts and assigns; the
unit signs and replies; the clerk approves; the resident is not satisfied; the second round satisfies him; the county
sees it.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from core.workdays import WorkCalendar
from opinions import deadlines
from opinions.models import Opinion
from opinions.states import State
from stations.models import EntryCode
from stations.prints.render import render
from stations.queries import forget
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    deadlines.forget()
    WorkCalendar.forget()
    return make_world()


@pytest.fixture
def poster(world: World, live_server: Any) -> str:
    """The address a phone reads from the printed poster."""
    code = EntryCode.objects.create(
        code="MNK7QM4X",
        kind=EntryCode.Kind.PLACE,
        station=world.station,
        region=world.village,
        label="东街社区公示栏",
        location="东街社区",
        created_at=timezone.now(),
    )
    png = render(code, "a4", "png", live_server.url)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    assert found.text == f"{live_server.url}/q/MNK7QM4X/"
    return found.text


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A phone's photo that still knows where it was taken."""
    path = tmp_path / "deng.jpg"
    picture = Image.new("RGB", (2400, 1800), "#334455")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (33.6, 0.0, 0.0)}
    picture.save(path, "JPEG", exif=exif)
    return path


def leave_message(visit: Visit, poster: str, photo: Path) -> str:
    """Scan, write, add the photo, tap three times; return the receipt."""
    page = visit(poster, width=360)
    expect(page.locator("#location")).to_have_value("东街社区")
    page.fill("#body", "东街往王寨去的路口，三盏路灯从过年前就不亮了，前天有人摔了一跤。")
    page.set_input_files("#photos", photo)
    expect(page.locator(".ph img")).to_have_count(1)
    page.locator("summary").click()
    page.fill("#phone", "1380000123")
    page.check("#consent")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("11 位")
    expect(page.locator("#body")).to_have_value("东街往王寨去的路口，三盏路灯从过年前就不亮了，前天有人摔了一跤。")
    expect(page.locator(".ph img")).to_have_count(1)
    page.fill("#phone", "138 0000 1234")
    page.get_by_role("button", name="送出").dblclick()
    expect(page.locator("h1")).to_have_text("收到了")
    assert Opinion.objects.count() == 1
    return Opinion.objects.get().receipt


def test_from_the_poster_to_the_countys_figures(world: World, visit: Visit, poster: str, photo: Path) -> None:
    receipt = leave_message(visit, poster, photo)
    row = Opinion.objects.get()
    assert (row.channel, row.region, row.entry_code.label) == ("QR", world.village, "东街社区公示栏")
    stored = Image.open(row.photos.get().image)
    assert not stored.getexif()

    clerk = visit(f"/desk/opinions/{row.pk}/", user=world.clerk, width=1440)
    expect(clerk.locator("[name=category]")).to_have_value(str(world.category.pk))
    clerk.fill("[name=title]", "东街与王寨路口三盏路灯不亮")
    clerk.get_by_role("button", name="受理").first.click()
    clerk.fill("[name=demand]", "查明原因并修复，修好后拍照反馈。")
    clerk.get_by_role("button", name="交办给县城管局").click()
    expect(clerk.locator(".state").first).to_contain_text("已交办")

    unit = visit(f"/desk/opinions/{row.pk}/", user=world.handler, width=1440)
    expect(unit.locator("main")).not_to_contain_text("138")
    unit.get_by_role("button", name="签收").first.click()
    handle(unit, "已换保险，三盏灯全亮了。")
    approve(clerk, row.pk)

    resident = visit(f"/t/{receipt}/", width=360)
    expect(resident.locator("main")).to_contain_text("已换保险，三盏灯全亮了。")
    rate(resident, "没解决", "不满意")
    expect(resident.locator("main")).to_contain_text("重新办")
    row.refresh_from_db()
    assert (row.state, row.round) == (State.ASSIGNED, 2)

    unit.goto(unit.url.split("?")[0])
    unit.get_by_role("button", name="签收").first.click()
    handle(unit, "又查出一处断线，接好了，昨晚看过都亮。")
    approve(clerk, row.pk)
    resident.reload()
    rate(resident, "解决了", "满意")
    row.refresh_from_db()
    assert (row.state, row.satisfaction, row.is_reopened) == (State.CLOSED, "SATISFIED", True)
    assert [line.verb for line in row.history.order_by("id")] == [
        "submit", "accept", "assign", "sign", "reply", "approve_reply", "rate",
        "sign", "reply", "approve_reply", "rate",
    ]  # fmt: skip

    county = visit("/county/", user=world.county_staff, width=1440)
    tiles = county.locator(".tiles")
    expect(tiles).to_contain_text("收到意见")
    expect(tiles.locator(".tile").first).to_contain_text("1")
    tiles.locator("a.v").first.click()
    expect(county.locator("main")).to_contain_text("东街与王寨路口三盏路灯不亮")


def handle(unit: Page, words: str) -> None:
    """Answer as the unit: solved."""
    unit.locator("textarea[name=body]").fill(words)
    unit.get_by_label("已解决").first.check()
    unit.get_by_role("button", name="交给站点审核").click()
    expect(unit.locator(".state").first).to_contain_text("待审核")


def approve(clerk: Page, pk: int) -> None:
    """Pass the reply on as the clerk."""
    clerk.goto(clerk.url.split("/desk/")[0] + f"/desk/opinions/{pk}/")
    clerk.get_by_role("button", name="审核通过").first.click()
    expect(clerk.locator(".state").first).to_contain_text("待评价")


def rate(resident: Page, solved: str, satisfied: str) -> None:
    """Answer the two questions."""
    form = resident.locator("#rate")
    form.get_by_role("radio", name=solved, exact=True).check()
    form.get_by_role("radio", name=satisfied, exact=True).check()
    form.get_by_role("button").click()


@pytest.mark.parametrize("elder", [False, True])
def test_without_javascript_a_message_is_sent_followed_and_rated(world: World, visit: Visit, elder: bool) -> None:
    page = visit(f"/s/{world.station.code}/", script=False, elder=elder)
    page.get_by_role("link", name="我要留言").click()
    page.fill("#body", "和平社区门口下水道返水。")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("个人信息说明")
    expect(page.locator("#body")).to_have_value("和平社区门口下水道返水。")
    page.check("#consent")
    page.get_by_role("button", name="送出").click()
    expect(page.locator("h1")).to_have_text("收到了")
    row = Opinion.objects.get()
    page.get_by_role("link", name="看进度").click()
    expect(page.locator("main")).to_contain_text("告诉您受理没有")
    if not elder:  # the elder page shows fewer things
        page.get_by_role("link", name="撤回").click()
        page.get_by_role("button", name="撤回").click()
        row.refresh_from_db()
        assert row.state == State.WITHDRAWN
