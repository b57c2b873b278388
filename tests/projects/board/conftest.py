"""A county with a year of projects, and its page as a resident opens it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from stations.queries import forget
from tests.projects.works.heap import TODAY
from tests.world import SHANGHAI, World, make_world


@pytest.fixture
def world(db: None, time_machine: Any) -> World:
    """The small county on the heap's day, so that pages and functions see the same lights."""
    time_machine.move_to(datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=SHANGHAI), tick=False)
    forget()
    return make_world()


class Reader:
    """Whoever opens the public page."""

    def __init__(self) -> None:
        self.client = Client()

    def page(self, query: str = "", path: str = "/projects/") -> str:
        """Return the page as it is read."""
        answer = self.client.get(f"{path}?{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    def rows(self, query: str = "") -> list[int]:
        """Return the numbers of the projects on the year's list, in their order."""
        year = self.client.get(f"/projects/?{query}").context["year"]
        return [line.idea.pk for line in year.lines] if year else []


@pytest.fixture
def reader() -> Reader:
    """A resident."""
    return Reader()
