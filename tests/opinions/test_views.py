"""The desk's list and pages as people open them: who sees what, in how many statements."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opinions.states import State
from stations.queries import forget as stations_forget
from tests.world import World

SEES = ("clerk", "town_staff", "county_staff", "leader", "rep")
BLIND = ("other_clerk", "grid", "handler", "co_handler", "other_handler")
ADMINS = ("admin", "security", "audit")


@pytest.fixture
def enter(client: Client, world: World, settings: Any) -> Any:
    """Sign in as somebody of the world and return the client."""
    settings.SECOND_FACTOR_REQUIRED = False
    stations_forget()

    def _enter(who: str) -> Client:
        client.force_login(world.users[who])
        return client

    return _enter


def statements(client: Client, address: str) -> int:
    client.get(address)  # warm caches
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_visitor_is_sent_to_sign_in(client: Client, world: World) -> None:
    opinion = world.submit()
    for name, args in (
        ("opinions:list", []),
        ("opinions:detail", [opinion.pk]),
        ("opinions:new", []),
        ("desk:home", []),
    ):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("who", SEES)
def test_matter_is_seen(world: World, enter: Any, who: str) -> None:
    opinion = world.submit()
    client = enter(who)
    assert opinion.title in client.get(reverse("opinions:list")).content.decode()
    assert client.get(opinion.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("who", BLIND)
def test_matter_out_of_sight_is_404_and_not_listed(world: World, enter: Any, who: str) -> None:
    opinion = world.submit()
    client = enter(who)
    page = client.get(reverse("opinions:list") + "?group=all")
    assert page.status_code == 200
    assert opinion.title not in page.content.decode()
    assert client.get(opinion.get_absolute_url()).status_code == 404
    assert client.get(reverse("opinions:slip", args=[opinion.pk])).status_code == 404
    assert client.post(reverse("opinions:accept", args=[opinion.pk])).status_code == 404
    assert client.post(reverse("opinions:reveal", args=[opinion.pk]), {"reason": "回电核实"}).status_code == 404


@pytest.mark.parametrize("who", ADMINS)
def test_administrators_read_no_matter(world: World, enter: Any, who: str) -> None:
    opinion = world.submit()
    client = enter(who)
    assert client.get(reverse("opinions:list")).status_code == 403
    assert client.get(opinion.get_absolute_url()).status_code == 404
    assert client.get(reverse("opinions:new")).status_code == 403


@pytest.mark.parametrize("state", list(State)[:-2])
@pytest.mark.parametrize("who", ["clerk", "county_staff", "leader", "rep", "handler"])
def test_page_opens_in_every_state(world: World, enter: Any, state: str, who: str) -> None:
    if state == State.MERGED:
        pytest.skip("merging has no verb yet")
    opinion = world.opinion(state, outcome="B" if state == State.TRACKING else "A")
    expected = 200 if who != "handler" or opinion.assignments.exists() else 404
    assert enter(who).get(opinion.get_absolute_url()).status_code == expected


def test_list_costs_the_same_for_one_and_thirty(world: World, enter: Any) -> None:
    client = enter("clerk")
    world.opinion(State.HANDLING)
    one = statements(client, reverse("opinions:list"))
    for state in [State.SUBMITTED, State.ACCEPTED, State.ASSIGNED] * 10:
        world.opinion(state)
    assert statements(client, reverse("opinions:list")) == one
    assert one <= 8
