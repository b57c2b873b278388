"""A station with five representatives, a rhythm, and rosters at hand: made through the verbs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Role
from duties import workflow
from duties.models import Rhythm, Roster, Shift
from stations.models import Representative, Service
from stations.queries import forget
from tests.world import START, World, make_user, make_world

APRIL = date(2026, 4, 1)
NAMES = ("安知夏", "白露明", "陈守一", "杜若飞")


@dataclass
class Office:
    """The station's office: the world, its representatives by name, and short ways to rosters."""

    world: World
    people: dict[str, Representative]

    def propose(self, month: date = APRIL, *, at: datetime = START) -> Roster:
        """Make a month."""
        return workflow.propose(self.world.station.pk, month, actor=self.world.clerk, at=at)

    def published(self, month: date = APRIL, *, at: datetime = START) -> Roster:
        """Make a month and hang it on the wall."""
        return workflow.publish(self.propose(month, at=at).pk, actor=self.world.clerk, at=at)

    def shift(self, name: str, number: int = 0) -> Shift:
        """The n-th duty of somebody."""
        rows = Shift.objects.filter(representative=self.people[name]).order_by("day")
        return rows.select_related("roster", "representative")[number]

    def user(self, name: str) -> Any:
        """The account of a representative."""
        return self.people[name].user


@pytest.fixture
def world(db: None) -> World:
    """The small county."""
    forget()
    return make_world()


@pytest.fixture
def office(world: World) -> Office:
    """Every Thursday two at the window, law on the first and third Tuesday; the fifth person has no account."""
    people = {"麦知秋": Representative.objects.get(name="麦知秋")}
    for number, name in enumerate(NAMES):
        user = None
        if number < 3:
            user = make_user(f"rep{number}", Role.REPRESENTATIVE, name=name, region_code="411625001")
        people[name] = Representative.objects.create(
            name=name, user=user, phone="" if user else "13800002222", occupation="律师" if number == 0 else "教师"
        )
        Service.objects.create(station=world.station, representative=people[name], since=date(2026, 1, 1))
    add_rhythm(world)
    return Office(world, people)


def add_rhythm(world: World) -> None:
    """The station's two rules."""
    morning = {"start": time(8, 30), "end": time(12, 0)}
    weekly = Rhythm(post="WINDOW", pattern="WEEKLY", weekday=3, people=2, **morning)
    workflow.add_rhythm(world.station, weekly, actor=world.clerk)
    law = Rhythm(post="LEGAL", pattern="NTH", weekday=1, weeks=[1, 3], **morning)
    workflow.add_rhythm(world.station, law, actor=world.clerk)


@pytest.fixture
def minutes() -> Callable[[int], datetime]:
    """Moments after START."""
    return lambda number: START + timedelta(minutes=number)
