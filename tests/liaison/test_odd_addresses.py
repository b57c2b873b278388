"""No address breaks when somebody writes nonsense into it: numbers beyond any table, letters no table keeps."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from opinions.states import State
from tests.world import World, make_world

HUGE = "9" * 25
SAMPLES = (
    {"int": HUGE, "slug": "x" * 300, "str": "2" * 300, "uuid": "12345678-1234-5678-1234-567812345678"},
    {"int": "0", "slug": "mingnan", "str": "%00", "uuid": "00000000-0000-0000-0000-000000000000"},
)
WORDS = (
    "page", "q", "group", "year", "month", "category", "unit", "place", "station", "since", "until", "after", "row",
    "matter", "state", "sort", "tab", "as", "do", "show", "order", "next", "key", "theme", "id", "size", "period",
)  # fmt: skip
ODD = (HUGE, "\0", "-1", "９９", "2026-13-45T99:00:00+08:00", "<script>", "=1+1", "//evil.example")


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    world.opinion(State.HANDLING)
    return world


def addresses(samples: dict[str, str], patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the portal with a sample in each place; the support screens are the framework's."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(r"<(\w+):\w+>", lambda found: samples[found[1]], str(item.pattern))
        if isinstance(item, URLResolver) and not route.startswith("/admin"):
            yield from addresses(samples, item.url_patterns, route)
        elif isinstance(item, URLPattern) and "<" not in route and "(?P" not in route:
            yield route


def visitor(world: World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(world.users[who])
    return client


def broken(answer: HttpResponse) -> bool:
    return answer.status_code >= 500 and answer.status_code != 503


@pytest.mark.parametrize("who", ["", "clerk", "county_staff", "admin"])
@pytest.mark.parametrize("samples", SAMPLES, ids=["huge", "nought"])
def test_nonsense_in_the_path_is_not_found_and_no_crash(world: World, who: str, samples: dict[str, str]) -> None:
    client = visitor(world, who)
    tried = [address for address in addresses(samples) if "logout" not in address]
    assert len(tried) > 100
    assert [address for address in tried if broken(client.get(address))] == []
    assert [address for address in tried if broken(client.post(address, {"reason": "\0", "pk": HUGE}))] == []


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("who", ["", "clerk", "county_staff"])
def test_nonsense_behind_the_question_mark_is_no_crash(world: World, who: str, odd: str) -> None:
    client = visitor(world, who)
    tried = addresses({"int": "1", "slug": "mingnan", "str": "x", "uuid": HUGE})
    pages = [address for address in tried if HUGE not in address and "logout" not in address]
    query = dict.fromkeys(WORDS, odd)
    assert [address for address in pages if broken(client.get(address, query))] == []


@pytest.mark.parametrize(
    ("address", "status"), [("/desk/records/?q=%00", 200), ("/t/?code=a%00b", 404), ("/desk/%00/", 404)]
)
def test_the_letter_no_table_holds_is_one_wrong_letter(world: World, address: str, status: int) -> None:
    assert visitor(world, "clerk").get(address).status_code == status


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_door_leads_out_of_the_portal(world: World, next_page: str) -> None:
    for address in ("/elder/", "/accounts/login/"):
        answer = visitor(world, "").get(address, {"next": next_page})
        assert "evil.example" not in answer.headers.get("Location", "")
        assert 'href="//evil' not in answer.content.decode()
