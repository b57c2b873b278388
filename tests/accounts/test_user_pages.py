"""The pages of the system and the security administrator."""

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, RoleGrant, User
from tests.accounts.conftest import AT

USERS = "/accounts/users/"
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


PAGES = ["users/", "users/new/", "audit/", "audit/export.csv"]
OPEN_TO = {
    "users/": {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
    "users/new/": {Role.SYSTEM_ADMIN},
    "audit/": {Role.AUDIT_ADMIN},
    "audit/export.csv": {Role.AUDIT_ADMIN},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_who_opens_which_page(person: Callable[..., User], signed_in: SignedIn, page: str, role: str) -> None:
    user = person("someone", role, region_code="411625", station_code="mingnan", unit_code="chengguan")
    expected = 200 if role in OPEN_TO[page] else 403
    assert signed_in(user).get(f"/accounts/{page}").status_code == expected


@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_led_to_sign_in(client: Client, page: str, db: None) -> None:
    assert client.get(f"/accounts/{page}")["Location"] == f"/accounts/login/?next=/accounts/{page}"


@pytest.mark.parametrize("page", PAGES)
def test_a_superuser_without_the_role_is_refused(person: Callable[..., User], signed_in: SignedIn, page: str) -> None:
    root = person("root")
    User.objects.filter(pk=root.pk).update(is_superuser=True, is_staff=True)
    assert signed_in(root).get(f"/accounts/{page}").status_code == 403


def test_list_shows_roles_and_lock(system_admin: User, clerk: User, signed_in: SignedIn) -> None:
    AccessAttempt.objects.create(username="clerk", ip_address="127.0.0.1", failures_since_start=5)
    text = signed_in(system_admin).get(USERS).content.decode()
    assert "clerk先生" in text
    assert "站点工作人员" in text
    assert "已锁定" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=clerk", {"clerk"}),
        ("?q=先生", {"clerk", "sysadmin", "gone"}),
        ("?role=STATION_STAFF", {"clerk"}),
        ("?state=disabled", {"gone"}),
        ("?state=active", {"clerk", "sysadmin"}),
        ("?state=nonsense", set()),
        ("?role=KING", set()),
        ("?page=99", {"clerk", "sysadmin", "gone"}),
    ],
)
def test_filters(
    system_admin: User, clerk: User, person: Callable[..., User], signed_in: SignedIn, query: str, found: set[str]
) -> None:
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    page = signed_in(system_admin).get(USERS + query)
    assert {row[0].username for row in page.context["rows"]} == found


def test_cost_does_not_grow_with_the_rows(system_admin: User, person: Callable[..., User], signed_in: SignedIn) -> None:
    client = signed_in(system_admin)
    client.get(USERS)
    with CaptureQueriesContext(connection) as few:
        client.get(USERS)
    for number in range(30):
        person(f"more{number}", Role.TOWN_STAFF)
    with CaptureQueriesContext(connection) as many:
        client.get(USERS)
    assert len(many) == len(few)


def test_another_countys_accounts_are_out_of_sight(
    person: Callable[..., User], clerk: User, signed_in: SignedIn
) -> None:
    other = person("otheradmin", Role.SYSTEM_ADMIN, region_code="411626")
    client = signed_in(other)
    assert "clerk先生" not in client.get(USERS).content.decode()
    assert client.get(f"{USERS}{clerk.pk}/").status_code == 404
    assert client.post(f"{USERS}{clerk.pk}/disable/").status_code == 404
    assert User.objects.get(pk=clerk.pk).is_active


def test_creating_shows_the_password_once(system_admin: User, signed_in: SignedIn) -> None:
    client = signed_in(system_admin)
    form = {"username": "lihua", "name": "李华", "region_code": "411625", "phone": "138 1234 1234", "email": ""}
    page = client.post(f"{USERS}new/", form)
    user = User.objects.get(username="lihua")
    assert user.check_password(page.context["password"])
    assert page.context["password"] in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert user.phone == "13812341234"
    assert page.context["password"] not in client.get(f"{USERS}{user.pk}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "clerk", "已经有人用了"),
        ("username", "李华", "字母"),
        ("phone", "12", ""),
        ("email", "not a mail", ""),
        ("name", "", "请填写"),
    ],
)
def test_bad_input_is_told_next_to_the_field_and_nothing_is_lost(
    system_admin: User, clerk: User, signed_in: SignedIn, field: str, value: str, sentence: str
) -> None:
    form = {"username": "lihua", "name": "李华", "region_code": "411625", "phone": "", "email": ""} | {field: value}
    page = signed_in(system_admin).post(f"{USERS}new/", form)
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert sentence in page.content.decode()
    assert form["username"] in page.content.decode()
    assert not User.objects.filter(username="lihua").exists()


def test_disable_and_enable(system_admin: User, clerk: User, signed_in: SignedIn) -> None:
    client = signed_in(system_admin)
    assert client.post(f"{USERS}{clerk.pk}/disable/").status_code == 302
    assert not User.objects.get(pk=clerk.pk).is_active
    client.post(f"{USERS}{clerk.pk}/enable/")
    assert User.objects.get(pk=clerk.pk).is_active


