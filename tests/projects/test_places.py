"""Towns as lists let one choose them: a village counts for its town, and the county's own is a place by itself."""

import pytest
from django.test import Client

from projects.models import ProjectIdea
from projects.places import lies_in, town_of, towns_of
from projects.states import State
from tests.projects.works.heap import wish
from tests.world import World, make_world

COUNTY, TOWN, VILLAGE, OTHER = "411625", "411625001", "411625001005", "411625101"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.parametrize(("place", "town"), [(COUNTY, COUNTY), (TOWN, TOWN), (VILLAGE, TOWN), (OTHER, OTHER)])
def test_the_town_of_a_place(place: str, town: str) -> None:
    assert town_of(place) == town


def test_a_village_is_chosen_by_its_town_and_the_county_stands_first(world: World) -> None:
    assert towns_of([OTHER, VILLAGE, COUNTY, TOWN, VILLAGE]) == [
        (COUNTY, "全县"), (TOWN, "洺南街道"), (OTHER, "吴台镇"),
    ]  # fmt: skip
    assert towns_of([VILLAGE]) == [(TOWN, "洺南街道")]
    assert towns_of([]) == []


def test_every_place_lies_in_exactly_one_town(world: World) -> None:
    for region in (world.county, world.town, world.village, world.other_town):
        row = wish(world, State.POOLED, region=region)
        holding = [code for code, _ in towns_of([COUNTY, TOWN, OTHER])
                   if ProjectIdea.objects.filter(lies_in(code), pk=row.pk).exists()]  # fmt: skip
        assert holding == [town_of(region.code)]


def test_the_pool_is_asked_for_what_is_the_countys_own(world: World) -> None:
    own, village = wish(world, region=world.county), wish(world, region=world.village)
    client = Client()
    client.force_login(world.county_staff)
    for town, row in ((COUNTY, own), (TOWN, village)):
        page = client.get(f"/desk/projects/?tab=all&town={town}")
        assert [shown["idea"].pk for shown in page.context["rows"]] == [row.pk]
    client.force_login(world.users["town_staff"])
    page = client.get(f"/desk/projects/?tab=all&town={COUNTY}")
    assert page.context["rows"] == []
    assert "地址里有一项条件用不了" in page.content.decode()
