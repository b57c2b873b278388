"""Notices in words."""

from typing import Any

import pytest
from django.template import TemplateDoesNotExist

from notices import checks, kinds, texts
from notices.kinds import Kind
from notices.models import Channel, Notice

pytestmark = pytest.mark.django_db


def notice(kind: str = "news", channel: str = Channel.SMS, **context: Any) -> Notice:
    return Notice(kind=kind, channel=channel, context=context)


def test_values_and_site_address() -> None:
    text = texts.body(notice(title="路灯", receipt="K7QM4XWD3R"))
    assert text == "您说的事路灯有结果了。\nhttps://example.test/t/K7QM4XWD3R/"


def test_moments_come_back_in_local_time() -> None:
    text = texts.body(notice(title="", receipt="", due="2026-04-08T16:30:00+00:00"))
    assert "4 月 9 日前" in text


@pytest.mark.parametrize("value", ["2026-13-45T99:99:99", "2026-04-09", "洺南街道 T 12", ""])
def test_what_only_looks_like_a_moment_stays_text(value: str) -> None:
    assert value in texts.body(notice("plain", title=value))


def test_values_are_no_template_and_no_html() -> None:
    text = texts.body(notice("plain", title="<script>{{ secret }}{% load x %} & 'quoted'"))
    assert text == "短信：<script>{{ secret }}{% load x %} & 'quoted'"


def test_a_channel_may_have_its_own_text() -> None:
    assert texts.body(notice("plain", Channel.EMAIL, title="路灯")) == "其他：路灯"
    assert texts.body(notice("plain", Channel.SMS, title="路灯")) == "短信：路灯"


def test_titles() -> None:
    assert texts.title(notice()) == "有结果了"
    assert texts.title(notice("gone")) == "gone"


def test_a_missing_text_is_an_error_for_delivery_and_a_title_on_the_page() -> None:
    kinds.register(Kind("bare", "没有文字", "probe/nothing"))
    with pytest.raises(TemplateDoesNotExist):
        texts.body(notice("bare"))
    assert texts.preview(notice("bare")) == "没有文字"
    assert texts.preview(notice("gone")) == "gone"


def test_start_up_finds_kinds_without_text() -> None:
    assert checks.check_texts() == []
    kinds.register(Kind("bare", "没有文字", "probe/nothing"))
    [problem] = checks.check_texts()
    assert problem.id == "notices.E001"
    assert "bare" in problem.msg


def test_prefix_forms() -> None:
    assert Kind("x", "", "a/b").texts("SMS") == ["a/b.sms.txt", "a/b.txt", "a/b/x.txt"]
    assert Kind("x", "", "a/b.txt").texts("SMS")[1] == "a/b.txt"
    assert Kind("x", "", "a/").texts("SMS")[2] == "a/x.txt"
