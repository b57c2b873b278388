"""What the database itself refuses, whoever writes."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.models import Campaign, IdeaSeconding, ProjectIdea
from projects.states import State
from tests.projects.conftest import Hall
from tests.world import START


def refused(name: str, **columns: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProjectIdea.objects.update(**columns)


def test_a_state_is_one_of_ours_and_so_is_a_source(hall: Hall) -> None:
    hall.propose()
    refused("idea_state_known", state="DREAMT")
    refused("idea_source_known", source="DREAM")
    refused("idea_of_an_opinion", source="OPINION")


def test_the_pool_holds_nothing_without_public_words(hall: Hall) -> None:
    hall.propose()
    refused("idea_pooled_with_public_words", state="POOLED")
    refused("idea_pooled_with_public_words", state="POOLED", title="修路", summary="", pooled_at=START)


def test_nothing_is_shelved_without_a_reason(hall: Hall) -> None:
    hall.propose()
    refused("idea_shelved_with_reason", state="SHELVED")


def test_what_is_merged_lies_under_another_and_nothing_else_does(hall: Hall) -> None:
    idea = hall.propose()
    refused("idea_merged_into_another", state="MERGED")
    refused("idea_merged_into_another", merged_into=idea)
    refused("idea_not_merged_into_itself", state="MERGED", state_before="IDEA", merged_into=idea)


def test_a_receipt_and_a_key_are_one_ideas(hall: Hall) -> None:
    one, two = hall.propose(), hall.propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectIdea.objects.filter(pk=two.pk).update(receipt=one.receipt)


def test_a_device_and_a_telephone_second_once(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    IdeaSeconding.objects.create(idea=idea, device_hash="a", phone_hash="p", created_at=START)
    for more in ({"device_hash": "a"}, {"device_hash": "b", "phone_hash": "p"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdeaSeconding.objects.create(idea=idea, created_at=START, **more)
    IdeaSeconding.objects.create(idea=idea, device_hash="c", created_at=START)
    IdeaSeconding.objects.create(idea=idea, device_hash="d", created_at=START)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("campaign_closes_after_opening", {"closes_on": date(2026, 2, 1)}),
        ("campaign_year_sensible", {"year": 1999}),
    ],
)
def test_a_campaign_has_sensible_days(hall: Hall, name: str, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Campaign.objects.update(**columns)
