"""What an account knows of itself, and what the database refuses about grants."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import ProtectedError

from accounts import services
from accounts.models import AuditEntry, Role, RoleGrant, User
from core.workflow import BadInput
from tests.accounts.conftest import AT, COUNTY

Person = Callable[..., User]


def raw(user: User, role: str, **fields: Any) -> RoleGrant:
    """A grant row past every service."""
    return RoleGrant.objects.create(user=user, role=role, **({"granted_at": AT} | fields))


class TestUser:
    def test_a_person_is_called_by_name(self, person: Person) -> None:
        user = person("lihua")
        assert str(user) == user.label == user.get_full_name() == user.get_short_name() == "lihua先生"
        user.name = ""
        assert user.label == "lihua"

    def test_roles_come_with_one_query(self, clerk: User, django_assert_num_queries: Callable[..., Any]) -> None:
        fresh = User.objects.get(pk=clerk.pk)
        with django_assert_num_queries(1):
            assert fresh.has_role(Role.STATION_STAFF)
            assert not fresh.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)
            assert fresh.prefixes(Role.STATION_STAFF) == ("411625001",)
            assert fresh.station_codes == ("mingnan",)
            assert fresh.unit_codes == ()
            assert not fresh.is_administrator

    def test_an_unsaved_person_has_none(self, django_assert_num_queries: Callable[..., Any], db: None) -> None:
        with django_assert_num_queries(0):
            assert User(username="nobody").grants == ()

    def test_a_disabled_person_has_none(self, clerk: User) -> None:
        User.objects.filter(pk=clerk.pk).update(is_active=False)
        assert User.objects.get(pk=clerk.pk).grants == ()

    def test_revoked_grants_do_not_count(self, clerk: User) -> None:
        RoleGrant.objects.filter(user=clerk).update(revoked_at=AT + timedelta(hours=1))
        assert User.objects.get(pk=clerk.pk).grants == ()

    def test_refreshing_forgets_the_roles(self, clerk: User) -> None:
        assert clerk.has_role(Role.STATION_STAFF)
        RoleGrant.objects.filter(user=clerk).update(revoked_at=AT)
        clerk.refresh_from_db()
        assert not clerk.has_role(Role.STATION_STAFF)

    def test_codes_come_once_and_in_order(self, person: Person) -> None:
        user = person("lihua")
        for code in ("b-station", "a-station"):
            raw(user, Role.STATION_STAFF, station_code=code, region_code="411625001")
        raw(user, Role.UNIT_HANDLER, unit_code="chengguan")
        assert user.station_codes == ("b-station", "a-station")
        assert user.unit_codes == ("chengguan",)
        assert user.prefixes(Role.STATION_STAFF, Role.UNIT_HANDLER) == ("411625001",)

    def test_names_differ_by_more_than_case(self, clerk: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("CLERK", name="x")

    def test_an_account_needs_a_name(self, db: None) -> None:
        with pytest.raises(ValueError, match="user name"):
            User.objects.create_user("")

    def test_without_password_nobody_signs_in(self, db: None) -> None:
        assert not User.objects.create_user("machine", name="x").has_usable_password()

    def test_found_in_any_case(self, clerk: User) -> None:
        assert User.objects.get_by_natural_key("cLERK") == clerk

    def test_accounts_with_a_past_cannot_be_deleted(self, clerk: User) -> None:
        with pytest.raises(ProtectedError):
            clerk.delete()

    def test_the_phone_is_encrypted_and_never_shown(self, clerk: User) -> None:
        User.objects.filter(pk=clerk.pk).update(phone="13812341234")
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [clerk.pk])
            [(stored,)] = cursor.fetchall()
        fresh = User.objects.get(pk=clerk.pk)
        assert "13812341234" not in stored
        assert fresh.phone == "13812341234"
        assert "1381234" not in repr(fresh) + str(fresh)


class TestQueries:
    def test_with_role(self, clerk: User, person: Person) -> None:
        person("idle", Role.STATION_STAFF, station_code="wutai")
        User.objects.filter(username="idle").update(is_active=False)
        assert list(User.objects.with_role(Role.STATION_STAFF, Role.TOWN_STAFF)) == [clerk]

    @pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}])
    def test_accounts_are_visible_to_two_administrators_only(self, person: Person, role: str) -> None:
        user = person("someone", role, region_code=COUNTY, station_code="mingnan", unit_code="chengguan")
        assert not User.objects.visible_to(user).exists()

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
    def test_cut_by_prefix(self, person: Person, role: str) -> None:
        town = person("towny")
        User.objects.filter(pk=town.pk).update(region_code="411625001")
        far = person("faraway")
        User.objects.filter(pk=far.pk).update(region_code="411626")
        nowhere = person("nowhere")
        User.objects.filter(pk=nowhere.pk).update(region_code="")
        admin = person("adminx", role)
        seen = set(User.objects.visible_to(admin).values_list("username", flat=True))
        assert {"towny", "nowhere", "adminx"} <= seen
        assert "faraway" not in seen

    def test_between(self, db: None) -> None:
        for days in range(3):
            AuditEntry.objects.create(at=AT + timedelta(days=days), action=f"day{days}")
        found = AuditEntry.objects.between(AT + timedelta(days=1), AT + timedelta(days=2))
        assert [entry.action for entry in found] == ["day1"]
        assert AuditEntry.objects.between(None, None).count() == 3


class TestGrantConstraints:
    @pytest.mark.parametrize(
        ("role", "fields"),
        [
            (Role.STATION_STAFF, {"region_code": "411625001"}),
            (Role.UNIT_HANDLER, {"region_code": "411625"}),
            (Role.COUNTY_STAFF, {"station_code": "mingnan"}),
            (Role.SYSTEM_ADMIN, {}),
            (Role.GRID_WORKER, {}),
            ("KING", {"region_code": "411625"}),
            (Role.TOWN_STAFF, {"region_code": "郸城"}),
            (Role.TOWN_STAFF, {"region_code": "%"}),
            (Role.TOWN_STAFF, {"region_code": "4"}),
            (Role.TOWN_STAFF, {"region_code": "411625", "revoked_at": AT - timedelta(days=1)}),
        ],
    )
    def test_refused(self, person: Person, role: str, fields: dict[str, Any]) -> None:
        user = person("lihua")
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(user, role, **fields)

    def test_one_active_grant_of_a_kind(self, person: Person) -> None:
        user = person("lihua")
        first = raw(user, Role.TOWN_STAFF, region_code="411625001")
        with pytest.raises(IntegrityError), transaction.atomic():
            raw(user, Role.TOWN_STAFF, region_code="411625001")
        first.revoked_at = AT
        first.save()
        assert raw(user, Role.TOWN_STAFF, region_code="411625001").pk

    def test_in_words(self, clerk: User) -> None:
        grant = clerk.grants[0]
        assert str(grant) == "站点工作人员 mingnan"
        assert RoleGrant(role=Role.UNIT_HANDLER, unit_code="u").scope == "u"
        assert RoleGrant(role=Role.COUNTY_STAFF, region_code="411625").scope == "411625"


def test_an_audit_line_in_words(db: None) -> None:
    assert str(AuditEntry(action="sign_in", subject="user:1")) == "sign_in user:1"


@pytest.fixture
def committed(transactional_db: Any) -> Iterator[None]:
    """Real commits; the log may be emptied afterwards."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET liaison.allow_truncate = 'on'")


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; results and refusals in any order."""
    outcomes: list[Any] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            outcomes.append(job())
        except (IntegrityError, BadInput) as refusal:
            outcomes.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.usefixtures("committed")
class TestAtTheSameMoment:
    @pytest.fixture
    def user(self) -> User:
        return User.objects.create_user("lihua", name="李华")

    def test_two_families_by_raw_rows(self, user: User) -> None:
        outcomes = at_once(
            lambda: raw(user, Role.COUNTY_STAFF, region_code=COUNTY),
            lambda: raw(user, Role.AUDIT_ADMIN, region_code=COUNTY),
            lambda: raw(user, Role.SYSTEM_ADMIN, region_code=COUNTY),
        )
        assert sum(isinstance(outcome, RoleGrant) for outcome in outcomes) == 1
        assert RoleGrant.objects.filter(user=user).count() == 1

    def test_two_families_by_the_service(self, user: User) -> None:
        def grant(role: str) -> RoleGrant:
            return services.grant_role(User.objects.get(pk=user.pk), role, actor=None, at=AT, region_code=COUNTY)

        outcomes = at_once(lambda: grant(Role.COUNTY_STAFF), lambda: grant(Role.AUDIT_ADMIN))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BadInput", "RoleGrant"]

    def test_the_same_grant_twice_is_one_row(self, user: User) -> None:
        def grant() -> RoleGrant:
            fresh = User.objects.get(pk=user.pk)
            return services.grant_role(fresh, Role.COUNTY_STAFF, actor=None, at=AT, region_code=COUNTY)

        outcomes = at_once(grant, grant, grant)
        assert len({outcome.pk for outcome in outcomes}) == 1
