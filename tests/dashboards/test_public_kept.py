"""Public pages are kept for a moment, and never one person's page for another."""

from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboards.public_kept import kept


class _View:
    """Counts how often a page is made."""

    def __init__(self, **more: Any) -> None:
        self.made = 0
        self.more = more

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.made += 1
        response = HttpResponse(self.more.get("body", f"page {self.made}"), status=self.more.get("status", 200))
        response["Cache-Control"] = "public, max-age=60"
        if self.more.get("cookie"):
            response.set_cookie("seen", "1")
        return response


def _twice(inner: _View, first: str = "/s/x/", second: str | None = None, **cookies: str) -> tuple[bytes, bytes]:
    inner.__name__ = "inner"  # type: ignore[attr-defined]
    view, factory = kept(30)(inner), RequestFactory()
    factory.cookies.load(cookies)
    return view(factory.get(first)).content, view(factory.get(second or first)).content


def test_second_reader_is_given_the_page_already_made() -> None:
    inner = _View()
    assert _twice(inner) == (b"page 1", b"page 1")
    assert inner.made == 1


def test_kept_page_keeps_its_headers() -> None:
    inner = _View()
    view = kept(30)(inner)
    view(RequestFactory().get("/s/x/"))
    assert view(RequestFactory().get("/s/x/"))["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("first", "second"),
    [("/s/x/", "/s/y/"), ("/s/x/board/", "/s/x/board/?done=1"), ("/b/?page=1", "/b/?page=2")],
)
def test_other_address_or_query_is_another_page(first: str, second: str) -> None:
    assert _twice(_View(), first, second) == (b"page 1", b"page 2")


@pytest.mark.parametrize("address", ["/?q=田", "/?page=abc", "/?page=12345", "/?done=１", "/?x=1"])
def test_free_words_are_not_kept(address: str) -> None:
    assert _twice(_View(), address) == (b"page 1", b"page 2")


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_page_of_somebody_is_not_kept(cookie: str) -> None:
    assert _twice(_View(), **{cookie: "abc"}) == (b"page 1", b"page 2")


def test_elder_mode_has_its_own_page() -> None:
    inner = _View()
    view, plain, elder = kept(30)(inner), RequestFactory(), RequestFactory()
    elder.cookies.load({"mode": "elder"})
    assert view(plain.get("/")).content == b"page 1"
    assert view(elder.get("/")).content == b"page 2"
    assert view(plain.get("/")).content == b"page 1"


@pytest.mark.parametrize("more", [{"cookie": True}, {"status": 404}])
def test_cookie_or_refusal_is_not_kept(more: dict[str, Any]) -> None:
    assert _twice(_View(**more)) == (b"page 1", b"page 2")


def test_page_with_a_token_is_not_kept() -> None:
    inner = _View(body='<input name="csrfmiddlewaretoken" value="1">')
    _twice(inner)
    assert inner.made == 2


def test_without_the_cache_each_page_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", lambda *args: None)
    monkeypatch.setattr(cache, "set", lambda *args: None)
    assert _twice(_View()) == (b"page 1", b"page 2")
