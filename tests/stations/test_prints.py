"""Every print is read by an independent reader at every usual resolution, as picture and as PDF."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from core.codes import ALPHABET
from core.workflow import BadInput
from stations.models import EntryCode
from stations.prints import layouts, raster, sheet, vector
from stations.prints.layouts import Facts
from stations.prints.render import PRINTS, facts_of, file_name, render

SITE = "https://lianluozhan.dancheng.gov.cn"
MILLIMETRES = {"a3": (297, 420), "a4": (210, 297), "a5": (148.5, 210), "a6": (105, 148), "sticker": (60, 80)}


def facts(**changes: str) -> Facts:
    usual = {
        "station": "洺南街道融合站点",
        "label": "代表民意直通车窗口",
        "code": "K7QM4XWD",
        "address": f"{SITE}/q/K7QM4XWD/",
        "phone": "0394-555 0101",
        "hours": "8:30–12:00 14:30–17:30",
        "place": "洺南街道党群服务中心一楼",
    }
    return Facts(**(usual | changes))


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def rendered(content: bytes, dpi: int) -> Image.Image:
    return pypdfium2.PdfDocument(content)[0].render(scale=dpi / 72).to_pil()


@pytest.mark.parametrize("dpi", [72, 150, 300])
@pytest.mark.parametrize("key", PRINTS)
def test_the_picture_is_read(key: str, dpi: int) -> None:
    content = raster.png(PRINTS[key].sheet(facts()), dpi)
    assert read(Image.open(io.BytesIO(content)).convert("RGB")) == [f"{SITE}/q/K7QM4XWD/"]


@pytest.mark.parametrize("dpi", [72, 150, 300])
@pytest.mark.parametrize("key", PRINTS)
def test_the_pdf_is_read(key: str, dpi: int) -> None:
    assert read(rendered(vector.pdf(PRINTS[key].sheet(facts())), dpi)) == [f"{SITE}/q/K7QM4XWD/"]


@pytest.mark.parametrize("key", PRINTS)
def test_it_is_read_in_grey_and_upside_down(key: str) -> None:
    image = raster.picture(PRINTS[key].sheet(facts()), 150).convert("L")
    assert read(image) == read(image.rotate(180)) == [f"{SITE}/q/K7QM4XWD/"]


@pytest.mark.parametrize("key", PRINTS)
def test_sizes_are_true(key: str) -> None:
    wide, tall = MILLIMETRES[key]
    page = PdfReader(io.BytesIO(vector.pdf(PRINTS[key].sheet(facts())))).pages[0].mediabox
    assert float(page.width) * 25.4 / 72 == pytest.approx(wide, abs=0.6)
    assert float(page.height) * 25.4 / 72 == pytest.approx(tall, abs=0.6)
    image = Image.open(io.BytesIO(raster.png(PRINTS[key].sheet(facts()), 150)))
    assert image.width == pytest.approx(wide * 150 / 25.4, abs=4)
    assert image.info["dpi"][0] == pytest.approx(150, abs=0.1)


@pytest.mark.parametrize("key", PRINTS)
def test_nothing_leaves_the_sheet(key: str) -> None:
    long = facts(
        station="张完集乡第一中学家属院社区居民委员会党群服务中心融合站点",
        label="东街社区居民委员会二号楼三单元门口公示栏旁边",
        place="郸城县洺南街道人民路与新华路交叉口向北二百米路东党群服务中心一楼大厅",
    )
    page = PRINTS[key].sheet(long)
    for shape in page.shapes:
        if isinstance(shape, sheet.Text):
            width = sheet.measure(shape.words, shape.size)
            left = shape.x - {"l": 0, "m": 0.5, "r": 1}[shape.anchor] * width
            assert left >= 0, shape.words
            assert left + width <= page.width, shape.words
            assert 0 < shape.y <= page.height
        elif isinstance(shape, sheet.Code):
            assert shape.x >= 0
            assert shape.x + shape.side <= page.width
            assert shape.y + shape.side <= page.height


def texts(page: sheet.Sheet) -> str:
    return "\n".join(shape.words for shape in page.shapes if isinstance(shape, sheet.Text))


def test_what_the_poster_says() -> None:
    said = texts(layouts.poster(facts()))
    for part in (
        "码上找代表",
        "洺南街道融合站点",
        "K7QM 4XWD",
        "0394-555 0101",
        "扫一扫",
        "说事情",
        "等回音",
        "替您记",
    ):
        assert part in said
    assert "lianluozhan.dancheng.gov.cn/q/K7QM4XWD" in said, "the address can be typed"


def test_a_representative_s_poster_names_him() -> None:
    assert "把事情说给麦知秋代表听" in texts(layouts.poster(facts(person="麦知秋")))


@pytest.mark.parametrize("layout", [layouts.card, layouts.sticker])
def test_small_prints_say_the_code_and_the_telephone(layout: object) -> None:
    said = texts(layout(facts()))  # type: ignore[operator]
    assert "K7QM 4XWD" in said
    assert "0394-555 0101" in said
    assert "码上找代表" in said


@pytest.mark.parametrize("character", "洺塅溁墈郸䶮")
def test_rare_characters_of_place_names_are_drawn(character: str) -> None:
    assert sheet.glyph_name(character) != ".notdef"
    box = sheet.Sheet(20, 20, "")
    box.add(sheet.Text(2, 16, 14, character))
    empty = sheet.Sheet(20, 20, "")
    empty.add(sheet.Text(2, 16, 14, "\U000fffff"))  # a character that no font has
    drawn = raster.picture(box, 72).tobytes()
    assert drawn != raster.picture(empty, 72).tobytes()
    assert rendered(vector.pdf(box), 72).tobytes() != rendered(vector.pdf(empty), 72).tobytes()


def test_both_ways_of_drawing_look_alike() -> None:
    page = layouts.card(facts())
    page.shapes = [shape for shape in page.shapes if not isinstance(shape, sheet.Code)]  # whole pixels only in one way
    one = raster.picture(page, 100).convert("L").resize((105, 148), Image.Resampling.BOX)
    other = rendered(vector.pdf(page), 100).convert("L").resize((105, 148), Image.Resampling.BOX)
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (105 * 148) < 6, "of 255, on average"


def test_one_red_and_ink_only() -> None:
    colours = {shape.colour for shape in layouts.poster(facts()).shapes if not isinstance(shape, sheet.Code)}
    assert colours == {sheet.INK, sheet.RED, sheet.GREY, sheet.LINE, sheet.PAPER}


def test_the_first_corner_of_the_code_is_the_red_mark() -> None:
    image = raster.picture(layouts.sticker(facts()), 300)
    found = zxingcpp.read_barcodes(image)[0].position.top_left
    assert image.getpixel((found.x + 4, found.y + 4)) == sheet.RED


def test_the_same_print_twice_is_the_same_file() -> None:
    assert vector.pdf(layouts.card(facts())) == vector.pdf(layouts.card(facts()))


def _draw_with_a_font_just_opened(how: Callable[[sheet.Sheet], object]) -> object:
    return how(layouts.poster(facts(station="宁平镇融合站点")))


def test_threads_that_open_the_font_together_all_draw() -> None:
    """A page asks for three pictures at once; the lazily read font must not be read by two threads."""
    for _ in range(5):
        for kept in (sheet.face, sheet._widths, vector._strokes):
            kept.cache_clear()
        with ThreadPoolExecutor(6) as threads:
            made = list(threads.map(_draw_with_a_font_just_opened, [vector.pdf, lambda page: page.title] * 3))
        assert len(set(made)) == 2


@settings(max_examples=25, deadline=None)
@given(st.text(ALPHABET, min_size=8, max_size=8), st.sampled_from(["http://a.cn", SITE, "http://10.20.30.40:8000"]))
def test_any_code_on_the_smallest_print_is_read_at_screen_resolution(code: str, site: str) -> None:
    address = f"{site}/q/{code}/"
    page = layouts.sticker(facts(code=code, address=address))
    assert read(raster.picture(page, 72)) == [address]


def test_a_line_is_made_smaller_until_it_fits() -> None:
    assert sheet.fitted("短", 10, 100) == 10
    small = sheet.fitted("很长很长的一句话" * 4, 10, 100)
    assert sheet.measure("很长很长的一句话" * 4, small) == pytest.approx(100)


def test_a_row_s_print(entry: EntryCode) -> None:
    content = render(entry, "a6", "png", "https://a.cn/")
    assert read(Image.open(io.BytesIO(content)).convert("RGB")) == [f"https://a.cn/q/{entry.code}/"]
    assert facts_of(entry, SITE).station == "洺南街道融合站点"


@pytest.mark.parametrize(("key", "form"), [("a0", "pdf"), ("a4", "svg"), ("", ""), ("../a4", "pdf")])
def test_unknown_sizes_and_formats_are_refused(entry: EntryCode, key: str, form: str) -> None:
    with pytest.raises(BadInput):
        render(entry, key, form, SITE)


def test_file_names_are_safe_everywhere(entry: EntryCode) -> None:
    entry.label = '门口/../"<右>:*?'
    name = file_name(entry, "a4", "pdf")
    assert not set(name) & set('\\/:*?"<>|')
    assert name.startswith("洺南街道融合站点-门口")
    assert name.endswith(f"{entry.code}.pdf")
