"""The shapes of a print: growing, measuring, modules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.prints import raster, sheet, vector
from stations.prints.sheet import INK, PAPER, RED, Box, Code, Disc, Sheet, Text

WORDS = st.text("洺南街道融合站点码上找代表ABC0123 ，。", min_size=1, max_size=30)


def page(*shapes: Text | Box | Disc | Code) -> Sheet:
    made = Sheet(50, 50, "一页")
    made.add(*shapes)
    return made


def test_growing_keeps_words_and_colours() -> None:
    grown = page(Text(1, 2, 3, "洺南", RED, True, "m"), Disc(4, 5, 6), Code(1, 1, 20, "x")).scaled(2)
    assert (grown.width, grown.height, grown.title) == (100, 100, "一页")
    assert grown.shapes == [Text(2, 4, 6, "洺南", tuple(RED), True, "m"), Disc(8, 10, 12), Code(2, 2, 40, "x")]


def test_growing_leaves_the_drawn_page_alone() -> None:
    drawn = page(Box(1, 1, 1, 1))
    drawn.scaled(3)
    assert drawn.shapes == [Box(1, 1, 1, 1)]


@given(WORDS, st.floats(0.5, 50))
def test_a_line_is_as_wide_as_its_characters(words: str, size: float) -> None:
    assert sheet.measure(words, size) == pytest.approx(sum(sheet.measure(sign, size) for sign in words))


def test_a_chinese_character_is_a_square() -> None:
    assert sheet.measure("洺", 10) == 10
    assert sheet.measure("", 10) == 0


@given(WORDS, st.floats(1, 40), st.floats(5, 200))
def test_fitting_never_grows_and_always_fits(words: str, size: float, width: float) -> None:
    fitted = sheet.fitted(words, size, width)
    assert fitted <= size
    assert sheet.measure(words, fitted) <= width * 1.0001


def test_a_code_is_square_and_has_its_three_corners() -> None:
    rows = sheet.modules("https://a.cn/q/K7QM4XWD/")
    side = len(rows)
    assert all(len(row) == side for row in rows)
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        assert all(rows[top][left + step] and rows[top + step][left] for step in range(7))
        assert rows[top + 3][left + 3]
        assert not rows[top + 1][left + 1]


def test_the_mark_is_the_first_corner_only() -> None:
    assert sheet.is_corner(0, 0)
    assert sheet.is_corner(6, 6)
    assert not sheet.is_corner(7, 0)
    assert not sheet.is_corner(0, 30)


def test_a_short_address_needs_no_larger_code_than_a_phone_reads_well() -> None:
    assert len(sheet.modules("https://lianluozhan.dancheng.gov.cn/q/K7QM4XWD/")) <= 33


def test_a_box_fills_exactly_its_pixels() -> None:
    image = raster.picture(page(Box(10, 10, 20, 5, RED)), 254)  # ten pixels a millimetre
    assert image.getpixel((100, 100)) == RED
    assert image.getpixel((299, 149)) == RED
    assert image.getpixel((300, 149)) == PAPER
    assert image.getpixel((299, 150)) == PAPER
    assert image.getpixel((99, 100)) == PAPER


def test_a_disc_is_round() -> None:
    image = raster.picture(page(Disc(25, 25, 10)), 254)
    assert image.getpixel((250, 250)) == INK
    assert image.getpixel((250, 152)) == INK
    assert image.getpixel((155, 155)) == PAPER, "its corner is empty"


def test_a_code_keeps_its_quiet_zone_white() -> None:
    image = raster.picture(page(Code(0, 0, 50, "https://a.cn/q/K7QM4XWD/")), 150).convert("L")
    across = len(sheet.modules("https://a.cn/q/K7QM4XWD/")) + 2 * sheet.QUIET
    quiet = image.width // across * sheet.QUIET
    assert image.crop((0, 0, image.width, quiet)).getextrema() == (255, 255)
    assert image.crop((0, 0, quiet, image.height)).getextrema() == (255, 255)


@pytest.mark.parametrize("anchor", ["l", "m", "r"])
def test_text_stands_where_its_anchor_says(anchor: str) -> None:
    image = raster.picture(page(Text(25, 30, 6, "站", INK, False, anchor)), 100).convert("L").point(lambda p: 255 - p)
    left, _, right, _ = image.getbbox() or (0, 0, 0, 0)
    middle = (left + right) / 2 / image.width * 50
    assert middle == pytest.approx({"l": 28, "m": 25, "r": 22}[anchor], abs=0.6)


def test_bold_is_darker() -> None:
    def ink(is_bold: bool) -> int:
        grey = raster.picture(page(Text(5, 30, 10, "回音", INK, is_bold)), 150).convert("L")
        return sum(255 - value for value in grey.tobytes())

    assert ink(True) > ink(False) * 1.15


@pytest.mark.parametrize("words", ["", " ", "🌾", "\U00020bb7", "a\u200bb", "ﬁ"])
def test_no_character_breaks_a_print(words: str) -> None:
    made = page(Text(5, 30, 6, words), Text(5, 40, 6, words, INK, True, "m"))
    assert vector.pdf(made).startswith(b"%PDF")
    assert raster.png(made, 72).startswith(b"\x89PNG")
