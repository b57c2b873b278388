"""What all tests share: fast passwords, files that are thrown away, and tables that can be emptied between tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import TransactionTestCase

from core.minute import Minute
from core.workdays import WorkCalendar


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that two workers end together: a file goes to one worker whole."""
    items.sort(key=lambda item: not (item.get_closest_marker("slow") or item.get_closest_marker("e2e")))


@pytest.fixture(autouse=True)
def _quick_and_clean(settings: Any, tmp_path: Path) -> None:
    """Passwords hash quickly, files go to the test's own folder, and no test sees another's cache."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False  # tests/accounts switches it on where it is the subject
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMS_SPOOL_DIR = tmp_path / "sms"
    WorkCalendar.forget()  # a calendar day of another test was rolled back, the remembered calendar was not
    Minute.forget_all()
    caches["process"].clear()
    cache.delete_pattern("*")  # not clear(): other tests run beside this one on the same server


EMPTY_OUT = """
DO $$
DECLARE
    one record;
    is_filled boolean;
    everything text := (
        SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    );
BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL liaison.allow_truncate = 'on';
    EXECUTE 'LOCK TABLE ' || everything || ' IN ACCESS EXCLUSIVE MODE';  -- waits for what a browser still has under way
    FOR one IN
        SELECT class.oid::regclass AS name, EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = class.oid AND tgenabled = 'A'
        ) AS only_grows
        FROM pg_class AS class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', one.name) INTO is_filled;
        IF is_filled AND one.only_grows THEN
            EXECUTE format('TRUNCATE %%s CASCADE', one.name);
        ELSIF is_filled THEN
            EXECUTE format('DELETE FROM %%s', one.name);
        END IF;
    END LOOP;
END
$$
"""
KEPT_TABLES = ["django_migrations", "django_content_type", "auth_permission"]


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly() -> Iterator[None]:
    """A test with real transactions ends with empty tables: only what has rows is emptied, and without the framework's
    word that everything was migrated. Tables that only grow are truncated, which they refuse to anybody else.
    """

    def empty(test: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EMPTY_OUT, [KEPT_TABLES])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
