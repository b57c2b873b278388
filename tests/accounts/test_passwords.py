"""The password rule of our own, and that all rules are switched on."""

import io
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import lockout, services
from accounts.models import AuditEntry, User
from accounts.passwords import NotFromUserNameValidator

RULE = NotFromUserNameValidator()


@pytest.mark.parametrize("password", ["xx-lihua-9988", "LIHUA20260325", "auhil-2026-xyz"])
def test_holding_the_user_name_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="用户名"):
        RULE.validate(password, User(username="lihua"))


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "abababababab", "1111222233334"])
def test_few_distinct_characters_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="字符太少"):
        RULE.validate(password)


@pytest.mark.parametrize("username", ["", "ab", "wanggang"])
def test_others_pass(username: str) -> None:
    RULE.validate("a long pass phrase 7", User(username=username))


def test_it_explains_itself() -> None:
    assert "用户名" in RULE.get_help_text()


@pytest.mark.parametrize("password", ["short7ch!", "password123", "qwertyuiop", "20260325094100", "clerk-clerk-clerk"])
def test_all_rules_are_switched_on(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="clerk", name="安可期"))


def test_first_passwords_pass_all_rules() -> None:
    for _ in range(50):
        validate_password(services.new_password(), User(username="clerk", name="安可期"))


class TestConsole:
    def test_an_administrator_gets_back_in(self, audit_admin: User) -> None:
        TOTPDevice.objects.create(user=audit_admin, name="x", confirmed=True)
        AccessAttempt.objects.create(username="auditor", ip_address="127.0.0.1", failures_since_start=5)
        out = io.StringIO()
        call_command("reset_administrator", "Auditor", stdout=out)
        fresh = User.objects.get(pk=audit_admin.pk)
        assert fresh.check_password(out.getvalue().strip())
        assert fresh.must_change_password
        assert not TOTPDevice.objects.exists()
        assert not AccessAttempt.objects.exists()
        line = AuditEntry.objects.get(action="password_reset")
        assert (line.actor, line.subject) == (None, f"user:{fresh.pk}")

    def test_an_unknown_name(self, db: None) -> None:
        with pytest.raises(CommandError, match="No such account"):
            call_command("reset_administrator", "nobody")


class TestLockoutNumbers:
    @staticmethod
    def attempt(failures: int, minutes_ago: float = 0, username: str = "clerk") -> None:
        row = AccessAttempt.objects.create(
            username=username, ip_address="127.0.0.1", failures_since_start=failures, user_agent=str(minutes_ago)
        )
        moment = timezone.now() - timedelta(minutes=minutes_ago)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=moment)

    def test_minutes_are_rounded_up_and_never_zero(self, rf: RequestFactory, db: None) -> None:
        request = rf.post("/")
        assert lockout.minutes_left(request, "clerk", timezone.now()) == 1
        self.attempt(5, minutes_ago=4.5)
        assert lockout.minutes_left(request, "clerk", timezone.now()) == 11
        assert lockout.minutes_left(request, "clerk", timezone.now() + timedelta(hours=1)) == 1

    def test_tries_left(self, rf: RequestFactory, db: None) -> None:
        request = rf.post("/")
        assert lockout.tries_left(request, "clerk") == 5
        self.attempt(2)
        assert lockout.tries_left(request, "clerk") == 3
        self.attempt(9, username="other")
        assert lockout.tries_left(request, "other") == 0

    def test_locked_among(self, db: None) -> None:
        self.attempt(5, username="now")
        self.attempt(5, minutes_ago=16, username="over")
        self.attempt(4, username="nearly")
        assert lockout.locked_among(["now", "over", "nearly", "never"], timezone.now()) == {"now"}
