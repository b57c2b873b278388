"""A sheet as PDF, everything in outlines: sharp in any size, and no printer needs the font."""

import functools
import io
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from stations.prints.sheet import (
    BOLD,
    FONT_LOCK,
    INK,
    QUIET,
    RED,
    Box,
    Code,
    Colour,
    Disc,
    Sheet,
    Text,
    advance,
    face,
    glyph_name,
    is_corner,
    measure,
    modules,
)

ROUND = 1  # line joins of bold letters


def pdf(*sheets: Sheet) -> bytes:
    """Return the sheets as a PDF, a page each in its true size."""
    stored = io.BytesIO()
    canvas = Canvas(stored, pageCompression=1, invariant=1)
    canvas.setTitle(sheets[0].title)
    canvas.setCreator("码上找代表")
    for sheet in sheets:
        size = (sheet.width * mm, sheet.height * mm)
        canvas.setPageSize(size)
        canvas.setLineJoin(ROUND)
        canvas.translate(0, size[1])
        canvas.scale(mm, -mm)  # from here: millimetres from the top left corner
        for shape in sheet.shapes:
            _draw(canvas, shape)
        canvas.showPage()
    canvas.save()
    return stored.getvalue()


def _draw(canvas: Canvas, shape: Any) -> None:
    match shape:
        case Text():
            _text(canvas, shape)
        case Box():
            _ink(canvas, shape.colour)
            canvas.rect(shape.x, shape.y, shape.width, shape.height, stroke=0, fill=1)
        case Disc():
            _ink(canvas, shape.colour)
            canvas.circle(shape.x, shape.y, shape.radius, stroke=0, fill=1)
        case Code():
            _code(canvas, shape)


def _ink(canvas: Canvas, colour: Colour) -> None:
    part = [value / 255 for value in colour]
    canvas.setFillColorRGB(*part)
    canvas.setStrokeColorRGB(*part)


def _text(canvas: Canvas, text: Text) -> None:
    _ink(canvas, text.colour)
    canvas.setLineWidth(text.size * BOLD * 2)
    x = text.x - {"l": 0.0, "m": 0.5, "r": 1.0}[text.anchor] * measure(text.words, text.size)
    path = canvas.beginPath()
    for character in text.words:
        _outline(path, _strokes(glyph_name(character)), x, text.y, text.size)
        x += advance(character) * text.size
    canvas.drawPath(path, stroke=int(text.is_bold), fill=1, fillMode=FILL_NON_ZERO)


@functools.lru_cache(maxsize=2048)
def _strokes(name: str) -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    with FONT_LOCK:
        glyphs = face().getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        return tuple(pen.value)


def _outline(path: Any, strokes: Any, x: float, y: float, size: float) -> None:
    """Add a letter to the path; the font counts upwards in thousandths, the sheet downwards in millimetres."""
    part = size / face()["head"].unitsPerEm
    verbs = {"moveTo": path.moveTo, "lineTo": path.lineTo, "curveTo": path.curveTo}
    for verb, points in strokes:
        if verb in verbs:
            verbs[verb](*(value for px, py in points for value in (x + px * part, y - py * part)))
        else:
            path.close()


def _code(canvas: Canvas, code: Code) -> None:
    rows = modules(code.content)
    module = code.side / (len(rows) + 2 * QUIET)
    for is_mark, colour in ((False, INK), (True, RED)):
        path = canvas.beginPath()
        for y, row in enumerate(rows):
            for x, is_dark in enumerate(row):
                if is_dark and is_corner(y, x) == is_mark:
                    path.rect(code.x + (x + QUIET) * module, code.y + (y + QUIET) * module, module, module)
        _ink(canvas, colour)
        canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)
