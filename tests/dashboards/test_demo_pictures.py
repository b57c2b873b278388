"""The demo's drawn pictures and its texts, without the county."""

from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dashboards.demo import book, pictures, texts


def test_the_drawn_page_is_the_same_each_time_and_differs_with_its_words() -> None:
    one, other = book.draw_page(12, [("周大娘", "路灯不亮")]), book.draw_page(12, [("周大娘", "路灯不亮")])
    assert one.sha256 == other.sha256
    assert book.draw_page(12, [("周大娘", "路灯亮了")]).sha256 != one.sha256
    assert len(one.jpeg) < 300_000


def test_a_drawn_photo_is_the_same_for_the_same_luck() -> None:
    one, other = pictures.draw(Random(5), "sr-ludeng"), pictures.draw(Random(5), "sr-ludeng")
    assert one.sha256 == other.sha256
    assert pictures.draw(Random(6), "jt-daolu").sha256 != one.sha256


def test_no_text_reads_like_filler() -> None:
    everything = "".join(f"{m.words}{m.demand}{m.answer}" for m in texts.MATTERS)
    assert not any(word in everything.lower() for word in ("lorem", "测试", "xxx", "示例", "todo"))


def test_the_command_refuses_where_the_portal_is_no_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("seed_demo", stdout=StringIO())
