"""Drawn photographs for the demo: a street, a lamp, a puddle; nothing is downloaded and nobody is on them."""

import hashlib
import io
from random import Random

from PIL import Image, ImageDraw

from core.uploads import CleanPhoto

SIDE = 960


def draw(luck: Random, subject: str) -> CleanPhoto:
    """Return a small scene whose colours depend on luck and whose middle depends on the subject."""
    night = subject.startswith(("sr-ludeng", "gy-dian"))
    sky, ground = ("#2b2f38", "#22252c") if night else ("#aebfcb", "#8f8a7d")
    paper = Image.new("RGB", (SIDE, SIDE), sky)
    pen = ImageDraw.Draw(paper)
    for left in range(-40, SIDE, 170):
        top = luck.randrange(300, 470)
        wall = (
            luck.choice(("#3a3f49", "#464b55", "#333843")) if night else luck.choice(("#c9c6bd", "#b9b0a0", "#d6d0c4"))
        )
        pen.rectangle((left, top, left + 150, 720), fill=wall)
        for window in range(top + 30, 660, 80):
            pane = luck.choice(("#c9a45a", "#2b2f38", "#2b2f38")) if night else "#7d8890"
            pen.rectangle((left + 30, window, left + 65, window + 40), fill=pane)
    pen.polygon(((0, SIDE), (330, 700), (630, 700), (SIDE, SIDE)), fill=ground)
    if night:
        pen.line(((640, 760), (640, 260), (520, 220)), fill="#6a6f78", width=14)
    else:
        pen.ellipse((300, 790, 680, 900), fill=luck.choice(("#5c646b", "#6b6152", "#4f5a55")))
    return _photo(paper)


def _photo(paper: Image.Image) -> CleanPhoto:
    jpeg, small = io.BytesIO(), io.BytesIO()
    paper.save(jpeg, "JPEG", quality=80)
    thumb = paper.resize((480, 480))
    thumb.save(small, "JPEG", quality=80)
    data = jpeg.getvalue()
    return CleanPhoto(data, small.getvalue(), SIDE, SIDE, hashlib.sha256(data).hexdigest())
