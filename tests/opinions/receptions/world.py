"""Receptions for tests: a second representative, today's roster, and a visitor told at the table."""

from datetime import date, datetime, time
from typing import Any

from accounts.models import Role
from duties.models import Roster, Shift
from opinions.models import Opinion, Reception
from opinions.receptions import workflow
from stations.models import Representative, Service
from tests.world import START, WORDS, World, make_user


def mate(world: World) -> Representative:
    """A colleague at the same station, with an account."""
    world.users["mate"] = make_user("mate", Role.REPRESENTATIVE, region_code="411625001")
    person = Representative.objects.create(name="安可期", user=world.users["mate"])
    Service.objects.create(station=world.station, representative=person, since=date(2026, 1, 1))
    return person


def rep() -> Representative:
    return Representative.objects.get(name="麦知秋")


def roster(world: World, at: datetime = START, *, people: int = 1) -> list[Shift]:
    """A published roster: the first representatives receive on the day of `at`, and on another day of its month.

    Written straight, because the verbs move a duty off a day on which tests may well be run: a Sunday.
    """
    day = at.date()
    made = Roster.objects.create(
        station=world.station, month=day.replace(day=1), state="PUBLISHED", created_at=at, published_at=at,
        published_by=world.clerk, changed_at=at,
    )  # fmt: skip
    hours = {"start": time(9), "end": time(12), "post": "RECEPTION", "changed_at": at}
    other = day.replace(day=2 if day.day == 1 else 1)
    serving = Representative.objects.filter(services__station=world.station).order_by("pk")[:people]
    return [
        Shift.objects.create(roster=made, station=world.station, day=when, representative=person, **hours)
        for when in (other, day)
        for person in serving
    ][len(serving) :]


def opened(world: World, at: datetime = START, **more: Any) -> Reception:
    """Begin today's reception with the representative of the world."""
    people = more.pop("people", [rep().pk])
    return workflow.open_reception(world.station.pk, actor=world.clerk, at=at, people=people, **more)


def told(world: World, at: datetime = START, body: str = WORDS, **more: Any) -> Opinion:
    """What somebody said at the table, written down."""
    return world.submit(at=at, channel="RECEPTION", body=body, **more)
