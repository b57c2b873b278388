"""The receipt as a picture: its QR leads back, and nothing of it runs off the paper or tells who asked."""

import io
from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageChops

from opinions.receipt_picture import HEIGHT, PAPER, WIDTH, receipt_picture

ADDRESS = "https://hui.example.cn/t/K7QM4XWD3R/"
FACTS = {
    "code": "K7QM-4XWD-3R",
    "title": "东街与王寨路口三盏路灯不亮",
    "station": "洺南街道融合站点",
    "phone": "0394-555 0101",
    "address": ADDRESS,
    "on": date(2026, 3, 25),
}


def draw(**change: object) -> Image.Image:
    """Return the picture of a receipt."""
    return Image.open(io.BytesIO(receipt_picture(**(FACTS | change)))).convert("RGB")  # type: ignore[arg-type]


def test_the_picture_leads_back_to_the_matter() -> None:
    picture = draw()
    assert picture.size == (WIDTH, HEIGHT)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == ADDRESS


@pytest.mark.parametrize("title", ["短", "很长的标题" * 30, "😀塅里的溁湾路口", ""])
def test_no_title_runs_off_the_paper(title: str) -> None:
    picture = draw(title=title)
    margins = [picture.crop((0, 0, 40, HEIGHT)), picture.crop((WIDTH - 40, 0, WIDTH, HEIGHT))]
    for margin in margins:
        assert ImageChops.difference(margin, Image.new("RGB", margin.size, PAPER)).getbbox() is None


@pytest.mark.parametrize("change", [{"code": "AAAA-BBBB-CC"}, {"station": "吴台镇融合站点"}, {"phone": ""}])
def test_what_changes_is_seen(change: dict[str, object]) -> None:
    assert ImageChops.difference(draw(), draw(**change)).getbbox() is not None


def test_the_same_receipt_is_the_same_picture() -> None:
    assert receipt_picture(**FACTS) == receipt_picture(**FACTS)  # type: ignore[arg-type]
