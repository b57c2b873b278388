"""Which theme a day has: the station's own beats the county's, for whatever was set; and what it costs to ask."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duties.themes.models import MonthlyTheme
from duties.themes.queries import theme_of, themes
from stations.models import Region, Station
from tests.duties.themes.world import APRIL, MARCH, county_theme, own_theme
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db
MONTHS = [date(2026, 1, 1), date(2026, 2, 1), MARCH]
PLACES = ("county", "station", "other_station")
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
some = st.sets(st.tuples(st.sampled_from(PLACES), st.sampled_from(MONTHS)))
days = st.dates(date(2025, 12, 1), date(2026, 4, 30))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def put(world: World, place: str, month: date) -> None:
    owner: dict[str, Any] = {"county": world.county} if place == "county" else {"station": getattr(world, place)}
    MonthlyTheme.objects.create(month=month, title=place, about=f"{month}", changed_at=START, **owner)


@SLOW
@given(given_ones=some, day=days, name=st.sampled_from(PLACES[1:]))
def test_the_stations_own_beats_the_countys(world: World, given_ones: set[Any], day: date, name: str) -> None:
    with transaction.atomic():
        for place, month in sorted(given_ones):
            put(world, place, month)
        month = day.replace(day=1)
        expected = name if (name, month) in given_ones else "county" if ("county", month) in given_ones else None
        found = theme_of(getattr(world, name), day)
        assert (found.title if found else None) == expected
        assert found is None or found.month == month
        transaction.set_rollback(True)


@SLOW
@given(given_ones=some, asked=st.lists(days, max_size=6))
def test_many_at_once_read_the_same_as_one_by_one(world: World, given_ones: set[Any], asked: list[date]) -> None:
    with transaction.atomic():
        for place, month in sorted(given_ones):
            put(world, place, month)
        stations = [world.station, world.other_station]
        book = themes(asked, [row.pk for row in stations])
        assert book == themes(asked) or not asked
        for day in asked:
            for row in stations:
                assert book.of(row, day) == theme_of(row, day)
        transaction.set_rollback(True)


def test_a_dropped_theme_counts_for_nobody(world: World) -> None:
    own, common = own_theme(world), county_theme(world)
    day = date(2026, 3, 31)
    assert theme_of(world.station, day) == own
    MonthlyTheme.objects.filter(pk=own.pk).update(state="DROPPED")
    assert theme_of(world.station, day) == common
    MonthlyTheme.objects.filter(pk=common.pk).update(state="DROPPED")
    assert theme_of(world.station, day) is None


def test_another_county_has_its_own(world: World) -> None:
    common = county_theme(world)
    other = Region.objects.create(code="411626", name="邻县", short_name="邻县", level="county")
    there = Station.objects.create(code="linxian", name="邻县融合站点", region=other)
    assert theme_of(there, MARCH) is None
    assert themes([MARCH]).alone == common
    MonthlyTheme.objects.create(county=other, month=MARCH, title="邻县的", about="说说。", changed_at=START)
    assert theme_of(there, MARCH).title == "邻县的"  # type: ignore[union-attr]
    assert theme_of(world.station, MARCH) == common
    assert themes([MARCH]).alone is None


def test_asking_costs_one_statement_however_much_is_asked(world: World) -> None:
    county_theme(world)
    for number in range(30):
        place = Station.objects.create(code=f"s{number}", name=f"{number}", region=world.town)
        MonthlyTheme.objects.create(station=place, month=APRIL, title="自己的", about="说。", changed_at=START)
    rows = list(Station.objects.all())
    with CaptureQueriesContext(connection) as asked:
        book = themes([MARCH + timedelta(days=number) for number in range(60)])
        found = [book.of(row, APRIL) for row in rows]
    assert len(asked) == 1
    assert sum(row is not None for row in found) == 30
