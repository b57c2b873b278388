"""A resident's page that has not changed, answered before the other layers for one narrow statement.

Whoever waits for an answer opens the same page again and again. A matter's mark (its e-tag) names everything the page
depends on but what a reference table says; the page of a closed matter has no form, so it is kept as it went out,
with all its headers, for a minute by each process.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag

from core.codes import RECEIPT_LENGTH, normalise
from core.prepared import Prepared
from opinions import present
from opinions.models import Opinion
from opinions.public_access import nobody_is_held
from opinions.public_present import limit_for_public
from opinions.states import State

_PLACE = "/t/"


class Marks(NamedTuple):
    """What a matter's mark is made of."""

    changed_at: datetime
    state: str
    round: int
    step_due_at: datetime | None
    reply_due_at: datetime | None


_marks = Prepared(lambda receipt: Opinion.objects.filter(receipt=receipt).values_list(*Marks._fields), "----------")


class KeptTrack:
    """Middleware, near the front. Answers 304 to whoever holds the present page, and hands out a kept one.

    Whoever guesses learns nothing here: only the exact mark counts for a 304 (a star would tell which receipts exist),
    and nothing is handed out while anybody is held up for wrong tries.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from what is kept, or let through and keep what came of it."""
        receipt = _receipt(request)
        if receipt is None:
            return self.get_response(request)
        key = _key(request)
        kept = caches["process"].get(key) if nobody_is_held() else None
        return self._held(request, receipt, kept) or self._through(request, key)

    def _held(self, request: HttpRequest, receipt: str, kept: tuple[str, bytes, dict[str, str]] | None) -> Any:
        """Answer without the layers below, None when there is nothing to answer with."""
        held = request.headers.get("If-None-Match", "").removeprefix("W/")
        if kept is None and not held.startswith('"'):
            return None
        request.get_host()  # refuses a strange host, as the layers below would
        row = next(iter(_marks(receipt)), None)
        etag = etag_of(request, Marks(*row)) if row is not None else None
        if etag is not None and etag == held:
            return _not_modified(etag)
        return HttpResponse(kept[1], headers=kept[2]) if kept is not None and kept[0] == etag else None

    def _through(self, request: HttpRequest, key: str) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_kept", False) and not response.cookies:
            caches["process"].set(key, (response["ETag"], response.content, dict(response.headers)))
        return response


def _key(request: HttpRequest) -> str:
    seen = f"kept {request.path} {request.COOKIES.get('mode', '')} {_form_of(request)}"
    return hashlib.sha256(seen.encode()).hexdigest()


def _form_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")[:8]


def _receipt(request: HttpRequest) -> str | None:
    """Return the receipt of a visitor's plain question for a matter's page, None for everything else."""
    path, held = request.path, request.COOKIES
    if request.method != "GET" or not path.startswith(_PLACE) or request.META["QUERY_STRING"]:
        return None
    if path.count("/") != 3 or "messages" in held or settings.SESSION_COOKIE_NAME in held:
        return None
    receipt = normalise(path[len(_PLACE) : -1])
    return receipt if len(receipt) == RECEIPT_LENGTH else None


def _not_modified(etag: str) -> HttpResponse:
    response = checked_each_time(HttpResponse(status=304), etag)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def may_be_kept(response: HttpResponse) -> HttpResponse:
    """Say that a page may be handed out again as it is: it holds no token and no waiting message."""
    response.is_kept = True  # type: ignore[attr-defined]
    return response


def checked_each_time(response: HttpResponse, etag: str) -> HttpResponse:
    """Let the visitor's browser keep the page, and ask each time whether it is still the present one."""
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def etag_of(request: HttpRequest, opinion: Opinion | Marks) -> str:
    """Return the mark: it changes with the matter, the day (lateness is words), the display mode and the form."""
    mode = request.COOKIES.get("mode", "")
    told = request.COOKIES.get("messages", "")[:16]
    now = timezone.now()
    late = present.is_late(opinion.state, limit_for_public(opinion), now)
    if opinion.state == State.MERGED:
        told = f"{now:%s%f}"  # what is shown is the road of another matter, whose changes leave no mark here
    at = f"{opinion.changed_at:%s%f}-{opinion.state}-{opinion.round}"
    return quote_etag(f"{at}-{timezone.localdate(now)}-{late}-{mode}-{_form_of(request)}-{told}")
