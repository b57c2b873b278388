"""Drawn portraits: the face that was chosen, else the family name; always harmless HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import portraits
from core.portraits import NAMES, portrait


@pytest.mark.parametrize("drawn", NAMES)
def test_every_chosen_face_is_drawn_and_silent(drawn: str) -> None:
    html = portrait("麦知秋", drawn)
    assert 'aria-hidden="true"' in html
    assert "麦" not in html
    assert html.count("<svg") == html.count("</svg>") == 1


def test_no_two_faces_are_the_same() -> None:
    assert len({portrait("", drawn) for drawn in NAMES}) == len(NAMES)


@pytest.mark.parametrize("drawn", ["", "bob", "bob-99", "beard-1", "../bob-1", '"><script>'])
def test_a_face_that_does_not_exist_leaves_the_name(drawn: str) -> None:
    assert ">洺</text>" in portrait("洺河", drawn)


def test_a_name_keeps_its_colour() -> None:
    assert portrait("田大山") == portrait("田大山")
    colours = {re.search(r'fill="(#\w+)"', portrait(name))[1] for name in "赵钱孙李周吴郑王冯陈褚卫"}  # type: ignore[index]
    assert len(colours) > 3


def test_nobody_is_the_station() -> None:
    assert ">站</text>" in portrait("  ")


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_breaks_out(name: str, drawn: str) -> None:
    html = portrait(name, drawn)
    assert html.count("<") == html.count(">")
    assert len(html) < 1200


def test_letters_are_readable_on_their_ground() -> None:
    for ground, ink in portraits.GROUNDS:
        assert contrast(ground, ink) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours written #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
