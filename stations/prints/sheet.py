"""What a print is made of: shapes on a sheet, in millimetres from the top left corner. Knows neither PNG nor PDF."""

import functools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import qrcode

from core.fonts import SIMPLIFIED, font_file

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

Colour = tuple[int, int, int]
INK: Colour = (33, 30, 26)
RED: Colour = (164, 42, 32)
GREY: Colour = (75, 70, 63)
LINE: Colour = (205, 200, 191)
PAPER: Colour = (255, 255, 255)

QUIET = 4  # modules of white around a code; readers need them
BOLD = 0.024  # how far a bold letter grows on each side, in parts of its size: the font comes in one weight


class Text(NamedTuple):
    """A line of text: `x` by `anchor` (l, m, r), `y` of the baseline, `size` of a square character."""

    x: float
    y: float
    size: float
    words: str
    colour: Colour = INK
    is_bold: bool = False
    anchor: str = "l"


class Box(NamedTuple):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour = INK


class Disc(NamedTuple):
    """A filled circle round its middle."""

    x: float
    y: float
    radius: float
    colour: Colour = INK


class Code(NamedTuple):
    """A QR code with its quiet zone, `side` millimetres wide; its first corner is the red mark."""

    x: float
    y: float
    side: float
    content: str


@dataclass
class Sheet:
    """One page."""

    width: float
    height: float
    title: str
    shapes: list[Text | Box | Disc | Code] = field(default_factory=list)

    def add(self, *shapes: Text | Box | Disc | Code) -> None:
        """Put shapes on top of what is there."""
        self.shapes += shapes

    def scaled(self, factor: float) -> "Sheet":
        """Return the same page larger or smaller."""
        return Sheet(self.width * factor, self.height * factor, self.title, [_grown(s, factor) for s in self.shapes])


def _grown(shape: Any, factor: float) -> Any:
    return type(shape)(*(value * factor if isinstance(value, int | float) and not isinstance(value, bool) else value
                         for value in shape))  # fmt: skip


# The font reads its file piece by piece and may not be read by two threads at once; a page asks for three pictures.
FONT_LOCK = threading.RLock()


@functools.cache
def face() -> "TTFont":
    """The Chinese font, opened once a process."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - heavy, and most web workers never need it

    return TTFont(font_file(), fontNumber=SIMPLIFIED, lazy=True)


@functools.cache
def _widths() -> tuple[dict[int, str], Any, int]:
    with FONT_LOCK:
        return face().getBestCmap(), face()["hmtx"], face()["head"].unitsPerEm


def glyph_name(character: str) -> str:
    """The font's name for a character; its empty box for one that it does not hold."""
    return _widths()[0].get(ord(character), ".notdef")


def advance(character: str) -> float:
    """How far a character moves the pen, in parts of the type size."""
    _, metrics, em = _widths()
    return float(metrics[glyph_name(character)][0]) / em


def measure(words: str, size: float) -> float:
    """Width of a line in the unit of `size`."""
    return sum(advance(character) for character in words) * size


def fitted(words: str, size: float, width: float) -> float:
    """The size at which a line is no wider than `width`: `size` itself where it fits."""
    wide = measure(words, size)
    return size if wide <= width else size * width / wide


@functools.lru_cache(maxsize=256)
def modules(content: str) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of a code without quiet zone; error correction M, the smallest version that holds it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(content)
    code.make(fit=True)
    return tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix())


def is_corner(row: int, column: int) -> bool:
    """Whether a module belongs to the first finder pattern, which is our mark 回."""
    return row < 7 and column < 7
