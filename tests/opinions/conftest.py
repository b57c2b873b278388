"""Fixtures of the loop's tests."""

from typing import Any

import pytest
from django.test import Client

from core.workdays import WorkCalendar
from opinions import deadlines
from stations.queries import forget
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A small county with one account for each role."""
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()


@pytest.fixture
def at_desk(world: World) -> Any:
    """Return a function that gives a signed-in client."""
    forget()

    def _client(who: str = "clerk") -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return _client
