"""Accounts are made, granted, disabled and reset only by the right administrator, and each act leaves a line."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import scopes, services
from accounts.models import AuditEntry, Role, RoleGrant, User
from accounts.scopes import Scope
from core.workflow import BadInput, NotAllowed

COUNTY = "411625"


def lines(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action))


def test_system_admin_creates_an_account_without_any_role(system_admin: User, at: datetime) -> None:
    user, password = services.create_user("lihua", "李华", actor=system_admin, at=at, region_code=COUNTY)
    assert user.check_password(password)
    assert user.must_change_password
    assert user.grants == ()
    [line] = lines("user_created")
    assert line.actor == system_admin
    assert line.subject == f"user:{user.pk}"


def test_first_passwords_are_random_and_readable() -> None:
    made = {services.new_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1Il")
    assert all(len(password) == 14 for password in made)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
def test_nobody_else_creates_accounts(person: Callable[..., User], role: str, at: datetime) -> None:
    actor = person("someone", role, region_code=COUNTY, station_code="mingnan", unit_code="chengguan")
    with pytest.raises(NotAllowed):
        services.create_user("lihua", "李华", actor=actor, at=at)
    assert not User.objects.filter(username="lihua").exists()


def test_not_even_a_superuser_creates_accounts(person: Callable[..., User], at: datetime) -> None:
    root = person("root")
    root.is_superuser = True
    with pytest.raises(NotAllowed):
        services.create_user("lihua", "李华", actor=root, at=at)


@pytest.mark.parametrize("username", ["Clerk", "clerk"])
def test_taken_names_are_refused_in_any_case(system_admin: User, clerk: User, username: str, at: datetime) -> None:
    with pytest.raises(BadInput) as refusal:
        services.create_user(username, "王", actor=system_admin, at=at)
    assert refusal.value.field == "username"


@pytest.mark.parametrize("username", ["ab", "王小明", "a b c", "1abc", "=cmd", "x" * 33])
def test_odd_names_are_refused(system_admin: User, username: str, at: datetime) -> None:
    with pytest.raises(BadInput) as refusal:
        services.create_user(username, "王", actor=system_admin, at=at)
    assert refusal.value.field == "username"


def test_security_admin_grants_and_revokes(security_admin: User, person: Callable[..., User], at: datetime) -> None:
    user = person("lihua")
    grant = services.grant_role(user, Role.TOWN_STAFF, actor=security_admin, at=at, region_code="411625001")
    assert user.has_role(Role.TOWN_STAFF)
    assert user.prefixes(Role.TOWN_STAFF) == ("411625001",)
    services.revoke_grant(grant, actor=security_admin, at=at + timedelta(hours=1))
    fresh = User.objects.get(pk=user.pk)
    assert fresh.grants == ()
    assert [line.detail["role"] for line in lines("role_revoked")] == ["TOWN_STAFF"]


def test_revoking_twice_changes_nothing_more(security_admin: User, clerk: User, at: datetime) -> None:
    grant = clerk.grants[0]
    services.revoke_grant(grant, actor=security_admin, at=at)
    services.revoke_grant(grant, actor=security_admin, at=at + timedelta(days=1))
    assert RoleGrant.objects.get(pk=grant.pk).revoked_at == at
    assert len(lines("role_revoked")) == 1


def test_the_same_grant_twice_is_one_row(security_admin: User, person: Callable[..., User], at: datetime) -> None:
    user = person("lihua")
    first = services.grant_role(user, Role.TOWN_STAFF, actor=security_admin, at=at, region_code="411625001")
    again = services.grant_role(user, Role.TOWN_STAFF, actor=security_admin, at=at, region_code="411625001")
    assert first == again


def test_nobody_grants_to_himself(security_admin: User, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        services.grant_role(security_admin, Role.COUNTY_STAFF, actor=security_admin, at=at, region_code=COUNTY)


def test_system_admin_grants_nothing(system_admin: User, clerk: User, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        services.grant_role(clerk, Role.COUNTY_STAFF, actor=system_admin, at=at, region_code=COUNTY)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
        (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN),
        (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN),
        (Role.AUDIT_ADMIN, Role.COUNTY_STAFF),
        (Role.COUNTY_STAFF, Role.SYSTEM_ADMIN),
        (Role.REPRESENTATIVE, Role.AUDIT_ADMIN),
    ],
)
class TestSeparation:
    def test_service_refuses(
        self, person: Callable[..., User], security_admin: User, held: str, wanted: str, at: datetime
    ) -> None:
        user = person("lihua", held)
        with pytest.raises(BadInput, match="不同的人"):
            services.grant_role(user, wanted, actor=security_admin, at=at, region_code=COUNTY)

    def test_database_refuses_a_raw_row(
        self, person: Callable[..., User], held: str, wanted: str, at: datetime
    ) -> None:
        user = person("lihua", held)
        with pytest.raises(IntegrityError, match="separated"), transaction.atomic():
            RoleGrant.objects.create(user=user, role=wanted, region_code=COUNTY, granted_at=at)

    def test_after_giving_up_the_first_the_second_is_possible(
        self, person: Callable[..., User], security_admin: User, held: str, wanted: str, at: datetime
    ) -> None:
        user = person("lihua", held)
        services.revoke_grant(user.grants[0], actor=security_admin, at=at)
        assert services.grant_role(user, wanted, actor=security_admin, at=at, region_code=COUNTY).role == wanted

    def test_bringing_an_ended_grant_back_by_update_is_refused(
        self, person: Callable[..., User], security_admin: User, held: str, wanted: str, at: datetime
    ) -> None:
        user = person("lihua", held)
        ended = services.revoke_grant(user.grants[0], actor=security_admin, at=at)
        services.grant_role(user, wanted, actor=security_admin, at=at, region_code=COUNTY)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.filter(pk=ended.pk).update(revoked_at=None)


def test_business_roles_go_together(person: Callable[..., User], security_admin: User, at: datetime) -> None:
    user = person("lihua", Role.REPRESENTATIVE)
    services.grant_role(user, Role.STATION_STAFF, actor=security_admin, at=at, station_code="mingnan")
    assert user.has_role(Role.REPRESENTATIVE)
    assert user.station_codes == ("mingnan",)


@pytest.mark.parametrize(
    ("role", "field"),
    [(Role.STATION_STAFF, "station_code"), (Role.UNIT_HANDLER, "unit_code"), (Role.COUNTY_STAFF, "region_code")],
)
def test_a_role_needs_its_scope(
    person: Callable[..., User], security_admin: User, role: str, field: str, at: datetime
) -> None:
    with pytest.raises(BadInput) as refusal:
        services.grant_role(person("lihua"), role, actor=security_admin, at=at)
    assert refusal.value.field == field


def test_unknown_role_and_odd_region(person: Callable[..., User], security_admin: User, at: datetime) -> None:
    user = person("lihua")
    with pytest.raises(BadInput):
        services.grant_role(user, "KING", actor=security_admin, at=at, region_code=COUNTY)
    with pytest.raises(BadInput) as refusal:
        services.grant_role(user, Role.TOWN_STAFF, actor=security_admin, at=at, region_code="郸城")
    assert refusal.value.field == "region_code"


@pytest.fixture
def one_station(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "_PROVIDERS", {})
    scopes.register("station_code", lambda: [Scope("mingnan", "洺南街道融合站点", "411625001")])


@pytest.mark.usefixtures("one_station")
def test_a_station_brings_its_region_along(person: Callable[..., User], security_admin: User, at: datetime) -> None:
    user = person("lihua")
    services.grant_role(user, Role.STATION_STAFF, actor=security_admin, at=at, station_code="mingnan")
    assert user.prefixes(Role.STATION_STAFF) == ("411625001",)


@pytest.mark.usefixtures("one_station")
def test_an_unknown_station_is_refused(person: Callable[..., User], security_admin: User, at: datetime) -> None:
    with pytest.raises(BadInput, match="没有找到"):
        services.grant_role(person("lihua"), Role.STATION_STAFF, actor=security_admin, at=at, station_code="nowhere")


def test_support_screens_only_for_the_system_admin(person: Callable[..., User], security_admin: User) -> None:
    assert person("sys2", Role.SYSTEM_ADMIN).is_staff
    assert not security_admin.is_staff


def test_disabled_means_no_roles_and_can_be_undone(system_admin: User, clerk: User, at: datetime) -> None:
    services.set_active(clerk, False, actor=system_admin, at=at)
    assert not User.objects.get(pk=clerk.pk).has_role(Role.STATION_STAFF)
    services.set_active(clerk, True, actor=system_admin, at=at)
    assert User.objects.get(pk=clerk.pk).has_role(Role.STATION_STAFF)
    assert [len(lines("user_disabled")), len(lines("user_enabled"))] == [1, 1]


def test_disabling_oneself_or_by_the_wrong_one_is_refused(
    system_admin: User, security_admin: User, clerk: User, at: datetime
) -> None:
    for actor, target in ((system_admin, system_admin), (security_admin, clerk)):
        with pytest.raises(NotAllowed):
            services.set_active(target, False, actor=actor, at=at)


def test_security_admin_resets_a_clerks_password(security_admin: User, clerk: User, at: datetime) -> None:
    stamp = clerk.security_stamp
    password = services.reset_password(clerk, actor=security_admin, at=at)
    assert clerk.check_password(password)
    assert clerk.must_change_password
    assert clerk.security_stamp > stamp
    assert password not in str([line.detail for line in lines("password_reset")])


def test_an_administrator_is_reset_on_the_console_only(
    security_admin: User, audit_admin: User, system_admin: User, at: datetime
) -> None:
    for target in (audit_admin, system_admin):
        with pytest.raises(NotAllowed, match="控制台"):
            services.reset_password(target, actor=security_admin, at=at)
        with pytest.raises(NotAllowed, match="控制台"):
            services.reset_second_factor(target, actor=security_admin, at=at)
    assert services.reset_password(audit_admin, actor=None, at=at)


def test_unlock_forgets_wrong_tries(security_admin: User, clerk: User, at: datetime) -> None:
    AccessAttempt.objects.create(username="clerk", ip_address="127.0.0.1", failures_since_start=5)
    services.unlock(clerk, actor=security_admin, at=at)
    assert not AccessAttempt.objects.exists()
    assert len(lines("user_unlocked")) == 1


def test_lost_phone(security_admin: User, clerk: User, at: datetime) -> None:
    TOTPDevice.objects.create(user=clerk, name="x", confirmed=True)
    services.reset_second_factor(clerk, actor=security_admin, at=at)
    assert not TOTPDevice.objects.filter(user=clerk).exists()
