"""No address answers a bare 405 to somebody who only opens it: he is led to the page above."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from core.middleware import PageAbove
from tests.world import World, make_world

SAMPLES = {"int": "1", "slug": "mingnan", "str": "2222222222", "uuid": "12345678-1234-5678-1234-567812345678"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the portal with a sample in each place; the support screens are the framework's."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], str(item.pattern))
        if isinstance(item, URLResolver) and not route.startswith("/admin"):
            yield from addresses(item.url_patterns, route)
        elif isinstance(item, URLPattern):
            yield route


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/desk/stations/prints/", "/desk/stations/"),
        ("/desk/opinions/new/visits/", "/desk/opinions/new/"),
        ("/desk/opinions/new/guess/", "/desk/opinions/new/"),
        ("/accounts/otp/codes/", "/accounts/otp/"),
    ],
)
def test_an_address_that_only_takes_a_form_leads_to_the_page_with_the_form(
    client: Client, world: World, address: str, above: str
) -> None:
    client.force_login(world.clerk)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, above)


@pytest.mark.parametrize("who", ["", "clerk", "county_staff", "handler", "rep", "admin", "security", "audit"])
def test_no_address_refuses_to_be_opened(client: Client, world: World, who: str) -> None:
    if who:
        client.force_login(world.users[who])
    tried = list(addresses())
    assert len(tried) > 60
    assert [address for address in tried if client.get(address).status_code == 405] == []


def test_signing_in_again_after_such_a_form_ends_on_the_page_above(client: Client, world: World) -> None:
    to_sign_in = client.post("/desk/stations/prints/", {"scope": "all"})
    assert to_sign_in["Location"].endswith("?next=/desk/stations/prints/")
    client.force_login(world.clerk)
    assert client.get("/desk/stations/prints/", follow=True).redirect_chain[-1] == ("/desk/stations/", 302)


@pytest.mark.parametrize(("method", "status"), [("get", 302), ("head", 302), ("post", 405), ("put", 405)])
def test_only_reading_is_led_elsewhere(method: str, status: int) -> None:
    answer = PageAbove(lambda request: HttpResponseNotAllowed(["POST"]))(getattr(RequestFactory(), method)("/a/b/"))
    assert answer.status_code == status


def test_a_page_that_answers_is_left_alone() -> None:
    assert PageAbove(lambda request: HttpResponse("da"))(RequestFactory().get("/a/b/")).content == b"da"
