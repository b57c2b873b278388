"""附议: one voice a device and a telephone, nothing kept readable but the number of who asked to be told."""

from datetime import timedelta

import pytest
from django.db import connection

from core.workflow import WrongState
from projects import workflow
from projects.models import IdeaSeconding, ProjectIdea
from projects.states import State
from tests.projects.conftest import Hall
from tests.world import START

LATER = START + timedelta(hours=1)


def second(idea: ProjectIdea, device: str, phone: str = "") -> bool:
    return workflow.second(idea.pk, at=LATER, device=device, phone=phone)


def test_a_device_counts_once(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    assert second(idea, "a")
    assert not second(idea, "a")
    assert second(idea, "b")
    idea.refresh_from_db()
    assert idea.seconds == idea.secondings.count() == 2


def test_a_telephone_counts_once_whatever_the_device(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    assert second(idea, "a", "13700000001")
    assert not second(idea, "b", "13700000001")
    assert second(idea, "c", "13700000002")
    assert ProjectIdea.objects.get(pk=idea.pk).seconds == 2


def test_two_ideas_are_two_voices_and_their_hashes_tell_nothing_of_matters(hall: Hall) -> None:
    one, two = hall.idea(State.POOLED), hall.idea(State.POOLED)
    assert second(one, "a", "13700000001")
    assert second(two, "a", "13700000001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row::text, ' ') FROM projects_ideaseconding AS row")
        assert "13700000001" not in cursor.fetchone()[0]
    assert {row.phone for row in IdeaSeconding.objects.all()} == {"13700000001"}


@pytest.mark.parametrize("state", [State.IDEA, State.SHELVED, State.MERGED, State.WITHDRAWN])
def test_only_what_is_in_the_pool_is_seconded(hall: Hall, state: str) -> None:
    idea = hall.idea(state)
    with pytest.raises(WrongState, match="不收附议"):
        second(idea, "a")
    assert not IdeaSeconding.objects.exists()


def test_seconding_moves_nothing_else(hall: Hall) -> None:
    idea = hall.idea(State.POOLED)
    before = (idea.changed_at, idea.history.count())
    second(idea, "a")
    idea.refresh_from_db()
    assert (idea.changed_at, idea.history.count()) == before
