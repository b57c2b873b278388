"""Who is calling behind the front server."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from liaison.proxy import RealAddress


def seen_address(headers: dict[str, str], remote: str = "") -> str:
    """The caller's address as the portal's own code then sees it."""
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    RealAddress(page)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))
    return seen[0]


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::7"])
def test_the_front_server_names_the_caller(address: str) -> None:
    assert seen_address({"X-Real-IP": address}) == address


def test_blanks_around_an_address_are_dropped() -> None:
    assert seen_address({"X-Real-IP": " 203.0.113.9 "}) == "203.0.113.9"


@pytest.mark.parametrize("odd", ["", "unknown", "203.0.113.9, 10.0.0.1", "1.2.3.4\u200b", "<script>"])
def test_what_is_no_address_changes_nothing(odd: str) -> None:
    assert seen_address({"X-Real-IP": odd}, "10.0.0.1") == "10.0.0.1"


def test_what_callers_claim_elsewhere_is_not_believed() -> None:
    assert seen_address({"X-Forwarded-For": "203.0.113.9"}, "10.0.0.1") == "10.0.0.1"
