"""The shared parts of a page: what stands in the HTML and what is read aloud."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags import look

AT = datetime(2026, 4, 9, 1, 41, tzinfo=UTC)  # 9:41 in Shanghai, a Thursday


def page(source: str, **given: Any) -> str:
    return Template("{% load look %}" + source).render(Context(given))


def label(html: str) -> str:
    found = re.search(r'aria-label="([^"]*)"', html)
    return found[1] if found else ""


def test_a_shape_is_silent_and_comes_from_our_own_sprite() -> None:
    html = page('{% glyph "full" "is-done" %}')
    assert 'aria-hidden="true"' in html
    assert 'class="g is-done"' in html
    assert re.search(r'href="/static/img/sprite[^"]*\.svg#g-full"', html)


def test_an_icon_takes_a_further_class() -> None:
    assert 'class="i"' in page('{% icon "pen" %}')
    assert 'class="i ok"' in page('{% icon "tickk" "ok" %}')


def test_a_name_from_outside_cannot_leave_the_attribute() -> None:
    assert "<script>" not in page("{% icon name %}", name='x"/><script>')


def test_a_state_is_shape_colour_and_word() -> None:
    html = page('{% state_mark "is-move" "half" "已交办" %}')
    assert 'class="state is-move"' in html
    assert "#g-half" in html
    assert html.endswith("已交办</span>")


def due(**changed: Any) -> SimpleNamespace:
    plain = {"tone": "is-soon", "glyph": "dia", "words": "今天下班前", "is_provisional": False, "is_plain": False}
    return SimpleNamespace(**(plain | changed))


def test_a_limit_has_its_words() -> None:
    html = page("{% due_chip due %}", due=due())
    assert 'class="due is-soon"' in html
    assert "#g-dia" in html
    assert "今天下班前" in html
    assert "暂定" not in html


def test_a_provisional_limit_says_so_in_words_too() -> None:
    html = page("{% due_chip due %}", due=due(is_provisional=True))
    assert "is-tent" in html
    assert "今天下班前，暂定" in html


def test_a_limit_within_a_sentence_is_plain() -> None:
    assert 'class="due is-soon is-plain"' in page("{% due_chip due %}", due=due(is_plain=True))


@pytest.mark.parametrize(("step", "before", "dots"), [(2, "收到", 1), (3, "受理", 2)])
def test_a_line_that_ended_early_stops_there(step: int, before: str, dots: int) -> None:
    html = look.five_steps(step, ended="已撤回")
    assert label(html) == f"走完“{before}”以后已撤回"
    assert html.count("<circle") == dots
    assert html.count('class="stop"') == 1
    for later in ('class="now"', 'class="off"', 'class="end"', "latefill"):
        assert later not in html


@pytest.mark.parametrize(
    ("step", "late", "done", "words"),
    [
        (1, False, False, "第 1 步“收到”，共 5 步"),
        (3, False, False, "第 3 步“办理”，共 5 步"),
        (3, True, False, "第 3 步“办理”，共 5 步，已超期"),
        (5, False, False, "第 5 步“评价”，共 5 步"),
        (5, False, True, "五步都走完了"),
    ],
)
def test_the_line_of_five_steps_is_read_aloud(step: int, late: bool, done: bool, words: str) -> None:
    assert label(page("{% five_steps step late done %}", step=step, late=late, done=done)) == words


@given(step=st.integers(1, 4), late=st.booleans())
def test_the_line_has_one_mark_for_here_and_the_rest_behind_or_ahead(step: int, late: bool) -> None:
    html = look.five_steps(step, late)
    assert html.count('class="on" cx') == step - 1
    assert html.count('class="off" cx') == 4 - step
    assert html.count("latefill") == int(late)
    assert html.count('class="now"') == int(not late)


def test_the_end_is_a_square_and_becomes_the_mark() -> None:
    assert '<rect class="off"' in look.five_steps(2)
    assert '<rect class="now"' in look.five_steps(5)
    assert 'class="end"' in look.five_steps(5, done=True)
    assert look.five_steps(5, done=True).count('class="on" cx') == 4


def test_the_bar_tells_its_base_and_its_silence() -> None:
    html = page("{% honest_bar 57 6 37 %}")
    assert label(html) == "100 件里：57 件满意和基本满意，6 件不满意，37 件没有评"
    assert '<rect class="yes" x="0" y="1" width="171"' in html
    assert '<rect class="bad" x="171" y="1" width="18"' in html


def test_nothing_to_rate_is_an_empty_bar_with_words() -> None:
    html = page("{% honest_bar 0 0 0 %}")
    assert label(html) == "还没有办完的事"
    assert 'class="bad" x="0" y="1" width="0"' in html


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.integers(0, 200_000))
def test_the_bar_never_overflows_and_never_hides_a_dissatisfied_one(yes: int, bad: int, silent: int) -> None:
    html = look.honest_bar(yes, bad, silent)
    satisfied, dissatisfied = (int(found) for found in re.findall(r'class="(?:yes|bad)"[^>]*width="(\d+)"', html))
    assert satisfied + dissatisfied <= 302
    assert (dissatisfied > 0) == (bad > 0)


def test_a_long_work_shows_how_far_it_is() -> None:
    html = page("{% progress_bar 13 22 %}")
    assert label(html) == "22 个做好 13 个"
    assert 'class="fg" width="59"' in html
    assert 'class="fg" width="0"' in page("{% progress_bar 0 0 %}")
    assert 'class="fg" width="100"' in page("{% progress_bar 25 22 %}")
    assert label(page('{% progress_bar 1 2 "导入了一半" %}')) == "导入了一半"


def test_a_person_without_a_portrait_is_his_family_name() -> None:
    html = page('{% avatar "麦知秋" "ava-sm" %}')
    assert 'class="ava ava-sm"' in html
    assert ">麦</text>" in html


def test_a_person_with_a_portrait_is_drawn() -> None:
    html = page("{% avatar person %}", person=SimpleNamespace(name="麦知秋", portrait="bob-1"))
    assert "<text" not in html
    assert "<ellipse" in html


@time_machine.travel(AT)
@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("day", "4 月 9 日"),
        ("dayw", "4 月 9 日 周四"),
        ("moment", "4 月 9 日 9:41"),
        ("md", "4/9"),
    ],
)
def test_hours_are_those_of_shanghai(shown: str, words: str) -> None:
    assert page(f"{{{{ at|{shown} }}}}", at=AT) == words
    assert page(f"{{{{ at|{shown} }}}}", at=None) == ""


@time_machine.travel(AT)
def test_late_in_the_evening_it_is_tomorrow_in_shanghai() -> None:
    assert page("{{ at|day }}", at=datetime(2026, 4, 8, 16, 1, tzinfo=UTC)) == "4 月 9 日"


@time_machine.travel(AT)
def test_another_year_is_named() -> None:
    assert page("{{ on|day }}", on=date(2027, 1, 8)) == "2027 年 1 月 8 日"
    assert page("{{ on|day }}", on=date(2026, 1, 8)) == "1 月 8 日"


def test_codes_names_and_numbers_are_shown_as_people_may_see_them() -> None:
    assert page("{{ code|spell }}", code="K7QM4XWD3R") == "K7QM-4XWD-3R"
    assert page("{{ name|masked_name }} {{ phone|masked_phone }}", name="田大山", phone="13812341234") == (
        "田** 138****1234"
    )
    assert page("{{ nothing|spell }}{{ nothing|masked_name }}", nothing="") == ""


def test_the_rail_marks_where_one_is_and_counts_what_is_unread() -> None:
    links = [
        SimpleNamespace(address="/desk/", icon="home", label="今天"),
        SimpleNamespace(address="/n/", icon="bell", label="<b>通知"),
    ]
    drawn = look.rail_links(links, "/desk/", 3)
    assert drawn.count("<a ") == 2
    assert drawn.count('aria-current="page"') == 1
    assert drawn.index("aria-current") < drawn.index("今天")
    assert "&lt;b&gt;通知" in drawn
    assert 'aria-label="3 条没看">3<' in drawn
    assert "没看" not in look.rail_links(links, "/n/", 0)
    assert ">99+<" in look.rail_links(links, "", 100)
