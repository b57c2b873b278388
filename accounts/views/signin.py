"""Signing in and out, one's own password, one's own account page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from accounts import audit, lockout, second_factor, services
from accounts.forms import OwnPasswordForm, SignInForm
from accounts.models import User

LOCKED = 429


def next_page(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of our own, else the desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else settings.LOGIN_REDIRECT_URL


class SignIn(LoginView):
    """The sign-in page. Django rotates the session key when it succeeds."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds why the person is here again after a time-out."""
        context = super().get_context_data(**kwargs)
        context.pop("site_name", None)  # Django's is the host; ours comes with every page
        return context | {"has_expired": "expired" in self.request.GET, "idle_minutes": settings.STAFF_SESSION_MINUTES}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Sign in and leave a line."""
        answer = super().form_valid(form)
        _record(self.request, "sign_in", self.request.user)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Leave a line naming the account that was tried, if there is one; never what was typed."""
        if not getattr(self.request, "axes_locked_out", False):
            _record(self.request, "sign_in_failed", _tried(form.data.get("username", "")))
        return super().form_invalid(form)


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """The answer while somebody is locked out (named in settings, called by django-axes)."""
    username = str(request.POST.get("username", "")).strip().lower()
    now = timezone.now()
    _record(request, "sign_in_locked", _tried(username))
    context = {
        "form": SignInForm(request, initial={"username": username}),
        "locked_minutes": lockout.minutes_left(request, username, now),
        "limit": settings.AXES_FAILURE_LIMIT,
        "next": request.POST.get("next", ""),
    }
    return render(request, "accounts/login.html", context, status=LOCKED)


def _tried(username: str) -> User | None:
    return User.objects.filter(username__iexact=username.strip()).first()


def _record(request: HttpRequest, action: str, user: Any) -> None:
    actor = user if action == "sign_in" else None
    subject = f"user:{user.pk}" if user else "user:?"
    audit.record(action, actor=actor, at=timezone.now(), subject=subject, ip=audit.address_of(request))


class SignOut(View):
    """Sign out by POST; a GET asks by leading home, so that no link signs anybody out."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Nothing happens."""
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session."""
        if request.user.is_authenticated:
            audit.record("sign_out", actor=request.user, at=timezone.now(), subject=f"user:{request.user.pk}",
                         ip=audit.address_of(request))  # fmt: skip
        logout(request)
        messages.success(request, "已退出登录。")
        return HttpResponseRedirect(reverse("accounts:login"))


@method_decorator(never_cache, name="dispatch")
class OwnPassword(LoginRequiredMixin, FormView):
    """Change one's own password; at the first sign-in the only page there is."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Django's form wants the person."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Says whether the change is due."""
        return super().get_context_data(**kwargs) | {
            "is_first": self.request.user.must_change_password,
            "next": next_page(self.request),
        }

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        """Store it; this session goes on with a new key, all others end."""
        user = User.objects.get(pk=self.request.user.pk)
        services.change_password(
            user, form.cleaned_data["new_password1"], at=timezone.now(), ip=audit.address_of(self.request)
        )
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "密码已修改，其他设备上的登录已失效。")
        return HttpResponseRedirect(next_page(self.request))


class Mine(LoginRequiredMixin, TemplateView):
    """One's own account: roles, password, second factor."""

    template_name = "accounts/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Roles and what protects the account."""
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "is_enrolled": second_factor.is_enrolled(user),
            "codes_left": second_factor.codes_left(user),
            "has_to_enrol": second_factor.is_required(user),
        }
