"""Between sign-in and the desk: idle time-out, and the steps that must be done first.

Somebody whose steps are not done (second factor, first password) is nobody outside /accounts/: private
pages lead to the step, public pages treat him as a visitor.
"""

from collections.abc import Callable
from enum import Enum
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from accounts import audit, second_factor

SEEN, GATE = "accounts_seen", "accounts_gate"
PRIVATE = ("/desk/", "/county/", "/admin/", "/accounts/")
# The session row is rewritten at most this often (seconds).
TOUCH_EVERY = 60


class Step(Enum):
    """What is missing before the desk opens; the value is the URL name that does it."""

    VERIFY = "accounts:otp_verify"
    PASSWORD = "accounts:password"  # noqa: S105 - a page's name
    ENROL = "accounts:otp_enrol"


def missing_step(request: HttpRequest) -> Step | None:
    """The next step of the signed-in person, None when all are done.

    A device that exists comes before the password: who only knows a password may not change it.
    """
    user = request.user
    enrolled = second_factor.is_enrolled(user)
    if enrolled and not user.is_verified():
        return Step.VERIFY
    if user.must_change_password:
        return Step.PASSWORD
    if not enrolled and second_factor.is_required(user):
        return Step.ENROL
    return None


class StaffSession:
    """The middleware; stands after django-otp's. Visitors without a session cookie pass untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through, or answer with the way to the missing step; keep private pages out of every cache."""
        answer = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            answer = self._idle(request) or self._gate(request)
        response = answer or self.get_response(request)
        if is_private(request.path) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def _idle(self, request: HttpRequest) -> HttpResponse | None:
        now = timezone.now()
        seen = request.session.get(SEEN, now.timestamp())
        idle = now.timestamp() - seen
        if idle <= settings.STAFF_SESSION_MINUTES * 60:
            if SEEN not in request.session or idle >= TOUCH_EVERY:
                request.session[SEEN] = now.timestamp()
            return None
        audit.record("session_expired", actor=request.user, at=now, subject=f"user:{request.user.pk}",
                     ip=audit.address_of(request))  # fmt: skip
        logout(request)
        if not is_private(request.path):
            return None
        return _lead(request, reverse("accounts:login"), expired="1")

    def _gate(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or request.session.get(GATE) == user.security_stamp:
            return None
        step = missing_step(request)
        if step is None:
            request.session[GATE] = user.security_stamp
            return None
        if not is_private(request.path):
            request.user = AnonymousUser()
            return None
        return None if _is_part_of(step, request.path) else _lead(request, reverse(step.value))


def is_private(path: str) -> bool:
    """Is `path` a page for signed-in people?"""
    return path.startswith(PRIVATE)


def _is_part_of(step: Step, path: str) -> bool:
    """The pages of a step itself, and the way out."""
    return path.startswith((reverse(step.value), reverse("accounts:login"), reverse("accounts:logout")))


def _lead(request: HttpRequest, address: str, **query: str) -> HttpResponse:
    """A redirect that remembers where the person was; understood by htmx too."""
    target = f"{address}?{urlencode({'next': _where(request), **query})}"
    return HttpResponseClientRedirect(target) if getattr(request, "htmx", False) else HttpResponseRedirect(target)


def _where(request: HttpRequest) -> str:
    """The page to come back to: this one for a GET, else the one the form was on."""
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return settings.LOGIN_REDIRECT_URL
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
