"""People's accounts: the system administrator makes and disables, the security administrator grants and unlocks."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from accounts import audit, lockout, services
from accounts.access import PermissionMixin
from accounts.forms import GrantForm, UserForm, UserSearchForm
from accounts.models import Role, RoleGrant, User
from core.text import clean_phone
from core.views import VerbView
from core.workflow import BadInput, VerbError

PAGE_SIZE = 50


def _mine(request: HttpRequest) -> tuple[str, ...]:
    """Region codes inside which the administrator makes accounts or grants roles."""
    return request.user.prefixes(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)  # type: ignore[union-attr]


def _visible(request: HttpRequest) -> Any:
    return User.objects.visible_to(request.user)


class UserList(PermissionMixin, TemplateView):
    """Accounts with their roles; a constant number of queries per page."""

    permission = "accounts.view_user"
    template_name = "accounts/user_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of accounts, the filters, who is locked out."""
        form = UserSearchForm(self.request.GET)
        active = RoleGrant.objects.filter(revoked_at__isnull=True).order_by("pk")
        users = form.narrow(_visible(self.request)).order_by("username")
        users = users.prefetch_related(Prefetch("grants_set", queryset=active, to_attr="active_grants"))
        page = Paginator(users, PAGE_SIZE).get_page(self.request.GET.get("page"))
        locked = lockout.locked_among([user.username.lower() for user in page], timezone.now())
        rows = [(user, user.username.lower() in locked) for user in page]
        return super().get_context_data(**kwargs) | {"form": form, "page": page, "rows": rows}


class UserDetail(PermissionMixin, TemplateView):
    """One account: roles held and taken back, and what the present administrator may do."""

    permission = "accounts.view_user"
    template_name = "accounts/user_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The account, its grants, whether it is locked."""
        person = get_object_or_404(_visible(self.request), pk=self.kwargs["pk"])
        grants = person.grants_set.select_related("granted_by", "revoked_by").order_by("revoked_at", "-pk")
        locked = lockout.locked_among([person.username.lower()], timezone.now())
        return super().get_context_data(**kwargs) | {
            "person": person,
            "grants": grants,
            "is_locked": bool(locked),
            "grant_form": GrantForm(within=_mine(self.request)),
            "is_self": person.pk == self.request.user.pk,
        }


class UserCreate(PermissionMixin, FormView):
    """A new account; the first password is shown once, on the answer to the form."""

    permission = "accounts.create_user"
    template_name = "accounts/user_form.html"
    form_class = UserForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The regions on offer are his own."""
        return super().get_form_kwargs() | {"within": _mine(self.request)}

    def form_valid(self, form: UserForm) -> HttpResponse:
        """Create it, or say next to the field what is wrong."""
        data = dict(form.cleaned_data)
        try:
            data["phone"] = _phone(data["phone"])
            person, password = services.create_user(
                **data, actor=self.request.user, at=timezone.now(), ip=audit.address_of(self.request)
            )
        except VerbError as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
            return self.form_invalid(form)
        return _password_page(self.request, person, password)

    def form_invalid(self, form: UserForm) -> HttpResponse:
        """The typed input stays."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PersonVerb(PermissionMixin, VerbView):
    """An action on one account that the administrator can see."""

    permission = "accounts.view_user"

    @property
    def person(self) -> User:
        """The account; out of sight is 404."""
        return get_object_or_404(_visible(self.request), pk=self.kwargs["pk"])

    def back_url(self) -> str:
        """The account's page."""
        return reverse("accounts:user", args=[self.kwargs["pk"]])

    def known(self, at: datetime) -> dict[str, Any]:
        """Who, when and from where, for the service."""
        return {"actor": self.request.user, "at": at, "ip": audit.address_of(self.request)}


class Disable(PersonVerb):
    """Nobody signs in with it any more."""

    verb_name, done_message = "停用账号", "账号已停用，已登录的会话也随之失效。"

    def run(self, form: Any, at: datetime) -> User:
        """Switch off."""
        return services.set_active(self.person, False, **self.known(at))


class Enable(PersonVerb):
    """It may be used again."""

    verb_name, done_message = "启用账号", "账号已启用。"

    def run(self, form: Any, at: datetime) -> User:
        """Switch on."""
        return services.set_active(self.person, True, **self.known(at))


class Unlock(PersonVerb):
    """Lift a lock-out."""

    verb_name, done_message = "解除锁定", "已解除锁定，可以再次登录。"

    def run(self, form: Any, at: datetime) -> None:
        """Forget the wrong tries."""
        services.unlock(self.person, **self.known(at))


class ResetSecondFactor(PersonVerb):
    """A lost phone."""

    verb_name, done_message = "解除动态口令绑定", "已解除绑定，本人下次登录时重新绑定。"

    def run(self, form: Any, at: datetime) -> None:
        """Forget the devices."""
        services.reset_second_factor(self.person, **self.known(at))


class Grant(PersonVerb):
    """Give a role."""

    verb_name, done_message, form_class = "授予角色", "角色已授予，立即生效。", GrantForm

    def form_kwargs(self) -> dict[str, Any]:
        """What is on offer lies inside his own region."""
        return {"within": _mine(self.request)}

    def run(self, form: Any, at: datetime) -> RoleGrant:
        """Give it."""
        return services.grant_role(self.person, **form.cleaned_data, **self.known(at))


class Revoke(PersonVerb):
    """Take a role back."""

    verb_name, done_message = "收回角色", "角色已收回，立即生效。"

    def run(self, form: Any, at: datetime) -> RoleGrant:
        """Take it back."""
        grant = self.person.grants_set.select_related("user").get(pk=self.kwargs["grant"])
        return services.revoke_grant(grant, **self.known(at))


class ResetPassword(PersonVerb):
    """A new first password, shown once."""

    verb_name, done_message = "重置密码", ""

    def run(self, form: Any, at: datetime) -> None:
        """Set it; the page with it is the answer."""
        self.password = services.reset_password(self.person, **self.known(at))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page with the password instead of a redirect, when it was set."""
        self.password = ""
        answer = super().post(request, *args, **kwargs)
        return _password_page(request, self.person, self.password) if self.password else answer


def _phone(typed: str) -> str:
    try:
        return clean_phone(typed) if typed else ""
    except ValueError as error:
        raise BadInput(str(error), field="phone") from error


def _password_page(request: HttpRequest, person: User, password: str) -> HttpResponse:
    answer = render(request, "accounts/user_password.html", {"person": person, "password": password})
    answer["Cache-Control"] = "private, no-store"
    return answer
