"""What all tests share: fast passwords, files that are thrown away, and tables that can be emptied between tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db.backends.postgresql.operations import DatabaseOperations

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


@pytest.fixture(scope="session", autouse=True)
def _tables_that_only_grow_can_be_emptied_between_tests() -> Iterator[None]:
    """A test with real transactions ends with all tables emptied, which history and audit refuse to anybody else."""
    original = DatabaseOperations.execute_sql_flush

    def with_leave(self: DatabaseOperations, sql_list: list[str]) -> None:
        original(self, ["SET LOCAL liaison.allow_truncate = 'on'", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", with_leave)
        yield
