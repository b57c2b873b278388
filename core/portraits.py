"""Drawn portraits: quiet faces made of a few paths, so that no photograph of a person has to be kept.

A portrait is named `<hair>-<colours>`, for instance `bob-2`; whoever keeps a person's record chooses it. Without a
name the first character of the person's name stands on a coloured ground, which never guesses a face.
"""

from hashlib import sha256
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_CLOTHES = "M8 66c1-14 11-19 24-19s23 5 24 19z"
_NECK = "M27 38h10v9c0 4-10 4-10 0z"
_COLLAR = "M25 47.5 32 55l7-7.5 3 1L32 60 22 48.5z"


class Hair(NamedTuple):
    """Two outlines: what lies behind the face (may be empty) and what lies over it."""

    behind: str
    over: str


class Colours(NamedTuple):
    """Ground, clothes, skin and hair."""

    ground: str
    clothes: str
    skin: str
    hair: str


HAIR = {
    "short": Hair(
        "",
        "M19.5 25c-1-9 4-13.5 12.5-13.5S45.5 16 44.5 25c-1.5-4-3-6-5-7-4 1.5-11 1.5-15 0-2.5 1.5-4 3.5-5 7z",
    ),
    "side": Hair(
        "", "M19.5 26c-2-10 3-15.5 13-15.5 9 0 13.5 5 12 15.5-1-4-2.5-6.5-4.5-8-6 2-11 1-15-2-3 2-4.5 5-5.5 10z"
    ),
    "bob": Hair(
        "M18 38c-2-18 2-27 14-27s16 9 14 27z",
        "M18 37c-2-17 2-26 14-26s16 9 14 26c-3 1-5 0-5-2V22c-6 1-12 0-16-3-2 3-2 6-2 16 0 2-2 3-5 2z",
    ),
    "bun": Hair(
        "M26 9a6 6 0 1 1 12 0 6 6 0 1 1-12 0zM19 32c-2-13 2-21 13-21s15 8 13 21z",
        "M19.5 29c-2-12 3-18 12.5-18s14.5 6 12.5 18c-1-6-4-9.5-12.5-10.5-8.5 1-11.5 4.5-12.5 10.500z",
    ),
}
COLOURS = (
    Colours("#e9e1d6", "#8a9a94", "#e8c4a2", "#3a342d"),
    Colours("#e4e6e0", "#7d6a72", "#ecc9a8", "#2c2825"),
    Colours("#e6e2dc", "#5f7286", "#e2b995", "#6b655d"),
    Colours("#e0e6ea", "#6f7c5f", "#e6bf9b", "#332d29"),
    Colours("#ece0e0", "#4f6a74", "#e9c5a6", "#8f8a83"),
)
GROUNDS = (
    ("#e9e1d6", "#5a4a3a"), ("#e4e6e0", "#44503f"), ("#e0e6ea", "#39505f"), ("#ece0e0", "#6a4142"),
    ("#e8e4ee", "#544a68"), ("#eae6d4", "#5d5428"),
)  # fmt: skip
NAMES = tuple(f"{hair}-{number}" for hair in HAIR for number in range(len(COLOURS)))


def portrait(name: str, drawn: str = "", size: str = "") -> SafeString:
    """SVG of a person: the face called `drawn` if there is one of that name, else the first character of `name`.

    `size` is a further class (`ava-sm`, `ava-lg`). Silent for reading aloud: the name always stands beside it.
    """
    inside = _face(drawn) if drawn in NAMES else _letter(name.strip() or "站")
    return format_html('<svg class="{}" viewBox="0 0 64 64" aria-hidden="true">{}</svg>', f"ava {size}".strip(), inside)


def _face(drawn: str) -> SafeString:
    hair, number = drawn.rsplit("-", 1)
    behind, over = HAIR[hair]
    ground, clothes, skin, colour = COLOURS[int(number)]
    return mark_safe(  # noqa: S308 - made of this module's constants alone
        f'<rect width="64" height="64" fill="{ground}"/>'
        + (f'<path d="{behind}" fill="{colour}"/>' if behind else "")
        + f'<path d="{_CLOTHES}" fill="{clothes}"/><path d="{_NECK}" fill="{skin}"/>'
        f'<path d="{_COLLAR}" fill="#fff" opacity=".85"/><ellipse cx="32" cy="28" rx="11.5" ry="14" fill="{skin}"/>'
        f'<path d="{over}" fill="{colour}"/>'
    )


def _letter(name: str) -> SafeString:
    ground, ink = GROUNDS[sha256(name.encode()).digest()[0] % len(GROUNDS)]
    return format_html(
        '<rect width="64" height="64" fill="{}"/>'
        '<text x="32" y="42" text-anchor="middle" font-size="28" font-weight="600" fill="{}">{}</text>',
        ground,
        ink,
        name[0],
    )
