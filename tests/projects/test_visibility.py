"""Who sees which ideas and campaigns: by region prefix, own station, service, own hand; nobody by default."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from opinions.actors import RESIDENT
from projects.models import Campaign, ProjectIdea
from projects.states import Source, State
from tests.projects.conftest import Hall

HERE, ELSEWHERE, COUNTY = "here", "elsewhere", "county"
SEES = {
    "clerk": {HERE},
    "other_clerk": {ELSEWHERE},
    "town_staff": {HERE},
    "county_staff": {HERE, ELSEWHERE, COUNTY},
    "leader": {HERE, ELSEWHERE, COUNTY},
    "rep": {HERE},
    "grid": set(),
    "handler": set(),
    "co_handler": set(),
    "admin": set(),
    "security": set(),
    "audit": set(),
}


@pytest.fixture
def three(hall: Hall) -> dict[int, str]:
    """One idea in the town, one in the other, one for the whole county."""
    world = hall.world
    places = {HERE: world.village, ELSEWHERE: world.other_town, COUNTY: world.county}
    return {hall.propose(region=region).pk: name for name, region in places.items()}


@pytest.mark.parametrize("role", SEES)
def test_each_role_sees_its_places(hall: Hall, three: dict[int, str], role: str) -> None:
    seen = ProjectIdea.objects.visible_to(hall.world.users[role])
    assert {three[pk] for pk in seen.values_list("pk", flat=True)} == SEES[role]


@pytest.mark.parametrize("nobody", [AnonymousUser(), RESIDENT, None])
def test_nobody_sees_nothing(hall: Hall, three: dict[int, str], nobody: Any) -> None:
    assert not ProjectIdea.objects.visible_to(nobody).exists()
    assert not Campaign.objects.visible_to(nobody).exists()


def test_a_disabled_account_sees_nothing(hall: Hall, three: dict[int, str]) -> None:
    user = hall.world.county_staff
    user.is_active = False
    assert not ProjectIdea.objects.visible_to(user).exists()


def test_a_representative_sees_his_own_anywhere_and_nothing_withdrawn_of_others(hall: Hall) -> None:
    mine = hall.propose(actor=hall.world.rep, source=Source.REPRESENTATIVE)
    ProjectIdea.objects.filter(pk=mine.pk).update(station=None)
    gone = hall.idea(State.WITHDRAWN)
    seen = set(ProjectIdea.objects.visible_to(hall.world.rep).values_list("pk", flat=True))
    assert mine.pk in seen
    assert gone.pk not in seen


def test_a_prefix_is_a_prefix_and_no_more(hall: Hall) -> None:
    from_next_door = hall.propose(region=hall.world.other_town)
    assert not ProjectIdea.objects.visible_to(hall.world.town_staff).filter(pk=from_next_door.pk).exists()


@pytest.mark.parametrize("state", list(State))
def test_what_everybody_reads_was_pooled_once_and_stands_by_itself(hall: Hall, state: str) -> None:
    idea = hall.idea(state)
    hidden = {State.IDEA, State.SHELVED, State.MERGED, State.WITHDRAWN}
    assert ProjectIdea.objects.published().filter(pk=idea.pk).exists() == (state not in hidden)
    assert idea.is_published == (state not in hidden)


def test_campaigns_are_the_countys(hall: Hall) -> None:
    for role in ("county_staff", "leader"):
        assert list(Campaign.objects.visible_to(hall.world.users[role])) == [hall.campaign]
    for role in ("clerk", "town_staff", "rep", "grid", "handler", "admin"):
        assert not Campaign.objects.visible_to(hall.world.users[role]).exists()


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), False),
    ],
)
def test_a_campaign_runs_from_its_first_to_its_last_day(hall: Hall, day: date, runs: bool) -> None:
    assert Campaign.objects.running(day).exists() == runs
