"""The font for pictures and PDF: Noto Sans CJK from its package, which holds 洺 and the rare place-name characters."""

import functools
import os
from pathlib import Path

import noto_cjk_sans_otc

SIMPLIFIED = 2  # face of the collection: Noto Sans CJK SC


@functools.cache
def font_file() -> str:
    """Return the path of the font collection; `SIMPLIFIED` is the face to load from it."""
    folder = Path(os.path.dirname(noto_cjk_sans_otc.__file__))
    return str(next(folder.glob("*.ttc")))
