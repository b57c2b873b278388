"""Whatever stands in the tables, the overview's numbers are those of a plain count, and parts come to their whole."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from accounts.models import Role, RoleGrant, User
from projects.overview import Asked, Overseer, overview_of
from projects.places import town_of
from projects.polls.models import Verdict
from projects.states import ON_THE_LIST, State
from projects.works.filters import POLLS
from projects.works.measure import BY_URGENCY
from projects.works.models import Work
from stations.models import Unit
from tests.projects.works.heap import FINISHED, TODAY, build, poll, wish
from tests.world import START, World, make_world

BEFORE = (State.IDEA, State.POOLED, State.SCREENED, State.LISTED)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def mix(world: World, seed: int, size: int = 24) -> None:
    """Write projects of any stage, place, unit, year, sum and day; the same for a seed each time."""
    luck, units = Random(seed), list(Unit.objects.all())
    places = (world.county, world.town, world.village, world.other_town)
    for _ in range(size):
        state, where = luck.choice([*BEFORE, *ON_THE_LIST, State.SHELVED]), luck.choice(places)
        common: dict[str, Any] = {"region": where, "year": luck.choice((2026, 2026, 2027))}
        if state not in ON_THE_LIST:
            wish(world, state, **common)
            continue
        plan = {"unit": luck.choice(units), "funds": Decimal(luck.randrange(0, 100_000)) / 100}
        work = build(world, state, due=TODAY + timedelta(luck.randrange(-9, 20)), plan=plan, **common)
        if state in FINISHED and luck.random() < 0.7:
            poll(world, work, luck.choice([*Verdict.values, ""]))


def figures(rows: Any) -> list[int]:
    return [int(line.count.words) for line in rows]


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_are_those_of_a_plain_count(world: World, seed: int) -> None:
    mix(world, seed)
    overseer = Overseer(world.county_staff, TODAY, Asked("2026"))
    shown = overview_of(overseer)
    works = [work for work in Work.objects.select_related("idea", "unit") if work.idea.year == 2026]
    lights = Counter(work.light(TODAY) for work in works)
    assert figures(shown.lights) == [lights[light] for light in BY_URGENCY]
    assert int(shown.listed.words) == len(works)
    assert Decimal(shown.funds.words.replace(",", "")) == sum(work.funds for work in works)
    assert sum(figures(shown.stages)) == len(works) + sum(
        int(figure.words) for row in shown.towns for _, figure in row.before
    )
    last = [work.idea.polls.first() for work in works if work.idea.state in FINISHED]
    said = Counter(row.verdict or "OPEN" for row in last if row is not None)
    found = dict(zip(POLLS, figures(shown.polls), strict=True))
    assert found["good"] == said[Verdict.GOOD]
    assert found["mending"] + found["again"] == said[Verdict.BAD]
    assert (found["few"], found["running"]) == (said[Verdict.FEW], said["OPEN"])
    of_units = Counter(work.unit.short_name for work in works)
    assert {row.name: int(row.listed.words) for row in shown.units} == of_units
    of_towns = Counter(overseer.towns[town_of(work.idea.region_id)] for work in works)
    assert {row.name: int(row.listed.words) for row in shown.towns if row.listed.url} == of_towns


@pytest.mark.parametrize("seed", range(2))
def test_towns_come_to_the_county(world: World, seed: int) -> None:
    mix(world, seed)
    whole = overview_of(Overseer(world.county_staff, TODAY, Asked("2026")))
    towns = Overseer(world.county_staff, TODAY, Asked("2026")).towns
    parts = [overview_of(Overseer(world.county_staff, TODAY, Asked("2026", town))) for town in towns]
    for panel in ("stages", "lights", "polls"):
        added = [sum(numbers) for numbers in zip(*(figures(getattr(one, panel)) for one in parts), strict=True)]
        assert added == figures(getattr(whole, panel))


def test_whoever_also_builds_for_a_unit_sees_numbers_that_its_list_confirms(world: World) -> None:
    mix(world, 5)
    user = world.users["town_staff"]
    RoleGrant.objects.create(user=user, role=Role.UNIT_HANDLER, unit_code="chengguan", granted_at=START)
    user = User.objects.get(pk=user.pk)
    shown = overview_of(Overseer(user, TODAY, Asked("2026")))
    seen = Work.objects.visible_to(user).filter(idea__year=2026)
    assert int(shown.listed.words) == seen.count()
    assert sum(int(row.listed.words) for row in shown.towns) == seen.count()
