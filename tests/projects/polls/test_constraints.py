"""What the database itself refuses of a poll, its voices and the county's numbers."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from projects.polls.models import Poll, PollMark, PollRule, PollVoice
from tests.projects.polls.conftest import CLOSES, OPENED, Booth


def refused(constraint: str, rows: "models.QuerySet[Any]", **changes: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**changes)


def test_a_poll(booth: Booth) -> None:
    rows = Poll.objects.filter(pk=booth.open().pk)
    refused("poll_closes_after_opening", rows, closes_on="2026-03-01")
    refused("poll_closed_with_verdict", rows, closed_at=OPENED)
    refused("poll_closed_with_verdict", rows, verdict="GOOD")
    refused("poll_closed_with_verdict", rows, closed_at=OPENED, verdict="BEST", codes_given=0, codes_used=0)
    refused("poll_closed_with_verdict", rows, closed_at=OPENED, verdict="GOOD", codes_given=0, codes_used=1)
    refused("poll_closed_with_verdict", rows, closed_at=OPENED, verdict="GOOD", codes_given=1, codes_used=0)
    refused("poll_mended_when_bad", rows, closed_at=OPENED, verdict="BAD", codes_given=0, codes_used=0)
    refused("poll_mended_when_bad", rows, rectify_by=CLOSES)
    refused("poll_mended_when_bad", rows, rectified_at=timezone.now())


def test_one_runs_on_a_project_and_a_round_is_once(booth: Booth) -> None:
    poll = booth.open()
    poll.pk, poll.round = None, 2
    with pytest.raises(IntegrityError, match="poll_one_runs"), transaction.atomic():
        poll.save(force_insert=True)
    first = booth.close(Poll.objects.get())
    first.pk = None
    with pytest.raises(IntegrityError, match="poll_round_once"), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "wrong"), [("poll_voice_says", {"overall": "BEST"}), ("poll_voice_door", {"door": "BACK"})]
)
def test_a_voice(booth: Booth, constraint: str, wrong: dict[str, str]) -> None:
    poll = booth.open()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PollVoice.objects.create(poll=poll, **({"overall": "GOOD", "door": "CODE"} | wrong))
    assert isinstance(PollVoice.objects.create(poll=poll, overall="GOOD", door="CODE").pk, UUID)


def test_a_mark_is_once(booth: Booth) -> None:
    poll = booth.open()
    PollMark.objects.create(poll=poll, mark="a" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        PollMark.objects.create(poll=poll, mark="a" * 64)


@pytest.mark.parametrize("wrong", [{"bar": 49}, {"bar": 101}, {"least": 0}, {"rectify_days": 0}])
def test_the_countys_numbers(booth: Booth, wrong: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="poll_rule_sensible"), transaction.atomic():
        PollRule.objects.create(
            region=booth.hall.world.county, **({"bar": 80, "least": 10, "rectify_days": 20} | wrong)
        )
