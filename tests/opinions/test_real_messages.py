"""Real residents' messages, imported through the verbs: the board's count of answers in time, beside one made by hand.

The count below reads the file and nothing of the portal's: its own few lines of arithmetic, and the calendar that the
package `holidays` keeps. The messages lie outside the repository (REAL_MESSAGES names another place).
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from django.core.management import call_command
from django.utils import timezone

from dashboards.queries import totals
from opinions.models import Deadline, Opinion
from stations.models import Category
from tests.world import World

FILE = Path(os.environ.get("REAL_MESSAGES", Path(__file__).parents[3] / "shared" / "data" / "messages.jsonl.gz"))
MESSAGES = int(os.environ.get("REAL_MESSAGES_COUNT", "120"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
THEIRS = holidays.country_holidays("CN", years=range(2007, 2027))
ASKING = ("咨询", "请问", "如何", "怎么", "什么时候", "何时", "吗", "?", "？")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not FILE.exists(), reason=f"the real messages are not at hand ({FILE.name}; REAL_MESSAGES=…)"),
]


def answered() -> Iterator[dict[str, Any]]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        yield from (row for row in map(json.loads, lines) if row.get("reply") and row.get("replied"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def latest_answer(row: dict[str, Any]) -> datetime:
    """Assigned four hours after it came, or half way to a sooner answer; five working days for a question, else ten."""
    created, replied = moment(row["created"]), moment(row["replied"])
    day: date = (created + min(timedelta(hours=4), (max(replied, created) - created) / 2)).date()
    for _ in range(5 if any(word in row["title"] for word in ASKING) else 10):
        day += timedelta(days=1)
        while not THEIRS.is_working_day(day):
            day += timedelta(days=1)
    return datetime.combine(day, time(17, 30), tzinfo=SHANGHAI)


def test_answers_in_time_agree_with_a_count_by_hand(world: World, tmp_path: Path) -> None:
    rows = [row for row, _ in zip(answered(), range(MESSAGES), strict=False)]
    file = tmp_path / "some.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    Category.objects.update(usual_unit=world.unit)
    call_command("import_messages", str(file), verbosity=0)
    limits = sorted((moment(row["created"]), latest_answer(row)) for row in rows)
    kept = Deadline.objects.filter(step="REPLY", round=1).values_list("opinion__created_at", "due_at")
    assert sorted(kept) == limits
    counted = totals(Opinion.objects.all(), timezone.now())
    by_hand = sum(moment(row["replied"]) <= latest_answer(row) for row in rows)
    assert (counted.received, counted.in_time, counted.due) == (len(rows), by_hand, len(rows))
    assert 0 < by_hand < len(rows)
