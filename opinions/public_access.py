"""How a resident comes to his matter: by the receipt alone, or with the last four digits of the telephone as well.

Malformed, unknown, wrong digits: one answer after one query, so nothing can be learned from it. Only wrong tries are
counted; whoever reads his own receipt is never held up, and a village behind one router has room for many slips of
the finger. When wrong tries pour in from everywhere, each caller's room shrinks instead of the door being shut.
"""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import limits
from core.codes import RECEIPT_LENGTH, normalise
from core.minute import Minute
from core.prepared import PreparedRows
from opinions.models import Opinion
from stations.models import Station, Unit
from stations.queries import known

HOUR = 3600
WRONG_A_CALLER = 300  # wrong tries an hour from one address
WRONG_IN_ALL = 20_000  # wrong tries an hour from everywhere, before each caller's room shrinks
WRONG_UNDER_SIEGE = 30
UNKNOWN = "----------"  # no receipt looks like this; it keeps the query the same for a malformed one
_ALL = "all"
_ELSEWHERE: list[Callable[[str], str]] = []
_wrong_in_all = Minute(lambda: limits.spent("wrong", _ALL)[0], seconds=1.0)
_by_receipt = PreparedRows(lambda code: Opinion.objects.filter(receipt=code), UNKNOWN, without=["body_folded"])


class WrongReceipt(Exception):
    """No matter for this code; nothing says why."""


class TooManyTries(Exception):
    """This caller tried too many wrong codes; right and wrong ones get the same answer for a while."""


def find(request: HttpRequest, typed: str, digits: str = "") -> Opinion:
    """Return the matter of a typed code. `digits`, when given, must be the last four of the telephone left.

    Raises WrongReceipt or TooManyTries.
    """
    refuse_held(request)
    code = normalise(typed)
    found = _read(code if len(code) == RECEIPT_LENGTH else UNKNOWN, with_phone=bool(digits))
    phone = found.phone[-4:] if found is not None and digits else ""
    fits = not digits or phone != "" and hmac.compare_digest(normalise(digits).encode(), phone.encode())
    if found is None or not fits:
        count_wrong(request)
        raise WrongReceipt
    found.station = known(Station, found.station_id)
    found.lead_unit = known(Unit, found.lead_unit_id) if found.lead_unit_id else None
    return found


def refuse_held(request: HttpRequest) -> None:
    """Raise TooManyTries where this caller has used up his wrong tries."""
    if not nobody_is_held():
        wrong, wrong_in_all = limits.spent("wrong", limits.caller(request), _ALL)
        if wrong >= (WRONG_UNDER_SIEGE if wrong_in_all > WRONG_IN_ALL else WRONG_A_CALLER):
            raise TooManyTries


def count_wrong(request: HttpRequest) -> None:
    """Count one more wrong try."""
    limits.count("wrong", limits.caller(request), seconds=HOUR)
    limits.count("wrong", _ALL, seconds=HOUR)
    _wrong_in_all.forget()


def nobody_is_held() -> bool:
    """Tell, from a count at most a second old, whether so few wrong tries came from everywhere that no single caller
    can have used up his own. Saves the question about each caller.
    """
    return _wrong_in_all() < min(WRONG_A_CALLER, WRONG_IN_ALL)


def _read(code: str, *, with_phone: bool) -> Opinion | None:
    """Fetch a matter in one statement; unless digits are to be compared no identity is even deciphered."""
    if with_phone:
        return Opinion.objects.defer("body_folded").filter(receipt=code).first()
    return next(iter(_by_receipt(code)), None)


def wrong_page(request: HttpRequest, typed: str) -> HttpResponse:
    """The one answer to every wrong code, with the way on."""
    return _page(request, {"typed": typed[:20], "is_wrong": True}, 404)


def too_many_page(request: HttpRequest, typed: str) -> HttpResponse:
    """The answer while a caller has used up his wrong tries: wait, or ring the station."""
    return _page(request, {"typed": typed[:20], "is_held": True}, 429)


def also_known(find: Callable[[str], str]) -> None:
    """Let another package say where a receipt of its own leads: `find(code)` returns an address, or ""."""
    if find not in _ELSEWHERE:
        _ELSEWHERE.append(find)


def elsewhere(typed: str) -> str:
    """Return the address that a receipt of another package leads to, "" when nobody knows it; asked of all alike."""
    code = normalise(typed)
    return next(filter(None, (find(code if len(code) == RECEIPT_LENGTH else UNKNOWN) for find in _ELSEWHERE)), "")


def by_receipt(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the matter of the receipt in its address, and answer a wrong receipt the same way everywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, receipt: str, **more: Any) -> HttpResponse:
        try:
            opinion = find(request, receipt)
        except WrongReceipt:
            return wrong_page(request, receipt)
        except TooManyTries:
            return too_many_page(request, receipt)
        response = view(request, opinion, **more)
        response["X-Robots-Tag"] = "noindex, nofollow"
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def _page(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    response = render(request, "opinions/public/lookup.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
