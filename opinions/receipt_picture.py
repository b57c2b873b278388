"""The receipt as a picture: code, QR, station and telephone, in a font that carries every place name."""

import io
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from core.fonts import SIMPLIFIED, font_file
from core.qr import qr_image
from core.workdays import day_words

WIDTH, HEIGHT = 750, 1060
INK, GREY, RED, PAPER = "#211e1a", "#625c53", "#a42a20", "#ffffff"


def receipt_picture(*, code: str, title: str, station: str, phone: str, address: str, on: date) -> bytes:
    """Return a PNG of 750 × 1060 pixels. No name and no phone of the resident is on it."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(paper)
    _mark(pen, 48, 52)
    _text(pen, (108, 48), "码上找代表", 38, INK)
    _text(pen, (48, 130), station, 32, GREY)
    _text(pen, (48, 186), _fit(pen, title, 34, WIDTH - 96), 34, INK)
    code_image = qr_image(address, box=10).resize((420, 420), Image.Resampling.NEAREST)
    paper.paste(code_image, ((WIDTH - 420) // 2, 270))
    _centred(pen, 716, "回执码", 28, GREY)
    _centred(pen, 760, code, 60, INK)
    _centred(pen, 866, "用微信扫一扫，直接看进度", 30, GREY)
    _centred(pen, 930, f"站点电话 {phone}" if phone else station, 30, INK)
    _centred(pen, 984, f"{on.year} 年 {day_words(on)}收到", 26, GREY)
    stored = io.BytesIO()
    paper.save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(), size, index=SIMPLIFIED)


def _text(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, fill: str) -> None:
    pen.text(at, text, font=_font(size), fill=fill)


def _centred(pen: ImageDraw.ImageDraw, top: int, text: str, size: int, fill: str) -> None:
    pen.text((WIDTH / 2, top), text, font=_font(size), fill=fill, anchor="ma")


def _fit(pen: ImageDraw.ImageDraw, text: str, size: int, room: int) -> str:
    """Cut a title with … where it would run off the paper."""
    if pen.textlength(text, font=_font(size)) <= room:
        return text
    while text and pen.textlength(text + "…", font=_font(size)) > room:
        text = text[:-1]
    return text + "…"


def _mark(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    """Draw 回: what was sent out returns."""
    pen.rectangle((left, top, left + 44, top + 44), fill=RED)
    pen.rectangle((left + 7, top + 7, left + 37, top + 37), fill=PAPER)
    pen.rectangle((left + 14, top + 14, left + 30, top + 30), fill=RED)
