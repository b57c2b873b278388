"""All of a verb or nothing of it, and two people who press at once."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from core.workflow import VerbError
from notices.models import Notice
from projects import workflow
from projects.models import IdeaLine, ProjectIdea
from projects.states import State
from projects.workflow import engine, proposing
from stations.queries import forget
from tests.projects.conftest import PLAN, SUMMARY, TITLE, Hall
from tests.world import START, make_world

LATER = START + timedelta(hours=1)


class Gone(Exception):
    """The power went."""


def fail(*args: Any) -> None:
    raise Gone


def test_when_the_notices_cannot_be_written_nothing_happened(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    idea = hall.propose()
    before = (Notice.objects.count(), IdeaLine.objects.count())
    monkeypatch.setattr(engine, "post_many", fail)
    with pytest.raises(Gone):
        hall.pool(idea)
    idea.refresh_from_db()
    assert (idea.state, idea.title) == (State.IDEA, "")
    assert (Notice.objects.count(), IdeaLine.objects.count()) == before


def test_an_idea_whose_notices_cannot_be_written_is_not_taken_in(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "post_many", fail)
    with pytest.raises(Gone):
        hall.propose()
    assert not ProjectIdea.objects.exists()
    assert not IdeaLine.objects.exists()


@pytest.fixture
def open_hall(transactional_db: None) -> Hall:
    """The same county with real transactions, so that two threads see each other."""
    forget()
    world = make_world()
    return Hall(world, workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act came to, all begun at the same moment."""
    gate, came = Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            came.append(act())
        except VerbError as error:
            came.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_two_clerks_pool_it_once(open_hall: Hall) -> None:
    idea = open_hall.propose()
    clerk, town = open_hall.world.clerk, open_hall.world.town_staff
    words = {"title": TITLE, "summary": SUMMARY, "category": open_hall.world.category}
    came = at_once(
        lambda: workflow.pool(idea.pk, actor=clerk, at=LATER, **words),
        lambda: workflow.pool(idea.pk, actor=town, at=LATER, **words),
    )
    assert sorted(isinstance(one, VerbError) for one in came) == [False, True]
    assert idea.history.filter(verb="pool").count() == 1
    assert Notice.objects.filter(kind="idea_pooled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_ideas_are_not_put_under_each_other(open_hall: Hall) -> None:
    one, two, clerk = open_hall.propose(), open_hall.propose(), open_hall.world.clerk
    came = at_once(
        lambda: workflow.merge(one.pk, actor=clerk, at=LATER, lead_id=two.pk),
        lambda: workflow.merge(two.pk, actor=clerk, at=LATER, lead_id=one.pk),
    )
    assert sorted(isinstance(row, VerbError) for row in came) == [False, True]
    assert ProjectIdea.objects.filter(state=State.MERGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_telephone_on_many_devices_is_one_voice(open_hall: Hall) -> None:
    idea = open_hall.idea(State.POOLED)
    came = at_once(
        *(
            lambda device=device: workflow.second(idea.pk, at=LATER, device=device, phone="13700000001")
            for device in "abcd"
        )
    )
    assert sorted(came) == [False, False, False, True]
    idea.refresh_from_db()
    assert idea.seconds == idea.secondings.count() == 1
