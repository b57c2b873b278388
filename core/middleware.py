"""What every request and every answer passes. Signing in and sessions are `accounts.middleware`."""

from collections.abc import Callable

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
    """Replaces the letter that no table can hold by U+FFFD, as browsers do: a wrong code stays a wrong code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the address without its null letters; what a form carries is checked by the form."""
        if "\0" in request.path:
            request.path, request.path_info = (one.replace("\0", "\ufffd") for one in (request.path, request.path_info))
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%EF%BF%BD")
        return self.get_response(request)
