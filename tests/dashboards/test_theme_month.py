"""The month's page tells what was done: each figure counted by hand, nobody named outside, nobody ranked."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.theme_month import lines, month_done
from duties.models import Roster, Shift
from duties.themes import workflow as themes
from opinions import workflow
from opinions.receptions import workflow as receptions
from stations.models import Representative, Station
from stations.queries import forget
from tests.duties.themes.world import APRIL, MARCH, county_theme, note, own_theme
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db
HOURS = {"start": time(8, 30), "end": time(12)}


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.SECOND_FACTOR_REQUIRED = False
    cache.delete_pattern("*")
    with time_machine.travel(START + timedelta(hours=2), tick=False):
        yield
    cache.delete_pattern("*")


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


def received(world: World, number: int, *, at: Any = START) -> list[Any]:
    """A reception at the station with so many visitors."""
    people = world.station.services.values_list("representative_id", flat=True)[:1]
    row = receptions.open_reception(world.station.pk, actor=world.clerk, at=at, people=people)
    told = [world.submit(at=at, channel="RECEPTION") for _ in range(number)]
    for opinion in told:
        receptions.receive(row.pk, opinion, actor=world.clerk, at=at)
    receptions.close(row.pk, actor=world.clerk, at=at + timedelta(minutes=30))
    return told


def duties(world: World, *states: str) -> None:
    """Published duties of the month, one for each state."""
    roster = Roster.objects.create(
        station=world.station, month=MARCH, state="PUBLISHED", created_at=START, published_at=START, changed_at=START
    )
    for number, state in enumerate(states, 1):
        Shift.objects.create(
            roster=roster, station=world.station, day=date(2026, 3, number), post="WINDOW", state=state,
            representative=Representative.objects.get(name="麦知秋"), changed_at=START, **HOURS,
        )  # fmt: skip


def page(address: str, user: Any = None) -> str:
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_every_figure_is_what_was_done(world: World) -> None:
    county_theme(world)
    told = received(world, 3)
    workflow.decline(told[0].pk, actor=world.clerk, at=START, reason="在打官司。", where_to_go="县法院")
    workflow.withdraw(told[1].pk, actor=workflow_resident(), at=START)
    received(world, 0, at=START - timedelta(days=7))
    duties(world, "HELD", "HELD", "ABSENT", "PLANNED")
    note(world)
    note(world, what="第二次", people=8)
    themes.strike_note(note(world, what="记重了", people=99).pk, actor=world.clerk, at=START, reason="记重了")
    done = month_done(Q(station=world.station), MARCH)
    assert (done.receptions, done.receiving, done.visitors) == (2, 1, 3)
    assert dict(done.stands) == {"正在办": 1, "不予受理，说明了去处": 1, "群众自己撤回": 1}
    assert (done.planned, done.held, done.notes, done.guests) == (4, 2, 2, 40)
    assert not done.is_empty


def workflow_resident() -> Any:
    from opinions.actors import RESIDENT  # noqa: PLC0415 - beside its one use

    return RESIDENT


def test_an_empty_month_and_another_station_count_nothing(world: World) -> None:
    county_theme(world)
    received(world, 2)
    note(world)
    for where, month in ((Q(station=world.other_station), MARCH), (Q(station=world.station), APRIL)):
        done = month_done(where, month)
        assert done.is_empty
        assert (done.visitors, done.stands, done.guests) == (0, (), 0)


def test_a_reception_that_was_not_held_and_a_draft_count_nothing(world: World) -> None:
    row = receptions.open_reception(
        world.station.pk, actor=world.clerk, at=START,
        people=world.station.services.values_list("representative_id", flat=True)[:1],
    )  # fmt: skip
    receptions.cancel(row.pk, actor=world.clerk, at=START, reason="点错了")
    duties(world, "HELD")
    Roster.objects.update(state="DRAFT", published_at=None)
    assert month_done(Q(station=world.station), MARCH).is_empty


def test_the_first_and_the_last_day_belong_to_the_month(world: World) -> None:
    for day in (1, 31):
        received(world, 1, at=START.replace(day=day))
    received(world, 1, at=START.replace(month=4, day=1))
    assert month_done(Q(station=world.station), MARCH).visitors == 2


def test_the_county_is_the_sum_of_its_stations(world: World) -> None:
    county_theme(world)
    received(world, 2)
    note(world)
    rows = lines(Station.objects.order_by("region_id"), MARCH)
    whole = month_done(Q(station__region__code__startswith="411625"), MARCH, 2)
    assert sum(row.receptions for row in rows) == whole.receptions
    assert sum(row.visitors for row in rows) == whole.visitors
    assert sum(row.notes for row in rows) == whole.notes
    assert [row.station.code for row in rows] == ["mingnan", "wutai"]


def test_stations_stand_in_the_order_of_their_places_whatever_they_did(world: World) -> None:
    county_theme(world)
    people = Representative.objects.create(name="吴台代表", occupation="教师")
    world.other_station.services.create(representative=people, since=date(2026, 1, 1))
    receptions.open_reception(world.other_station.pk, actor=world.other_clerk, at=START, people=[people.pk])
    found = page("/desk/themes/2026-03/", world.county_staff).partition('id="t-places"')[2]
    assert found.index("洺南街道融合站点") < found.index("吴台镇融合站点")
    assert "按地方的顺序" in found


def test_the_desk_says_each_figure_with_what_it_is_measured_against(world: World) -> None:
    county_theme(world)
    received(world, 2)
    duties(world, "HELD", "PLANNED")
    county = page("/desk/themes/2026-03/", world.leader)
    assert "一共 2 个站点" in county
    assert "值班表上 2 班" in county
    own = page("/desk/themes/2026-03/mingnan/", world.clerk)
    assert "正在办" in own
    assert "一共 2 个站点" not in own
    assert "来的群众" in own


# --- for everybody


def test_everybody_reads_the_month_of_county_and_station_without_persons(world: World) -> None:
    county_theme(world)
    received(world, 1)
    note(world, representatives=[Representative.objects.get(name="麦知秋")])
    for address in ("/themes/2026-03/", "/s/mingnan/themes/2026-03/"):
        found = page(address)
        assert "夏季用水" in found
        assert "在东街社区讲怎么看水费单" in found
        assert "水费单、停水的日子。" in found
        for secret in ("麦知秋", "田大山", "13800001234", world.clerk.label, "/desk/"):
            assert secret not in found, secret
    assert "夏季用水" in page("/themes/")


def test_a_station_with_its_own_theme_says_that_one(world: World) -> None:
    county_theme(world)
    own_theme(world)
    assert "农贸市场怎么改" in page("/s/mingnan/themes/2026-03/")
    assert "夏季用水" in page("/s/wutai/themes/2026-03/")
    assert "夏季用水" in page("/themes/2026-03/")


def test_a_month_without_a_theme_is_there_only_while_it_runs(world: World) -> None:
    assert "这个月没有定主题" in page("/themes/2026-03/")
    for address in ("/themes/2026-02/", "/s/mingnan/themes/2026-02/", "/themes/x/", "/s/nowhere/themes/2026-03/"):
        assert Client().get(address).status_code == 404


def test_a_theme_of_next_month_is_not_yet_listed_but_can_be_read(world: World) -> None:
    county_theme(world, APRIL)
    assert "夏季用水" not in page("/themes/")
    assert "夏季用水" in page("/themes/2026-04/")


@pytest.mark.parametrize("address", ["/themes/", "/themes/2026-03/", "/s/mingnan/themes/2026-03/"])
def test_a_page_that_was_just_made_is_handed_out_without_a_statement(world: World, address: str) -> None:
    county_theme(world)
    first = page(address)
    with CaptureQueriesContext(connection) as asked:
        assert page(address) == first
    assert len(asked) == 0


def test_a_station_out_of_use_is_gone_from_the_pages(world: World) -> None:
    county_theme(world)
    note(world)
    Station.objects.filter(pk=world.station.pk).update(is_active=False)
    assert Client().get("/s/mingnan/themes/2026-03/").status_code == 404
    assert "在东街社区" not in page("/themes/2026-03/")


def test_one_matter_and_thirty_cost_the_same(world: World) -> None:
    county_theme(world)
    counts = []
    for number in (1, 12):
        received(world, number, at=START - timedelta(days=number))
        with CaptureQueriesContext(connection) as asked:
            month_done(Q(station=world.station), MARCH)
        counts.append(len(asked))
    assert counts == [4, 4]
