"""Rows of several tables in one statement: the same as saved one by one, or none at all."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from core.together import insert, next_key

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 25, 9, 41, tzinfo=UTC)


def _user(name: str, **more: object) -> User:
    return User(username=name, name="丁一", phone="13800001234", **more)


def test_rows_of_several_tables_are_written_with_one_statement_and_name_each_other() -> None:
    user = _user("first", pk=next_key(User))
    lines = [AuditEntry(at=AT, actor=user, action=action, detail={"n": [1, "二"]}) for action in ("one", "two")]
    with CaptureQueriesContext(connection) as seen:
        insert([user, *lines])
    assert len(seen) == 1
    stored = User.objects.get(username="first")
    assert (stored.pk, stored.phone, stored.is_active) == (user.pk, "13800001234", True)
    kept = AuditEntry.objects.filter(actor=user).order_by("id")
    assert [(line.action, line.at, line.detail) for line in kept] == [
        ("one", AT, {"n": [1, "二"]}),
        ("two", AT, {"n": [1, "二"]}),
    ]


def test_an_encrypted_column_is_stored_encrypted() -> None:
    insert([_user("first")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user WHERE username = 'first'")
        assert "13800001234" not in cursor.fetchone()[0]


def test_when_one_row_is_refused_none_is_there() -> None:
    insert([_user("first")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([AuditEntry(at=AT, action="lost"), _user("first")])
    assert not AuditEntry.objects.filter(action="lost").exists()


def test_keys_taken_are_never_given_again() -> None:
    keys = [next_key(User) for _ in range(3)]
    assert len(set(keys)) == 3
    insert([_user("drawn")])
    assert User.objects.get(username="drawn").pk not in keys


def test_text_that_looks_like_sql_stays_text() -> None:
    words = "'); DELETE FROM accounts_user; -- %s ;"
    insert([AuditEntry(at=AT, action="x", subject=words), _user("first")])
    assert AuditEntry.objects.get(action="x").subject == words
    assert User.objects.filter(username="first").exists()


def test_nothing_is_nothing() -> None:
    with CaptureQueriesContext(connection) as seen:
        insert([])
    assert len(seen) == 0
