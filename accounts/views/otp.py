"""The second factor's pages: type a code, enrol a phone, fresh backup codes."""

from typing import Any

import django_otp
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts import audit, second_factor
from accounts.forms import CodeForm
from accounts.models import User
from accounts.views.signin import next_page

PRIVATE_NO_STORE = "private, no-store"


class Start(LoginRequiredMixin, View):
    """/accounts/otp/ leads to what is to be done: verify, enrol, or see the state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Redirect."""
        if not second_factor.is_enrolled(request.user):
            return HttpResponseRedirect(reverse("accounts:otp_enrol"))
        name = "accounts:mine" if request.user.is_verified() else "accounts:otp_verify"
        return HttpResponseRedirect(reverse(name))


@method_decorator(never_cache, name="dispatch")
class Verify(LoginRequiredMixin, FormView):
    """Type the six digits, or a backup code."""

    template_name = "accounts/otp_verify.html"
    form_class = CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keeps the page to come back to."""
        return super().get_context_data(**kwargs) | {"next": next_page(self.request)}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Go on, with a new session key, or say that the code does not fit."""
        user = _person(self.request)
        device = second_factor.verify(
            user, form.cleaned_data["code"], at=timezone.now(), ip=audit.address_of(self.request)
        )
        if device is None:
            form.add_error("code", "口令不对，或者刚刚用过。请等手机上换成下一个再输；连续输错要多等一会儿。")
            return self.form_invalid(form)
        _trust(self.request, device)
        if not second_factor.codes_left(user):
            messages.warning(self.request, "备用码已用完，请在“我的账号”里重新生成。")
        return HttpResponseRedirect(next_page(self.request))


@method_decorator(never_cache, name="dispatch")
class Enrol(LoginRequiredMixin, FormView):
    """Scan the key, type the first code, get the backup codes."""

    template_name = "accounts/otp_enrol.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A phone is replaced only by somebody who has shown the present one."""
        if request.user.is_authenticated and _must_verify(request):
            return HttpResponseRedirect(reverse("accounts:otp_verify"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The key to type by hand and whether enrolling is due."""
        user = _person(self.request)
        return super().get_context_data(**kwargs) | {
            "manual_key": second_factor.manual_key(second_factor.pending_device(user)),
            "has_to_enrol": second_factor.is_required(user),
            "next": next_page(self.request),
        }

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Show the backup codes once."""
        done = second_factor.confirm(
            _person(self.request), form.cleaned_data["code"], at=timezone.now(), ip=audit.address_of(self.request)
        )
        if done is None:
            form.add_error("code", "口令不对。请看手机上现在的六位数字，手机时间要准。")
            return self.form_invalid(form)
        device, codes = done
        _trust(self.request, device)
        return _codes_page(self.request, codes, next_page(self.request))


class EnrolPicture(LoginRequiredMixin, View):
    """The key as a QR picture; only while it is not yet confirmed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A PNG that nobody keeps."""
        if _must_verify(request):
            return HttpResponse(status=403)
        device = second_factor.pending_device(_person(request))
        return HttpResponse(
            second_factor.qr_png(device), content_type="image/png", headers={"Cache-Control": PRIVATE_NO_STORE}
        )


class FreshCodes(LoginRequiredMixin, View):
    """Ten new backup codes; the old ones are void."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Only with the second factor shown in this session."""
        if not request.user.is_verified():
            return HttpResponseRedirect(reverse("accounts:otp"))
        return _codes_page(request, second_factor.fresh_codes(_person(request)), reverse("accounts:mine"))


def _person(request: HttpRequest) -> User:
    """The signed-in person as a plain row; django-otp's lazy wrapper is not one."""
    return User.objects.get(pk=request.user.pk)


def _must_verify(request: HttpRequest) -> bool:
    return second_factor.is_enrolled(request.user) and not request.user.is_verified()


def _trust(request: HttpRequest, device: Any) -> None:
    """Mark the session as verified; a right gained means a new session key."""
    django_otp.login(request, device)
    request.session.cycle_key()


def _codes_page(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    answer = render(request, "accounts/otp_codes.html", {"codes": codes, "next": onward})
    answer["Cache-Control"] = PRIVATE_NO_STORE
    return answer
