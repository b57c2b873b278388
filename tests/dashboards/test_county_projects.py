"""The one line of livelihood projects on the county board: its numbers open their rows, and it costs two statements."""

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.overview import headline_of
from projects.states import ON_THE_LIST, State
from tests.projects.works.heap import LATE, TODAY, build, wish
from tests.world import World, make_world

LINK = re.compile(r'href="([^"]+)" data-works="(\w+)">([^<]+)<')


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    for state in ON_THE_LIST:
        build(world, state)
    build(world, due=LATE, region=world.other_town)
    build(world, year=2025)
    build(world, State.SHELVED)
    wish(world, State.LISTED)
    return world


def opened(client: Client, address: str) -> Any:
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=False):
        return client.get(unescape(address))


@pytest.mark.parametrize("query", ["", "&town=411625101", "&town=411625001"])
def test_each_number_opens_its_rows(client: Client, world: World, query: str) -> None:
    client.force_login(world.users["leader"])
    links = LINK.findall(opened(client, f"/county/?fresh=1{query}").content.decode())
    assert {name for _, name, _ in links} == {"listed", "funds", "light"}
    for url, name, words in links:
        page = opened(client, url)
        assert page.context["is_valid"]
        found = page.context["funds"] if name == "funds" else str(page.context["page"].paginator.count)
        assert found == words, url


def test_the_line_leads_to_the_overview_of_what_is_looked_at(client: Client, world: World) -> None:
    client.force_login(world.users["leader"])
    page = opened(client, "/county/?fresh=1&town=411625101").content.decode()
    assert 'href="/desk/projects/overview/?year=2026&amp;town=411625101"' in page
    assert opened(client, "/desk/projects/overview/?year=2026&town=411625101").context["shown"].listed.words == "1"


def test_nothing_on_the_list_is_no_line(client: Client, world: World) -> None:
    assert headline_of(world.county_staff, TODAY.replace(year=2030)) is None
    client.force_login(world.county_staff)
    with time_machine.travel("2030-05-01 10:00+08:00", tick=False):
        page = client.get("/county/?fresh=1").content.decode()
    assert "年民生实事" not in page
    assert "年民生实事" not in opened(client, "/county/?fresh=1&town=999999999").content.decode()


def test_it_costs_two_statements_however_many(world: World) -> None:
    assert world.county_staff.prefixes("COUNTY_STAFF")  # its grants are loaded once
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            headline_of(world.county_staff, TODAY)
        counts.append(len(seen))
        for _ in range(10):
            build(world)
    assert counts == [2, 2]
