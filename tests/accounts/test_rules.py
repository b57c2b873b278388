"""Who may do what with accounts: every permission against every role, typed by hand."""

from collections.abc import Callable

import pytest
import rules
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.views import View

from accounts.access import PermissionMixin
from accounts.models import Role, User
from accounts.rules import is_role

SYSTEM, SECURITY, AUDIT = {Role.SYSTEM_ADMIN}, {Role.SECURITY_ADMIN}, {Role.AUDIT_ADMIN}
ALLOWED = {
    "accounts.view_user": SYSTEM | SECURITY,
    "accounts.create_user": SYSTEM,
    "accounts.disable_user": SYSTEM,
    "accounts.enable_user": SYSTEM,
    "accounts.grant_role": SECURITY,
    "accounts.revoke_role": SECURITY,
    "accounts.unlock_user": SECURITY,
    "accounts.reset_password": SECURITY,
    "accounts.reset_second_factor": SECURITY,
    "accounts.view_auditentry": AUDIT,
    "notices.view_inbox": set(Role),
    "notices.view_parked": {Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF},
    "notices.try_again": {Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF},
    "notices.change_deliveryrules": SYSTEM,
}


@pytest.mark.parametrize("role", list(Role))
def test_role_by_permission(person: Callable[..., User], role: str) -> None:
    user = person("someone", role, region_code="411625", station_code="mingnan", unit_code="chengguan")
    granted = {permission for permission in ALLOWED if rules.has_perm(permission, user)}
    assert granted == {permission for permission, roles in ALLOWED.items() if role in roles}


def test_a_visitor_may_nothing() -> None:
    assert not [permission for permission in ALLOWED if rules.has_perm(permission, AnonymousUser())]


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        (Role.SYSTEM_ADMIN, "accounts.disable_user"),
        (Role.SYSTEM_ADMIN, "accounts.enable_user"),
        (Role.SECURITY_ADMIN, "accounts.grant_role"),
        (Role.SECURITY_ADMIN, "accounts.revoke_role"),
        (Role.SECURITY_ADMIN, "accounts.reset_password"),
        (Role.SECURITY_ADMIN, "accounts.reset_second_factor"),
    ],
)
def test_nobody_manages_himself(person: Callable[..., User], clerk: User, role: str, permission: str) -> None:
    user = person("someone", role)
    assert rules.has_perm(permission, user, clerk)
    assert not rules.has_perm(permission, user, user)


def test_is_role_has_a_readable_name() -> None:
    assert is_role(Role.TOWN_STAFF, Role.COUNTY_STAFF).name == "is_role:COUNTY_STAFF,TOWN_STAFF"


class _Forgot(PermissionMixin, View):
    pass


def test_a_page_that_names_no_permission_is_closed(rf: RequestFactory, system_admin: User) -> None:
    request = rf.get("/")
    request.user = system_admin
    with pytest.raises(PermissionDenied):
        _Forgot.as_view()(request)
