"""What the live page of components shows: one sample of every shape, tone and state. Samples only, no real rows."""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from core.portraits import NAMES


class SampleDue(NamedTuple):
    """A limit as `{% due_chip %}` takes it."""

    tone: str
    glyph: str
    words: str
    is_provisional: bool = False
    is_plain: bool = False


class SampleFace(NamedTuple):
    """A person as `{% avatar %}` takes it."""

    name: str
    portrait: str


DUES = (
    SampleDue("is-done", "full", "还有 6 天"),
    SampleDue("is-soon", "dia0", "明天下班前"),
    SampleDue("is-soon", "dia", "今天下班前"),
    SampleDue("is-late", "tri", "超 2 个工作日"),
    SampleDue("is-wait", "none", "还没交办"),
    SampleDue("is-done", "hui", "按期办结"),
    SampleDue("is-done", "full", "1 月 8 日前", is_provisional=True),
    SampleDue("is-late", "tri", "超期 2 天", is_plain=True),
)
STATES = (
    ("is-wait", "none", "待受理"),
    ("is-move", "quart", "已受理"),
    ("is-move", "half", "已交办"),
    ("is-move", "three", "办理中"),
    ("is-move", "bull", "待审核"),
    ("is-move", "talk", "待评价"),
    ("is-move", "flag", "跟踪落实"),
    ("is-done", "hui", "已办结"),
    ("is-soon", "ret", "申请退回"),
    ("is-wait", "minus", "不予受理"),
    ("is-wait", "merge", "已并案"),
    ("is-wait", "cross", "已撤回"),
)
VITALITY = (("is-done", "full", "活跃"), ("is-soon", "moon", "休眠"), ("is-late", "shell", "空壳"))
SYMBOL = re.compile(r'<symbol id="(g|i)-([^"]+)"')


@cache
def symbols() -> dict[str, tuple[str, ...]]:
    """Names of all symbols of the sprite by family: `g` are state shapes, `i` are icons."""
    sprite = (Path(settings.BASE_DIR) / "static" / "img" / "sprite.svg").read_text(encoding="utf-8")
    found = SYMBOL.findall(sprite)
    return {family: tuple(name for kind, name in found if kind == family) for family in ("g", "i")}


def parts_context() -> dict[str, Any]:
    """Everything the page of components asks for."""
    faces = [SampleFace("麦知秋", name) for name in NAMES[::3]]
    return {
        "dues": DUES,
        "states": STATES,
        "vitality": VITALITY,
        "glyphs": symbols()["g"],
        "icons": symbols()["i"],
        "faces": [*faces, SampleFace("安可期", ""), SampleFace("洺河", "")],
    }
