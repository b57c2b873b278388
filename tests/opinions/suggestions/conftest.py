"""Fixtures of the formal suggestions' tests."""

import pytest

from tests.opinions.suggestions.world import seed
from tests.world import World


@pytest.fixture
def world(world: World) -> World:
    """The small county with three more representatives."""
    seed(world)
    return world
