"""Placeholders: filled once, checked before they are stored, never executed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import words
from notices.models import Channel
from notices.words import Word, faults, fill, from_template, neat, offered, sms_parts

WORDS = [
    Word("title", "标题", "什么事", "路灯"),
    Word("link", "链接", "地址", "https://example.test/t/K7QM4XWD3R/"),
]


class TestFill:
    def test_values_take_the_place(self) -> None:
        assert fill("“{title}”：{link}", {"title": "路灯", "link": "x"}) == "“路灯”：x"

    def test_the_county_writes_chinese_words(self) -> None:
        assert fill("“{标题}”：{链接}", {"title": "路灯", "link": "x"}) == "“路灯”：x"
        assert faults("“{标题}”：{链接}", WORDS, Channel.SMS, must=("link",)) == []
        assert faults("{题目}", WORDS, Channel.SMS) == ["没有“{题目}”这个占位词，请从列出的里面选。"]

    def test_one_word_for_one_thing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(words, "_WORDS", dict(words._WORDS))
        words.register(Word("link", "链接", "again", "harmless"))
        with pytest.raises(ValueError, match="twice"):
            words.register(Word("other", "链接", "", ""))

    def test_a_value_is_never_filled_again(self) -> None:
        assert fill("{title}{link}", {"title": "{link}", "link": "{title}"}) == "{link}{title}"

    @pytest.mark.parametrize("value", [None, "", 0])
    def test_nothing_is_nothing(self, value: Any) -> None:
        assert fill("[{title}]", {"title": value}) == "[]"

    def test_an_unknown_one_disappears(self) -> None:
        assert fill("{unknown}!", {}) == "!"

    @pytest.mark.parametrize(
        "text",
        ["{title.__class__}", "{title!r}", "{title:>99999999}", "{0}", "{}", "{{ title }}", "{% load x %}", "%(title)s",
         "$title", "{title", "title}", "{ title }", "{Title}", "{title[0]}", "｛标题｝", "{标题!r}", "{标 题}"],
    )  # fmt: skip
    def test_nothing_else_is_understood(self, text: str) -> None:
        assert "VALUE" not in fill(text, {"title": "VALUE"}).replace("{VALUE}", "")

    @given(st.text(max_size=80), st.text(max_size=30))
    def test_text_without_placeholders_stays(self, text: str, value: str) -> None:
        if "{" not in text:
            assert fill(text, {"title": value}) == text


class TestFaults:
    @pytest.mark.parametrize("text", ["您好{name}", "{title}{secret}", "{phone}"])
    def test_an_unknown_placeholder_is_named(self, text: str) -> None:
        [sentence] = faults(text, WORDS, Channel.EMAIL)
        assert "没有“{" in sentence

    @pytest.mark.parametrize("text", ["{title", "title}", "{ title }", "{{title}}", "{TITLE}", "{%if%}", "{0}", "}{"])
    def test_a_brace_that_is_none(self, text: str) -> None:
        assert faults(text, WORDS, Channel.EMAIL) == ["有一个大括号没有配成对，或者里面不是占位词。"]

    def test_what_must_stand_there(self) -> None:
        assert faults("有结果了", WORDS, Channel.SMS, must=("link",)) == ["不能少了 {链接}。"]
        assert faults("有结果了：{link}", WORDS, Channel.SMS, must=("link",)) == []
        assert faults("有结果了", WORDS[:1], Channel.SMS, must=("link",)) == []

    def test_each_is_said_once(self) -> None:
        assert len(faults("{a}{a}{b}", WORDS, Channel.EMAIL)) == 2

    @pytest.mark.parametrize(
        ("channel", "most"),
        [(Channel.WECHAT, 20), (Channel.IN_SITE, 200), (Channel.WECOM, 1000), (Channel.EMAIL, 2000), ("PHONE", 500)],
    )
    def test_lengths(self, channel: str, most: int) -> None:
        assert faults("字" * most, [], channel) == []
        [sentence] = faults("字" * (most + 1), [], channel)
        assert f"最多 {most} 个字" in sentence

    def test_the_example_counts_not_the_placeholder(self) -> None:
        long = [Word("title", "标题", "", "长" * 30)]
        assert faults("{title}", long, Channel.WECHAT) != []

    def test_short_messages_by_their_parts(self) -> None:
        assert faults("字" * 201, [], Channel.SMS) == []
        [sentence] = faults("字" * 202, [], Channel.SMS)
        assert "拆成 4 条短信，最多 3 条" in sentence
        assert faults("字" * 201, [], Channel.SMS, sign="代表联络站") != []


class TestParts:
    @pytest.mark.parametrize(
        ("length", "parts"), [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
    )
    def test_seventy_then_sixty_seven(self, length: int, parts: int) -> None:
        assert sms_parts("字" * length) == parts

    def test_the_signature_counts_with_its_brackets(self) -> None:
        assert sms_parts("字" * 63, "代表联络站") == 1
        assert sms_parts("字" * 64, "代表联络站") == 2

    def test_rare_characters_count_double(self) -> None:
        assert sms_parts("𠀀" * 35) == 1
        assert sms_parts("𠀀" * 36) == 2
        assert sms_parts("塅" * 70) == 1  # of a place's name, and outside GBK, but one unit


class TestOffered:
    @pytest.mark.parametrize("channel", [Channel.WECOM, Channel.WECHAT])
    def test_nothing_of_a_matter_for_many_eyes(self, channel: str) -> None:
        names = ("title", "unit", "station", "receipt", "receipt2", "link", "subject", "due_day")
        assert {word.name for word in offered(names, channel)} == {"receipt2", "link", "subject"}

    def test_a_placeholder_nobody_knows_is_not_offered(self) -> None:
        assert offered(("link", "nobody_knows_this"), Channel.EMAIL)[0].mark == "{链接}"
        assert len(offered(("link", "nobody_knows_this"), Channel.EMAIL)) == 1

    def test_only_the_allowed_values_are_let_through(self) -> None:
        assert words.guarded({"title": "x", "receipt": "K7QM", "receipt2": "K7", "link": "l"}) == {
            "receipt2": "K7",
            "link": "l",
        }


class TestOurTexts:
    def test_in_braces(self) -> None:
        assert from_template("“{{ title }}”：{{link}}\n") == "“{标题}”：{链接}"

    @pytest.mark.parametrize("source", ["{% if x %}a{% endif %}", "{{ due|date:'n' }}", "{# x #}", "{{ a.b }}"])
    def test_one_that_computes_is_not_for_the_county(self, source: str) -> None:
        with pytest.raises(ValueError, match="inserts"):
            from_template(source)

    def test_neat(self) -> None:
        assert neat(" a \r\n\r\n\x00b\t\n") == "a\nb"
