"""Whose eyes reach the building of which project, and what a page of many costs."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from opinions.actors import RESIDENT
from projects.works import queries
from projects.works.measure import Light
from projects.works.models import Work
from tests.projects.works.conftest import STEPS, Site

SEES = {
    "county_staff": {"here", "away", "all"},
    "leader": {"here", "away", "all"},
    "town_staff": {"here"},
    "clerk": {"here"},
    "rep": {"here", "all"},
    "handler": {"here", "away", "all"},
    "other_handler": set(),
    "other_clerk": {"away"},
    "grid": set(),
    "admin": set(),
    "security": set(),
    "audit": set(),
}


@pytest.fixture
def three(site: Site) -> dict[int, str]:
    world = site.hall.world
    places = {"here": world.town, "away": world.other_town, "all": world.county}
    return {site.adopted(region=region).pk: name for name, region in places.items()}


@pytest.mark.parametrize("role", SEES)
def test_each_role_sees_its_own(site: Site, three: dict[int, str], role: str) -> None:
    seen = Work.objects.visible_to(site.hall.world.users[role])
    assert {three[pk] for pk in seen.values_list("pk", flat=True)} == SEES[role]


@pytest.mark.parametrize("nobody", [AnonymousUser(), RESIDENT, None])
def test_nobody_sees_nothing(site: Site, three: dict[int, str], nobody: Any) -> None:
    assert not Work.objects.visible_to(nobody).exists()


def test_a_disabled_account_sees_nothing(site: Site, three: dict[int, str]) -> None:
    user = site.county
    user.is_active = False
    assert not Work.objects.visible_to(user).exists()


def test_many_cost_as_much_as_one(site: Site, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    works = [site.begun() for _ in range(5)]
    site.report(works[0], 100, 40)
    for some in (works[:1], works):
        with django_assert_num_queries(3):
            found = queries.summaries([work.pk for work in some], date(2026, 4, 6))
        assert len(found) == len(some)


@pytest.mark.parametrize(
    ("today", "light", "late"),
    [
        (date(2026, 3, 30), Light.ON_TIME, 0),
        (date(2026, 6, 25), Light.SOON, 0),
        (date(2026, 7, 1), Light.LATE, 1),
        (date(2026, 7, 25), Light.LATE, 2),
    ],
)
def test_the_summary_says_what_is_next_and_what_slipped(site: Site, today: date, light: Light, late: int) -> None:
    work = site.begun()
    site.report(work, 100)
    row = queries.summaries([work.pk], today)[work.pk]
    assert (row.percent, row.light, row.late) == (20, light, late)
    assert row.next_step is not None
    assert row.next_step.title == STEPS[1].title
    assert row.mark[2] == light.label


def test_what_is_finished_has_nothing_next(site: Site) -> None:
    work = site.completed()
    row = queries.summaries([work.pk], date(2030, 1, 1))[work.pk]
    assert (row.percent, row.light, row.next_step, row.late) == (100, Light.DONE, None, 0)
    assert queries.summaries([10**9], date(2030, 1, 1)) == {}
