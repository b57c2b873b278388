"""Fixtures of the loop's tests."""

import pytest

from core.workdays import WorkCalendar
from opinions import deadlines
from tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A small county with one account for each role."""
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()
