"""What a person reads when something broke: never a bare 500, never a lost text.

When the database is away for a moment – a restart, a cable – the page says so, keeps what was typed and offers to
send it again. The client key in the form makes a second sending harmless. Anything else gets an honest sentence.
"""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

RETRY_SECONDS = 10
_SECRET = ("password", "otp", "secret")


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: 503 with the typed fields kept while the database is away, else 500 with a sentence.

    It reads nothing from the database, for that may be what broke.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("500.html", _context()), status=500)
    context = _context() | {"typed": typed_fields(request), "has_files": bool(_files(request)), "path": request.path}
    answer = HttpResponse(render_to_string("503.html", context), status=503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of everything typed into the form that was being sent, without passwords."""
    if request.method != "POST":
        return []
    try:
        pairs = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, RequestDataTooBig):
        return []
    return [(name, value) for name, value in pairs if not any(word in name.lower() for word in _SECRET)]


def _files(request: HttpRequest) -> bool:
    try:
        return request.method == "POST" and bool(request.FILES)
    except (UnreadablePostError, RequestDataTooBig):
        return False


def _context() -> dict[str, object]:
    """What the base page wants to know; the context processors are left out, for they may ask the database."""
    return {"site_name": "码上找代表", "elder": False}
