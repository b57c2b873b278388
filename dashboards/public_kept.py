"""Public pages kept for a moment: whoever asks again within it is given the page that was already made.

Only pages that are the same for everybody are kept: plain addresses in a known query, asked without a session and
without a waiting message. Nothing is kept when the page carries a form's token or sets a cookie. Without the cache
each page is made anew.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

KNOWN = {"page", "done"}  # free text in the address would fill the cache
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


def kept(seconds: int) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Keep a public view's page for `seconds`, by address, query, host and display mode."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            key = _key(request)
            body = cache.get(key) if key else None
            if isinstance(body, tuple):
                return HttpResponse(body[0], headers=body[1])
            response = view(request, *args, **more)
            if key and _is_for_everybody(response):
                cache.set(key, (response.content, dict(response.headers)), seconds)
            return response

        return answer

    return around


def _key(request: HttpRequest) -> str:
    """Return the name to keep the page by; empty when it may be one person's."""
    if any(name in request.COOKIES for name in PERSONAL_COOKIES) or not KNOWN.issuperset(request.GET):
        return ""
    numbers = {name: request.GET[name] for name in sorted(request.GET)}
    if not all(value.isascii() and value.isdigit() and len(value) <= 3 for value in numbers.values()):
        return ""
    mode = "elder" if request.COOKIES.get("mode") == "elder" else "plain"
    return f"page:{request.get_host()}:{request.path}:{sorted(numbers.items())}:{mode}".replace(" ", "")


def _is_for_everybody(response: HttpResponse) -> bool:
    return response.status_code == 200 and not response.cookies and b"csrfmiddlewaretoken" not in response.content
