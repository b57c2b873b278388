"""Who is calling, when a front server stands before us. Switched on by BEHIND_PROXY and by nothing else.

Limits, lock-out and the audit log go by the caller's address. Behind nginx every call comes from nginx; it says the
real address in X-Real-IP, overwriting whatever the caller claimed. Without it that header is anybody's word.
"""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse


class RealAddress:
    """Middleware that puts the front server's word for the caller's address into REMOTE_ADDR."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """An address that is none is left out, so that nothing odd reaches a log or a key."""
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(request.headers.get("X-Real-IP", "").strip()))
        return self.get_response(request)
