"""The demo county can be written on any day: inside a long holiday, at the turn of the year.

On a plain working day it is written in test_seed_demo.py.
"""

from datetime import datetime
from pathlib import Path

import pytest
from django.test import override_settings

from dashboards.demo.county import seed_demo
from opinions.models import HistoryEntry, Opinion
from tests.world import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAYS = (
    datetime(2026, 10, 6, 9, 0),
    datetime(2027, 1, 1, 0, 30),
)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def test_the_county_is_written_and_nothing_in_it_lies_ahead(day: datetime, tmp_path: Path) -> None:
    now = day.replace(tzinfo=SHANGHAI)
    with override_settings(MEDIA_ROOT=tmp_path, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        assert seed_demo(now, "demo pass phrase 9")
    assert Opinion.objects.count() > 400
    assert not HistoryEntry.objects.filter(at__gt=now).exists()
    assert HistoryEntry.objects.filter(verb="press").exists()
