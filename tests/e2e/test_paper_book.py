"""民情收集簿 in a real browser: from the photo to its lines, the same line twice, and going on another day."""

import io
from collections.abc import Callable

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from core.codes import spell
from core.uploads import clean_photo
from opinions import books
from opinions.models import BookLine, BookPage, Opinion
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
OUTSIDE = """() => [...document.querySelectorAll(".lines .input, .panel .input")].filter((field) =>
  field.getBoundingClientRect().right > field.closest(".lines, .panel").getBoundingClientRect().right + 1)
  .map((field) => field.name)"""
LINES = ("东街路口的路灯不亮，晚上看不清。", "南街路灯杆歪了，怕砸着人。", "和平巷路灯白天也亮着，费电。")


def sheet() -> bytes:
    """A photographed page: ruled lines with something written on them."""
    picture = Image.new("RGB", (900, 1200), "#f7f3e8")
    pen = ImageDraw.Draw(picture)
    for number in range(1, 13):
        pen.line((60, number * 90, 840, number * 90), fill="#9aa7b8", width=2)
        pen.text((80, number * 90 - 40), f"{number}   3-{number}   street lamp   138 0000 77{number:02}", fill="#223")
    made = io.BytesIO()
    picture.save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


def photographed(world: World, number: int = 12) -> BookPage:
    upload = io.BytesIO(sheet())
    upload.size = len(upload.getvalue())  # type: ignore[attr-defined]
    photo = clean_photo(upload)  # type: ignore[arg-type]
    return books.add_page(
        station=world.station, book="3", page=number, photos=[photo], actor=world.clerk, at=timezone.now()
    )[0]


def copy(page: Page, words: str) -> None:
    page.locator("[name=body]").fill(words)
    page.locator("[name=body]").press("Control+Enter")


def test_from_the_photo_to_three_lines(world: World, visit: Visit) -> None:
    page = visit("/desk/opinions/new/", user=world.clerk, width=1440)
    page.get_by_role("link", name="拍照抄民情收集簿").click()
    page.get_by_label("第几簿").fill("3")
    page.get_by_label("第几页").fill("12")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sheet()}
    page.get_by_label("这一页的照片").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_role("button", name="存好，开始抄").click()
    expect(page.locator("h1")).to_have_text("3 号簿第 12 页")
    for number, words in enumerate(LINES, 1):
        expect(page.locator("[name=line]")).to_have_value(str(number))
        expect(page.locator("[name=body]")).to_be_focused()
        copy(page, words)
        expect(page.locator(".messages")).to_contain_text(f"第 {number} 行抄好了")
    for line in BookLine.objects.select_related("opinion"):
        expect(page.locator(f"#line-{line.line}")).to_contain_text(spell(line.opinion.receipt))
    assert Opinion.objects.filter(channel="BOOK").count() == 3


def test_the_same_line_is_refused_with_the_matter_that_stands_there(world: World, visit: Visit) -> None:
    paper = photographed(world)
    page = visit(paper.get_absolute_url(), user=world.clerk, width=1440)
    copy(page, LINES[0])
    expect(page.locator(".messages")).to_contain_text("第 1 行抄好了")
    page.locator("[name=line]").fill("1")
    copy(page, LINES[1])
    expect(page.locator(".refusal")).to_contain_text("第 1 行已经抄过了")
    expect(page.locator("[name=body]")).to_have_value(LINES[1])
    page.locator(".refusal a").click()
    expect(page.locator("main")).to_contain_text("3 号簿第 12 页第 1 行")
    assert BookLine.objects.count() == 1


def test_a_page_is_left_half_done_and_gone_on_with(world: World, visit: Visit) -> None:
    paper = photographed(world)
    page = visit(paper.get_absolute_url(), user=world.clerk, width=360)
    copy(page, LINES[0])
    expect(page.locator(".messages")).to_contain_text("第 1 行抄好了")
    later = visit("/desk/opinions/book/", user=world.clerk, width=360)
    expect(later.locator("main")).to_contain_text("抄了 1 行")
    later.get_by_role("link", name="接着抄").click()
    expect(later.locator("[name=line]")).to_have_value("2")
    later.get_by_role("button", name="这一页抄完了").click()
    expect(later.locator("main")).to_contain_text("抄完了，1 行")


def test_without_script_a_line_is_copied_too(world: World, visit: Visit) -> None:
    page = visit(photographed(world).get_absolute_url(), user=world.clerk, width=1440, script=False)
    page.locator("[name=body]").fill(LINES[0])
    page.get_by_role("button", name="存好，抄下一行").click()
    expect(page.locator(".messages")).to_contain_text("第 1 行抄好了")


@pytest.mark.parametrize("wide", [360, 1440])
def test_the_photo_stays_in_sight_and_grows(world: World, visit: Visit, wide: int) -> None:
    page = visit(photographed(world).get_absolute_url(), user=world.clerk, width=wide)
    photo = page.locator(".zoom img")
    expect(photo).to_be_visible()
    assert photo.evaluate("(image) => image.complete && image.naturalWidth > 0")
    before = photo.bounding_box()
    page.get_by_role("button", name="照片放大").click()
    after = photo.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] * 1.4
    page.locator("[name=people]").scroll_into_view_if_needed()
    expect(page.locator(".zoom")).to_be_in_viewport()


@pytest.mark.parametrize("wide", [360, 768, 1440])
def test_both_pages_are_accessible_and_nothing_is_cut(world: World, visit: Visit, wide: int) -> None:
    paper, done = photographed(world), photographed(world, 11)
    page = visit(paper.get_absolute_url(), user=world.clerk, width=wide)
    copy(page, LINES[0])
    expect(page.locator(".messages")).to_contain_text("第 1 行抄好了")
    books.finish(done.pk, actor=world.clerk, at=timezone.now())
    root, wrong = page.url.split("/desk/")[0], []
    matter = Opinion.objects.get().get_absolute_url()
    for address in ("/desk/opinions/book/", paper.get_absolute_url(), done.get_absolute_url(), matter):
        page.goto(root + address)
        wrong += faults(page)
        wrong += [f"{address}: {name} leaves its panel" for name in page.evaluate(OUTSIDE)]
    assert wrong == []
