"""What every request and every answer passes. Signing in and sessions are `accounts.middleware`."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

NOT_ALLOWED = 405


class PageAbove:
    """Leads whoever opens an address that only takes a form to the page above it, where the form stands.

    One gets there by going back, by loading again, or by signing in anew after the session ran out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a reading request that was refused for its method goes one step up."""
        response = self.get_response(request)
        if response.status_code == NOT_ALLOWED and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(request.path.rstrip("/").rpartition("/")[0] + "/")
        return response


class NoNullLetters:
    """Refuses an address with the letter that no table can hold: nobody types it, and every filter would ask for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 at once, or pass the request on."""
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise BadRequest("a null letter in the address")
        return self.get_response(request)
