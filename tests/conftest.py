"""What all tests share: fast passwords, and a place for files that is thrown away."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from core.workdays import WorkCalendar


@pytest.fixture(autouse=True)
def _quick_and_clean(settings: Any, tmp_path: Path) -> None:
    """Passwords hash quickly, files go to the test's own folder, and no test sees another's cache."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMS_SPOOL_DIR = tmp_path / "sms"
    WorkCalendar.forget()  # a calendar day of another test was rolled back, the remembered calendar was not
    cache.delete_pattern("*")  # not clear(): other tests run beside this one on the same server
