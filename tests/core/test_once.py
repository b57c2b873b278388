"""The same words sent twice, the same device counted twice; a forged cookie counts as none."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory

from core import once


def request(**cookies: str) -> Any:
    made = RequestFactory().get("/")
    made.COOKIES.update(cookies)
    return made


def remembered(where: str, body: str, key: UUID) -> str:
    response = HttpResponse()
    once.remember_sent(request(), response, where, body, key, path="/s/")
    return str(response.cookies[once.SENT].value)


def test_the_same_words_to_the_same_place_have_the_key_they_had() -> None:
    key = uuid4()
    kept = remembered("mingnan", "路灯不亮", key)
    assert once.sent_before(request(sent=kept), "mingnan", "路灯不亮") == key
    assert once.sent_before(request(sent=kept), "mingnan", "路灯又不亮") is None
    assert once.sent_before(request(sent=kept), "wutai", "路灯不亮") is None


def test_the_border_between_place_and_words_is_kept() -> None:
    kept = remembered("a", "b\0c", uuid4())
    assert once.sent_before(request(sent=kept), "a\0b", "c") is not None  # the border alone is no secret
    assert once.sent_before(request(sent=kept), "ab", "c") is None


@pytest.mark.parametrize(
    "forged",
    ["", "x", "e30:1:2", signing.dumps({"key": "x", "words": "y"}, salt="sent"), signing.dumps([], salt="sent"),
     signing.dumps({"key": str(uuid4())}, salt="sent"),
     signing.dumps({"key": str(uuid4()), "words": "y"}, salt="else")],
    ids=range(7),  # what is signed holds the second: it is no name
)  # fmt: skip
def test_a_forged_cookie_counts_as_none(forged: str) -> None:
    assert once.sent_before(request(sent=forged), "mingnan", "路灯不亮") is None


def test_after_ten_minutes_the_same_words_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = remembered("mingnan", "路灯不亮", uuid4())
    monkeypatch.setattr(once, "SENT_SECONDS", -1)
    assert once.sent_before(request(sent=kept), "mingnan", "路灯不亮") is None


def test_the_cookie_holds_no_word_and_is_not_read_by_scripts() -> None:
    response = HttpResponse()
    once.remember_sent(request(), response, "mingnan", "路灯不亮", uuid4(), path="/s/")
    cookie = response.cookies[once.SENT]
    assert "路灯" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/s/")


def test_a_device_keeps_its_mark_and_a_forged_one_is_replaced() -> None:
    mark = once.device_of(request())
    assert len(mark) == 32
    assert once.device_of(request(device=mark)) == mark
    for forged in ("", "x", mark.upper() + "Z", mark + "0", "'; DROP TABLE"):
        fresh = once.device_of(request(device=forged))
        assert fresh != forged
        assert len(fresh) == 32


def test_the_devices_cookie_lives_long_and_is_not_read_by_scripts() -> None:
    response = HttpResponse()
    once.remember_device(response, "0" * 32)
    cookie = response.cookies[once.DEVICE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] > 365 * 24 * 3600


def test_only_the_device_that_spoke_is_thanked_and_only_for_that() -> None:
    response = HttpResponse()
    once.remember_said(request(), response, "poll:1")
    kept = response.cookies[once.SAID]
    assert kept["httponly"]
    assert once.has_just_said(request(said=kept.value), "poll:1")
    assert not once.has_just_said(request(said=kept.value), "poll:2")
    assert not once.has_just_said(request(said="forged"), "poll:1")
    assert not once.has_just_said(request(), "poll:1")
