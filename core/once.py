"""The same words sent twice, the same device counted twice: what a cookie knows of it, and nothing of the person."""

import hashlib
import re
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SENT = "sent"  # the cookie that knows what was sent last, as a fingerprint
SENT_SECONDS = 600
SAID = "said"  # the cookie that knows what was just taken, so that thanks are said to nobody else
DEVICE = "device"  # the cookie that knows a device, set when it first seconds something
DEVICE_SECONDS = 2 * 366 * 24 * 3600
_MARK = re.compile(r"[0-9a-f]{32}")


def sent_before(request: HttpRequest, where: str, body: str) -> UUID | None:
    """Return the key under which this device sent the very same words to the same place a moment ago.

    Going back brings the words with a fresh key, and sending again must not make the thing twice.
    """
    try:
        kept = signing.loads(request.COOKIES.get(SENT, ""), salt=SENT, max_age=SENT_SECONDS)
        return UUID(kept["key"]) if kept["words"] == _print_of(where, body) else None
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def remember_sent(
    request: HttpRequest, response: HttpResponse, where: str, body: str, key: UUID | None, *, path: str
) -> None:
    """Let the device know for ten minutes what it sent; the cookie travels only to pages under `path`."""
    signed = signing.dumps({"key": str(key), "words": _print_of(where, body)}, salt=SENT)
    response.set_cookie(
        SENT, signed, max_age=SENT_SECONDS, path=path, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def _print_of(where: str, body: str) -> str:
    return hashlib.sha256(f"{where}\0{body}".encode()).hexdigest()


def remember_said(request: HttpRequest, response: HttpResponse, what: str) -> None:
    """Let the device know for ten minutes that something of it was just taken; the address alone thanks nobody."""
    signed = signing.dumps(what, salt=SAID)
    response.set_cookie(SAID, signed, max_age=SENT_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure())


def has_just_said(request: HttpRequest, what: str) -> bool:
    """Tell whether this very thing of this device was just taken; whoever was sent the address sees the page itself."""
    try:
        return bool(signing.loads(request.COOKIES.get(SAID, ""), salt=SAID, max_age=SENT_SECONDS) == what)
    except signing.BadSignature:
        return False


def device_of(request: HttpRequest) -> str:
    """Return the device's mark; a fresh one for a device without, or with a forged one."""
    kept = request.COOKIES.get(DEVICE, "")
    return kept if _MARK.fullmatch(kept) else uuid4().hex


def remember_device(response: HttpResponse, device: str) -> None:
    """Let the device keep its mark."""
    response.set_cookie(
        DEVICE, device, DEVICE_SECONDS, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
    )
