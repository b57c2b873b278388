"""The choices drawn as one string say the same as Django's own."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from core.widgets import PlainChecks, PlainSelect

WORDS = st.text("ab<>&\"' 镇村", max_size=6)
FLAT = st.lists(st.tuples(WORDS, WORDS), max_size=5)
CHOICES = st.lists(
    st.one_of(
        st.tuples(WORDS, WORDS),
        st.tuples(WORDS.filter(bool), st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3)),
    ),
    max_size=5,
)


class _Reader(HTMLParser):
    """Everything that matters to a browser: elements with their attributes, and text without blanks around it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.said.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append(data.strip())


def _read(html: str) -> list[Any]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.said


@given(choices=CHOICES, value=st.one_of(st.none(), WORDS))
def test_a_select_is_the_one_django_draws(choices: list[Any], value: str | None) -> None:
    arguments: dict[str, Any] = {"attrs": {"class": "input"}, "choices": choices}
    plain, django = PlainSelect(**arguments), forms.Select(**arguments)
    assert _read(plain.render("place", value, {"id": "id_place"})) == _read(
        django.render("place", value, {"id": "id_place"})
    )


@given(choices=FLAT, ticked=st.lists(WORDS, max_size=3))
def test_boxes_are_the_ones_django_draws(choices: list[Any], ticked: list[str]) -> None:
    plain, django = PlainChecks(choices=choices), forms.CheckboxSelectMultiple(choices=choices)
    if choices:
        assert _read(plain.render("state", ticked, {"id": "id_state"})) == _read(
            django.render("state", ticked, {"id": "id_state"})
        )


@pytest.mark.parametrize("value", ['"><script>alert(1)</script>', "&lt;"])
def test_nothing_in_a_choice_becomes_an_element(value: str) -> None:
    drawn = PlainSelect(choices=[(value, value)]).render("x", value)
    assert "<script" not in drawn
    assert drawn.count("<option") == 1
    assert " selected" in drawn
