"""A sheet as a picture. Modules of a code are whole pixels, so that a screen shot at 72 dpi can be read as well."""

import io

from PIL import Image, ImageDraw, ImageFont

from core.fonts import SIMPLIFIED, font_file
from stations.prints.sheet import (
    BOLD,
    INK,
    PAPER,
    QUIET,
    RED,
    Box,
    Code,
    Disc,
    Sheet,
    Text,
    is_corner,
    measure,
    modules,
)

MM_PER_INCH = 25.4
COLOURS = 48  # enough for four inks and the soft edges of letters; a picture of an A3 stays under a megabyte


def picture(sheet: Sheet, dpi: int) -> Image.Image:
    """Draw a sheet at `dpi` dots per inch."""
    scale = dpi / MM_PER_INCH
    image = Image.new("RGB", (round(sheet.width * scale), round(sheet.height * scale)), PAPER)
    draw = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        match shape:
            case Text():
                _text(draw, shape, scale)
            case Box():
                edges = [shape.x, shape.y, shape.x + shape.width, shape.y + shape.height]
                left, top, right, bottom = (round(edge * scale) for edge in edges)
                draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=shape.colour)
            case Disc():
                _disc(image, shape, scale)
            case Code():
                _code(draw, shape, scale)
    return image


def png(sheet: Sheet, dpi: int) -> bytes:
    """Return the picture as a PNG that knows its resolution, so that it prints in its true size."""
    stored = io.BytesIO()
    few = picture(sheet, dpi).quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(stored, "PNG", optimize=True, dpi=(dpi, dpi))
    return stored.getvalue()


def _text(draw: ImageDraw.ImageDraw, text: Text, scale: float) -> None:
    size = text.size * scale
    font = ImageFont.truetype(font_file(), size, index=SIMPLIFIED)
    shift = {"l": 0.0, "m": 0.5, "r": 1.0}[text.anchor] * measure(text.words, size)
    stroke = size * BOLD if text.is_bold else 0
    draw.text((text.x * scale - shift, text.y * scale), text.words, text.colour, font, "ls", stroke_width=stroke)


def _disc(image: Image.Image, disc: Disc, scale: float) -> None:
    """Draw four times as large and shrink: the drawing library leaves the edge of a circle jagged."""
    side = round(disc.radius * scale * 2)
    mask = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side * 4 - 1, side * 4 - 1), fill=255)
    corner = (round((disc.x - disc.radius) * scale), round((disc.y - disc.radius) * scale))
    image.paste(disc.colour, corner, mask.resize((side, side), Image.Resampling.LANCZOS))


def _code(draw: ImageDraw.ImageDraw, code: Code, scale: float) -> None:
    rows = modules(code.content)
    side, across = round(code.side * scale), len(rows) + 2 * QUIET
    module = max(side // across, 1)
    spare = (side - module * across) // 2 + module * QUIET
    left, top = round(code.x * scale) + spare, round(code.y * scale) + spare
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                at = (left + x * module, top + y * module)
                ink = RED if is_corner(y, x) else INK
                draw.rectangle((*at, at[0] + module - 1, at[1] + module - 1), fill=ink)
