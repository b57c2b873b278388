"""Fixtures of the stations' tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.workdays import WorkCalendar
from opinions import deadlines
from stations import codes, queries
from stations.models import EntryCode
from tests.world import START, World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A small county with one account for each role."""
    WorkCalendar.forget()
    deadlines.forget()
    queries.forget()
    return make_world()


@pytest.fixture
def entry(world: World) -> EntryCode:
    """A code at the station's door."""
    return codes.create_code(world.station.pk, "STATION", actor=world.clerk, at=START, label="")


@pytest.fixture
def signed_in(world: World) -> Callable[[str], Client]:
    """A browser in which the account of that name is signed in."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    return sign_in


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was handed to the queue; nothing is run."""
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("stations.tasks.print_codes.apply_async", lambda args, **_: sent.append(args))
    return sent