@pytest.mark.parametrize("verb", ["unlock", "password", "second-factor", "grants/new"])
def test_the_system_admin_does_not_do_the_security_admins_work(
    system_admin: User, clerk: User, signed_in: SignedIn, verb: str
) -> None:
    data = {"role": "TOWN_STAFF", "region_code": "411625001"}
    assert signed_in(system_admin).post(f"{USERS}{clerk.pk}/{verb}/", data).status_code == 403
    assert RoleGrant.objects.filter(user=clerk).count() == 1


@pytest.mark.parametrize("verb", ["disable", "enable"])
def test_the_security_admin_does_not_do_the_system_admins_work(
    security_admin: User, clerk: User, signed_in: SignedIn, verb: str
) -> None:
    assert signed_in(security_admin).post(f"{USERS}{clerk.pk}/{verb}/").status_code == 403


def test_grant_and_revoke(security_admin: User, clerk: User, signed_in: SignedIn) -> None:
    client = signed_in(security_admin)
    client.post(f"{USERS}{clerk.pk}/grants/new/", {"role": "TOWN_STAFF", "region_code": "411625001"})
    grant = RoleGrant.objects.get(user=clerk, role=Role.TOWN_STAFF)
    assert grant.granted_by == security_admin
    client.post(f"{USERS}{clerk.pk}/grants/{grant.pk}/revoke/")
    assert RoleGrant.objects.get(pk=grant.pk).revoked_by == security_admin
    assert "收回" in client.get(f"{USERS}{clerk.pk}/").content.decode()


def test_a_refused_grant_says_why_and_keeps_the_input(security_admin: User, clerk: User, signed_in: SignedIn) -> None:
    page = signed_in(security_admin).post(
        f"{USERS}{clerk.pk}/grants/new/", {"role": "AUDIT_ADMIN", "region_code": "411625"}
    )
    assert page.status_code == 422
    assert "不同的人" in page.content.decode()


def test_a_grant_of_somebody_else_is_not_found(
    security_admin: User, clerk: User, person: Callable[..., User], signed_in: SignedIn
) -> None:
    other = person("other", Role.TOWN_STAFF)
    address = f"{USERS}{clerk.pk}/grants/{other.grants[0].pk}/revoke/"
    assert signed_in(security_admin).post(address).status_code == 404


def test_password_reset_shows_it_once(security_admin: User, clerk: User, signed_in: SignedIn) -> None:
    page = signed_in(security_admin).post(f"{USERS}{clerk.pk}/password/")
    assert User.objects.get(pk=clerk.pk).check_password(page.context["password"])


def test_resetting_an_administrator_is_refused_with_a_sentence(
    security_admin: User, audit_admin: User, signed_in: SignedIn
) -> None:
    page = signed_in(security_admin).post(f"{USERS}{audit_admin.pk}/password/")
    assert page.status_code == 403
    assert "控制台" in page.content.decode()


@pytest.mark.parametrize("verb", ["disable", "unlock", "password", "grants/new"])
def test_a_get_changes_nothing(security_admin: User, clerk: User, signed_in: SignedIn, verb: str) -> None:
    before = User.objects.values().get(pk=clerk.pk)
    signed_in(security_admin).get(f"{USERS}{clerk.pk}/{verb}/")
    assert User.objects.values().get(pk=clerk.pk) == before


def test_ones_own_account_offers_no_actions(security_admin: User, signed_in: SignedIn) -> None:
    text = signed_in(security_admin).get(f"{USERS}{security_admin.pk}/").content.decode()
    assert "这是您自己的账号" in text
    assert "授予这个角色" not in text


class TestSupportScreens:
    def test_only_for_the_system_admin(
        self, system_admin: User, security_admin: User, clerk: User, signed_in: SignedIn
    ) -> None:
        assert signed_in(system_admin).get("/admin/").status_code == 200
        for user in (security_admin, clerk):
            assert signed_in(user).get("/admin/").status_code == 302

    def test_sign_in_goes_through_the_portals_page(self, client: Client, db: None) -> None:
        first = client.get("/admin/")
        assert client.get(first["Location"])["Location"] == "/accounts/login/?next=/admin/"

    def test_no_personal_data_and_no_writing(self, system_admin: User, clerk: User, signed_in: SignedIn) -> None:
        User.objects.filter(pk=clerk.pk).update(email="clerk@example.test")
        client = signed_in(system_admin)
        text = client.get("/admin/accounts/user/").content.decode()
        assert "clerk" in text
        assert "clerk@example.test" not in text
        assert "clerk先生" not in text
        for page in ("change", "history"):
            assert client.get(f"/admin/accounts/user/{clerk.pk}/{page}/").status_code == 403
        assert client.post(f"/admin/accounts/user/{clerk.pk}/change/", {"is_active": ""}).status_code == 403
        assert client.get("/admin/accounts/user/add/").status_code == 403
        assert client.post(f"/admin/accounts/user/{clerk.pk}/delete/", {"post": "yes"}).status_code == 403


def test_creation_moment_is_kept(clerk: User) -> None:
    assert clerk.created_at == AT
