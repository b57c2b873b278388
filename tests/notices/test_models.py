"""What the database refuses about notices, who sees which, and the small writes."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Role, User
from core.workflow import NotAllowed
from notices import rules_cache, services
from notices.models import Channel, DeliveryRules, Notice, State
from notices.outbox import post
from notices.states import FINISHED

PHONE = "13812341234"


@pytest.fixture
def row(db: Any, noon: datetime) -> Callable[..., Notice]:
    """Write a notice row past the outbox."""

    def make(**fields: Any) -> Notice:
        values = {
            "kind": "news", "channel": Channel.SMS, "address": PHONE, "address_hash": "h", "dedupe": "x",
            "not_before": noon, "next_try_at": noon, "created_at": noon,
        }  # fmt: skip
        return Notice.objects.create(**(values | fields))

    return make


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "PIGEON"},
        {"state": "LOST"},
        {"address_hash": ""},
        {"state": State.CLAIMED},
        {"state": State.SENT},
    ],
)
def test_refused_by_the_database(row: Callable[..., Notice], fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row(**fields)


def test_it_cannot_leave_before_it_was_written(row: Callable[..., Notice], noon: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row(not_before=noon - timedelta(seconds=1))


@pytest.mark.parametrize("change", [{"dedupe": "y"}, {"channel": Channel.EMAIL}, {"address_hash": "other"}])
def test_one_row_per_occasion_person_and_channel(row: Callable[..., Notice], change: dict[str, Any]) -> None:
    row()
    with pytest.raises(IntegrityError), transaction.atomic():
        row()
    assert row(**change).pk


def test_people_with_notices_cannot_be_deleted(person: Callable[..., User], row: Callable[..., Notice]) -> None:
    user = person("clerk")
    row(user=user)
    with pytest.raises(ProtectedError):
        user.delete()


def test_in_words(row: Callable[..., Notice]) -> None:
    notice = row()
    assert str(notice) == f"短信 news #{notice.pk}"
    assert PHONE not in repr(notice)
    assert str(DeliveryRules()) == "21:00–08:00"


def test_finished_states() -> None:
    assert {State.SENT, State.PARKED, State.TOLD} == FINISHED


class TestRules:
    def test_defaults_without_a_row(self, db: None) -> None:
        rules = DeliveryRules.current()
        assert (rules.quiet_from, rules.quiet_until) == (time(21), time(8))
        assert (rules.max_attempts, rules.erase_after_days) == (6, 90)
        assert not DeliveryRules.objects.exists()

    def test_one_row_at_most(self, db: None) -> None:
        DeliveryRules.objects.create()
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryRules.objects.create()
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryRules.objects.create(only_row=False)

    def test_the_kept_copy_ages(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = [0.0]
        monkeypatch.setattr("notices.rules_cache.time.monotonic", lambda: clock[0])
        rules_cache.forget()
        assert rules_cache.current_rules().max_attempts == 6
        DeliveryRules.objects.create(max_attempts=2)
        assert rules_cache.current_rules().max_attempts == 6
        clock[0] = 61.0
        assert rules_cache.current_rules().max_attempts == 2

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
    def test_only_the_system_admin_changes_them(self, person: Callable[..., User], role: str, noon: datetime) -> None:
        with pytest.raises(NotAllowed):
            services.change_rules(
                actor=person("someone", role, "411625"), at=noon, quiet_from=time(1), quiet_until=time(2),
                max_attempts=1, erase_after_days=7, digest_at=time(8), digest_minutes=10,
            )  # fmt: skip


class TestSight:
    @pytest.fixture
    def clerk(self, person: Callable[..., User]) -> User:
        return person("clerk", Role.STATION_STAFF, "411625001")

    @pytest.mark.parametrize(
        ("region", "seen"),
        [
            ("411625001", True),
            ("411625001003", True),
            ("411625002", False),
            ("411625", False),
            ("4116250010", True),
            ("", False),
        ],
    )
    def test_by_prefix(self, clerk: User, row: Callable[..., Notice], noon: datetime, region: str, seen: bool) -> None:
        row(region_code=region, state=State.PARKED)
        assert Notice.objects.parked_visible_to(clerk).exists() is seen

    def test_only_parked_ones(self, clerk: User, row: Callable[..., Notice]) -> None:
        row(region_code="411625001")
        assert not Notice.objects.parked_visible_to(clerk).exists()
        assert Notice.objects.cared_for_by(clerk).exists()

    def test_in_site_notices_of_others_never(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        post("news", at=noon, dedupe="a", user=person("other"), region_code="411625001")
        assert not Notice.objects.cared_for_by(clerk).exists()

    def test_someone_without_a_role_sees_none(self, person: Callable[..., User], row: Callable[..., Notice]) -> None:
        row(region_code="411625001", state=State.PARKED)
        assert not Notice.objects.parked_visible_to(person("nobody")).exists()

    def test_the_inbox_is_ones_own(self, clerk: User, person: Callable[..., User], noon: datetime) -> None:
        other = person("other", phone=PHONE)
        for user in (clerk, other):
            post("plain", at=noon, dedupe="a", user=user)
        assert Notice.objects.inbox_of(clerk).count() == 1
        assert Notice.objects.inbox_of(other).count() == 1  # not the text message


class TestDue:
    def test_only_what_waits_and_may_leave(self, row: Callable[..., Notice], noon: datetime) -> None:
        due = row(dedupe="due")
        row(dedupe="later", next_try_at=noon + timedelta(minutes=1))
        row(dedupe="night", not_before=noon + timedelta(minutes=1))
        row(dedupe="parked", state=State.PARKED)
        row(dedupe="sent", state=State.SENT, sent_at=noon)
        assert list(Notice.objects.due(noon)) == [due]


class TestReading:
    def test_mark_read_keeps_the_first_moment(self, person: Callable[..., User], noon: datetime) -> None:
        user = person("clerk")
        post("news", at=noon, dedupe="a", user=user)
        notice = Notice.objects.get()
        for minutes in (1, 2):
            services.mark_read(user, notice.pk, at=noon + timedelta(minutes=minutes))
        assert Notice.objects.get().read_at == noon + timedelta(minutes=1)

    def test_anothers_is_not_found(self, person: Callable[..., User], noon: datetime) -> None:
        post("news", at=noon, dedupe="a", user=person("clerk"))
        with pytest.raises(Notice.DoesNotExist):
            services.mark_read(person("stranger"), Notice.objects.get().pk, at=noon)

    def test_mark_all_counts_the_new_ones(self, person: Callable[..., User], noon: datetime) -> None:
        user = person("clerk")
        for number in range(3):
            post("news", at=noon, dedupe=f"x:{number}", user=user)
        assert services.mark_all_read(user, at=noon) == 3
        assert services.mark_all_read(user, at=noon) == 0
