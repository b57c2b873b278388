"""The yearly list: what stands on it, in which order, counted by step, and the same cost for many."""

import pytest

from projects.models import ProjectIdea
from projects.states import ON_THE_LIST, State
from tests.projects.conftest import Hall


@pytest.mark.parametrize("state", State)
def test_a_project_stands_on_the_list_from_its_adoption_to_the_verdict(hall: Hall, state: str) -> None:
    row = hall.idea(state)
    expected = {row.pk} if state in ON_THE_LIST else set()
    assert set(ProjectIdea.objects.on_the_list().values_list("pk", flat=True)) == expected


def test_the_list_of_a_year_is_that_years_alone(hall: Hall) -> None:
    old, new = hall.idea(State.BUILDING), hall.idea(State.ADOPTED)
    ProjectIdea.objects.filter(pk=old.pk).update(year=2026)
    assert list(ProjectIdea.objects.on_the_list(2026)) == [old]
    assert list(ProjectIdea.objects.on_the_list(2027)) == [new]
    assert ProjectIdea.objects.on_the_list().count() == 2
