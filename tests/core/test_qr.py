"""QR codes are read back by an independent reader, at small sizes and with long addresses."""

import io
import re

import pytest
import zxingcpp
from PIL import Image, ImageFont

from core.fonts import SIMPLIFIED, font_file
from core.qr import qr_image, qr_png, qr_svg

ADDRESS = "https://hui.example.cn/t/K7QM4XWD3R/"


def read(picture: Image.Image) -> str:
    """Return the one text a reader finds."""
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


@pytest.mark.parametrize("box", [2, 4, 6, 10])
def test_an_independent_reader_finds_the_address(box: int) -> None:
    assert read(qr_image(ADDRESS, box)) == ADDRESS


def test_the_png_holds_the_same(tmp_path: object) -> None:
    data = qr_png(ADDRESS)
    assert data.startswith(b"\x89PNG")
    assert read(Image.open(io.BytesIO(data))) == ADDRESS


def test_a_corner_may_be_dirty() -> None:
    picture = qr_image(ADDRESS, 10)
    side = picture.width
    picture.paste("white", (side // 2, side // 2, side // 2 + side // 10, side // 2 + side // 10))
    assert read(picture) == ADDRESS


def test_there_is_a_quiet_zone() -> None:
    picture = qr_image(ADDRESS, 5)
    edge = [picture.getpixel((x, y)) for x in range(picture.width) for y in (0, 19, picture.height - 1)]
    assert set(edge) == {(255, 255, 255)}


def test_a_long_address_makes_a_larger_code() -> None:
    assert qr_image(ADDRESS * 5, 4).width > qr_image(ADDRESS, 4).width


@pytest.mark.parametrize("sign", "洺塅溁墈回")
def test_the_font_draws_rare_place_names(sign: str) -> None:
    font = ImageFont.truetype(font_file(), 40, index=SIMPLIFIED)
    missing = font.getmask("\U0010fffd")
    assert font.getname()[0] == "Noto Sans CJK SC"
    assert bytes(font.getmask(sign)) != bytes(missing)


def test_the_drawing_has_the_same_dots() -> None:
    svg = qr_svg(ADDRESS, "到<这里>")
    dots = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)}
    picture = qr_image(ADDRESS, 1).convert("1")
    assert dots == {(x, y) for x in range(picture.width) for y in range(picture.height) if not picture.getpixel((x, y))}
    assert f'viewBox="0 0 {picture.width} {picture.width}"' in svg
    assert "到&lt;这里&gt;" in svg
