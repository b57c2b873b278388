"""Pages that belong to no app: the switch of the elder mode, the privacy notice, the live page of components."""

from urllib.parse import unquote, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from liaison.context import ELDER_COOKIE
from liaison.parts import parts_context
from opinions import consent

YEAR = 365 * 24 * 3600


@require_safe
def elder(request: HttpRequest) -> HttpResponse:
    """Turn the elder mode (长者版) on or off and go back to the page one came from."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) or not target.startswith("/"):
        target = "/"
    response = redirect(_with_query(request, target))
    if request.COOKIES.get(ELDER_COOKIE) == "elder":
        response.delete_cookie(ELDER_COOKIE)
    else:
        response.set_cookie(
            ELDER_COOKIE, "elder", max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response


def _with_query(request: HttpRequest, target: str) -> str:
    """Return the page one came from with what stood behind its path: the town, the search, the code of a slip.

    The browser says it. It does not stand in the link, since a page that is kept for all must not show one's own.
    """
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return target
    is_same = came.netloc == request.get_host() and unquote(came.path) == target
    return f"{target}?{came.query}" if is_same and came.query else target


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy notice whose version a resident agrees to."""
    return render(request, "privacy.html", {"version": consent.WORDS})


@require_safe
@login_required
def parts(request: HttpRequest) -> HttpResponse:
    """Show every component once, so that a change of one is seen at once."""
    return render(request, "components/parts.html", parts_context())
