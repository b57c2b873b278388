"""Kept county boards: nobody sees another's, none is older than a minute, and none is needed."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, RoleGrant, User
from accounts.roles import SCOPE_FIELD
from dashboards import county_kept, queries, tally
from dashboards.county_kept import Drawn
from opinions.models import Opinion
from opinions.states import State
from stations.models import Station
from tests.world import START, World, make_user, make_world

NOW = START + timedelta(days=30)
SCOPES = {"region_code": "411625101", "station_code": "wutai", "unit_code": "chengguan"}


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def received(client: Client, query: str = "", *, at: Any = NOW) -> str:
    """Return the number on the first tile."""
    with time_machine.travel(at, tick=False):
        html = client.get(f"/county/{query}").content.decode()
    return html.split('data-figure="received">')[1].split("<")[0]


def test_within_a_minute_the_page_stays_and_then_it_is_counted_anew(world: World) -> None:
    client = client_of(world.county_staff)
    world.submit()
    assert received(client) == "1"
    world.submit()
    assert received(client, at=NOW + timedelta(seconds=60)) == "1"
    assert received(client, at=NOW + timedelta(seconds=61)) == "2"


def test_the_page_says_when_it_was_counted(world: World) -> None:
    client = client_of(world.county_staff)
    for seconds in (0, 30):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            assert "截至 <time" in (html := client.get("/county/").content.decode())
        assert ">09:41:00</time>" in html
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        assert ">09:41:30</time>" in client.get("/county/?fresh=1").content.decode()


def test_who_counts_anew_counts_for_the_others_too(world: World) -> None:
    client, leader = client_of(world.county_staff), client_of(world.leader)
    world.submit()
    assert received(client) == "1"
    world.submit()
    assert received(client, "?fresh=1") == "2"
    assert received(leader) == "2"


def test_two_who_see_the_same_share_a_page_with_their_own_names(world: World) -> None:
    received(client_of(world.county_staff))
    leader = client_of(world.leader)
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as seen:
        html = leader.get("/county/").content.decode()
    assert not any("dashboards_" in query["sql"] for query in seen.captured_queries)
    asked = [query["sql"] for query in seen.captured_queries if query["sql"].startswith("SELECT")]
    assert len(asked) <= 5, "the session twice, because it is touched; the account, its roles, unread notices"
    assert world.leader.label in html
    assert f">{world.county_staff.label}<" not in html


def test_a_town_prefix_never_sees_the_countys_page(world: World) -> None:
    narrow = client_of(make_user("narrow", Role.COUNTY_STAFF, region_code="411625101"))
    world.submit()
    world.submit(station=world.other_station, region=world.other_town)
    assert received(client_of(world.county_staff)) == "2"
    assert received(narrow) == "1"
    assert received(client_of(world.county_staff)) == "2"
    with time_machine.travel(NOW, tick=False):
        assert "洺南" not in narrow.get("/county/").content.decode()
        assert "洺南" not in narrow.get("/county/?town=411625001").content.decode()


def test_a_right_taken_away_takes_the_page_away(world: World) -> None:
    client = client_of(world.county_staff)
    world.submit()
    assert received(client) == "1"
    RoleGrant.objects.filter(user=world.county_staff).update(region_code="411625101")
    assert received(client) == "0"
    RoleGrant.objects.filter(user=world.county_staff).update(revoked_at=NOW, revoked_by=world.admin)
    with time_machine.travel(NOW, tick=False):
        assert client.get("/county/").status_code == 403


@pytest.mark.parametrize("query", ["?period=month", "?town=411625001", "?sort=-received", "?period=all"])
def test_another_question_is_another_page(world: World, query: str) -> None:
    client = client_of(world.county_staff)
    received(client)
    world.submit(at=NOW)
    assert received(client) == "0"
    assert received(client, query) == "1"


@pytest.mark.parametrize("query", ["x=1", "town=4116250011111", "period=forever-and-a-day"])
def test_odd_words_in_the_address_are_not_kept(world: World, query: str) -> None:
    assert county_kept.key_of(world.county_staff, QueryDict(query), NOW) == ""


def test_an_unusable_filter_is_not_kept(world: World) -> None:
    client = client_of(world.county_staff)
    with time_machine.travel(NOW, tick=False):
        client.get("/county/?town=999999999")
        key = county_kept.key_of(world.county_staff, QueryDict("town=999999999"), NOW)
    assert key
    assert cache.get(key) is None


def test_the_next_day_is_another_page(world: World) -> None:
    late = NOW.replace(hour=23, minute=59, second=59)
    today = county_kept.key_of(world.county_staff, QueryDict(""), late)
    assert today != county_kept.key_of(world.county_staff, QueryDict(""), late + timedelta(seconds=1))


@pytest.mark.parametrize("seconds", [-1, 61, 3600])
def test_a_page_of_another_moment_is_not_shown(seconds: int) -> None:
    county_kept.keep("k", Drawn(NOW, "<p>", "<p>"))  # type: ignore[arg-type]
    assert county_kept.find("k", NOW) is not None
    assert county_kept.find("k", NOW + timedelta(seconds=seconds)) is None


@pytest.mark.parametrize("found", [None, "page", 7])
def test_something_else_in_the_cache_is_no_page(found: Any) -> None:
    cache.set("k", found, 60)
    assert county_kept.find("k", NOW) is None


def test_without_the_cache_each_board_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", lambda *args: None)
    monkeypatch.setattr(cache, "set", lambda *args: None)
    client = client_of(world.county_staff)
    world.submit()
    assert received(client) == "1"
    world.submit()
    assert received(client) == "2"


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("prefix", ["411625", "411625001", "411625001005"])
def test_sums_and_matters_show_every_role_the_same(world: World, role: str, prefix: str) -> None:
    """Whoever is given sums may see exactly these matters; a new role that sees more must be named in `sight_of`."""
    user = make_user("both", Role.COUNTY_STAFF, region_code=prefix)
    if role not in (Role.COUNTY_STAFF, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        field = SCOPE_FIELD[Role(role)]
        RoleGrant.objects.create(user=user, role=role, granted_at=START, **{field: SCOPES[field]})
    world.opinion(State.ASSIGNED)
    world.submit(station=world.other_station, region=world.other_town)
    prefixes = tally.sight_of(user)
    if prefixes is None:
        assert role in tally.BY_MATTER or len(prefix) > queries.TOWN_DIGITS
        assert county_kept.key_of(user, QueryDict(""), NOW) == ""
        return
    span = (START.date(), NOW.date())
    read = tally.read(tally.Where(prefixes, "", None), span, span, NOW)
    assert read == queries.counted(Opinion.objects.visible_to(user), span, span, NOW)
    stations = Station.objects.visible_to(user)
    lives = tally.lives(tally.Where(prefixes, "", None), NOW)
    assert lives == queries.lives(stations, Opinion.objects.visible_to(user), NOW)
    assert 1 <= len(lives) <= 2


def test_nobody_without_a_prefix_is_given_sums(world: World) -> None:
    assert tally.sight_of(world.admin) == () or tally.sight_of(world.admin) == ("411625",)
    span = (START.date(), NOW.date())
    world.submit()
    assert tally.read(tally.Where((), "", None), span, span, NOW).now.received == 0
    assert tally.lives(tally.Where((), "", None), NOW) == []


def test_who_sees_single_matters_has_them_counted_and_never_kept(world: World) -> None:
    RoleGrant.objects.create(user=world.county_staff, role=Role.UNIT_HANDLER, unit_code="chengguan", granted_at=START)
    client = client_of(world.county_staff)
    world.submit()
    assert received(client) == "1"
    world.submit()
    assert received(client) == "2"
