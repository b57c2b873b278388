"""Suggestions for tests: three matters of one kind, three representatives, and a road to every state by the verbs."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Role
from opinions.models import FormalSuggestion, Opinion
from opinions.suggestions import workflow
from opinions.suggestions.states import State
from stations.models import Representative, Service
from tests.world import START, World, make_user

MINUTE = timedelta(minutes=1)
TEXTS = {
    "title": "关于修复东街片区路灯的建议",
    "why": "东街、王寨一带路灯成片不亮，晚上孩子下自习摸黑走路。",
    "analysis": "电缆老化，多头管理，坏了没人认领。",
    "proposal": "一是明确一家管到底；二是年内换完老电缆；三是公开报修电话。",
}


def seed(world: World) -> None:
    """Add a colleague at the same station, one at the other station, and a third without an account."""
    for key, name, station in (("mate", "安可期", world.station), ("far_rep", "顾长河", world.other_station)):
        world.users[key] = make_user(key, Role.REPRESENTATIVE, region_code=station.region_id)
        person = Representative.objects.create(name=name, user=world.users[key])
        Service.objects.create(station=station, representative=person, since=date(2026, 1, 1))
    silent = Representative.objects.create(name="苗谷雨")
    Service.objects.create(station=world.station, representative=silent, since=date(2026, 1, 1))


def person(name: str) -> Representative:
    return Representative.objects.get(name=name)


def matters(world: World, at: datetime = START) -> list[Opinion]:
    """Three matters by three people of the same place and kind."""
    return [
        world.submit(at=at, **({"phone": f"1380000000{number}"} if world.submit.__name__ == "submit" else {}))
        for number in range(3)
    ]


def road(world: World, state: str) -> list[Callable[[int, datetime], Any]]:
    """Return the verbs from a draft to a state."""
    rep, county, unit = world.rep, world.county_staff, world.handler

    def submit(pk: int, at: datetime) -> Any:
        return workflow.submit(pk, actor=rep, at=at)

    def send_back(pk: int, at: datetime) -> Any:
        return workflow.send_back(pk, actor=county, at=at, reason="请写清是哪几条路")

    def accept(pk: int, at: datetime) -> Any:
        return workflow.accept(pk, actor=county, at=at)

    def assign(pk: int, at: datetime) -> Any:
        return workflow.assign(pk, actor=county, at=at, lead=world.unit, co_units=[world.co_unit], demand="一并研究")

    def reply(pk: int, at: datetime) -> Any:
        return workflow.reply(pk, actor=unit, at=at, body="三条路的灯都换了新电缆。", outcome="A")

    def judge(pk: int, at: datetime) -> Any:
        return workflow.judge(pk, actor=rep, at=at, satisfaction="SATISFIED")

    def withdraw(pk: int, at: datetime) -> Any:
        return workflow.withdraw(pk, actor=rep, at=at, reason="和别的建议合成一份")

    whole = [submit, accept, assign, reply, judge]
    roads: dict[str, list[Callable[[int, datetime], Any]]] = {
        State.DRAFT: [],
        State.SUBMITTED: whole[:1],
        State.RETURNED: [submit, send_back],
        State.ACCEPTED: whole[:2],
        State.ASSIGNED: whole[:3],
        State.REPLIED: whole[:4],
        State.CLOSED: whole,
        State.WITHDRAWN: [withdraw],
    }
    return roads[state]


def make(world: World, state: str = State.DRAFT, *, at: datetime = START, **texts: str) -> FormalSuggestion:
    """Bring a fresh suggestion of 麦知秋 to a state, a minute a step."""
    row = workflow.draft(
        actor=world.rep,
        at=at,
        station=world.station,
        representative=person("麦知秋"),
        opinion_ids=[matter.pk for matter in matters(world, at)],
        **(TEXTS | texts),
    )
    for number, step in enumerate(road(world, state), 1):
        step(row.pk, at + number * MINUTE)
    return FormalSuggestion.objects.get(pk=row.pk)
