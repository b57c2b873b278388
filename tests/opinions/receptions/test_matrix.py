"""Who may press what in which state, and who sees what: typed by hand."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from core.workflow import NotAllowed, WrongState
from opinions.models import Opinion, Reception
from opinions.receptions import workflow
from opinions.receptions.states import TABLE, VERB_LABELS
from tests.opinions.receptions.world import mate, opened, rep, told
from tests.world import START, World

STATION = {"clerk", "town_staff"}
ROLES = (
    "clerk", "town_staff", "other_clerk", "county_staff", "leader", "rep", "mate", "grid", "handler", "admin",
    "security", "audit",
)  # fmt: skip
NOW = START + timedelta(minutes=5)


def test_the_table_is_this_and_no_other() -> None:
    assert TABLE.pairs() == {
        ("open", "", "OPEN"),
        ("change", "OPEN", "OPEN"),
        ("receive", "OPEN", "OPEN"),
        ("receive_late", "CLOSED", "CLOSED"),
        ("close", "OPEN", "CLOSED"),
        ("reopen", "CLOSED", "OPEN"),
        ("cancel", "OPEN", "CANCELLED"),
    }
    assert set(VERB_LABELS) == {verb for verb, _, _ in TABLE.pairs()}


VERBS: dict[str, tuple[set[str], set[str]]] = {
    "change": (STATION, {"OPEN"}),
    "receive": (STATION | {"rep"}, {"OPEN", "CLOSED"}),  # later ones are added to what is closed
    "close": (STATION, {"OPEN"}),
    "reopen": (STATION, {"CLOSED"}),
    "cancel": (STATION, {"OPEN"}),
}


def press(verb: str, row: Reception, opinion: Opinion, actor: Any) -> None:
    if verb == "receive":
        workflow.receive(row.pk, opinion, actor=actor, at=NOW)
    elif verb == "change":
        workflow.change(row.pk, actor=actor, at=NOW, people=[rep().pk])
    else:
        getattr(workflow, verb)(row.pk, actor=actor, at=NOW)


@pytest.mark.parametrize("state", ["OPEN", "CLOSED", "CANCELLED"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_role_by_verb_by_state(world: World, role: str, verb: str, state: str) -> None:
    mate(world)
    row, opinion = opened(world), told(world)
    Reception.objects.filter(pk=row.pk).update(state=state, ended_at=None if state == "OPEN" else START)
    try:
        press(verb, row, opinion, world.users[role])
        result = "done"
    except NotAllowed:
        result = "not allowed"
    except WrongState:
        result = "wrong state"
    roles, states = VERBS[verb]
    assert result == ("wrong state" if state not in states else "done" if role in roles else "not allowed")


@pytest.mark.parametrize("role", ROLES)
def test_who_opens(world: World, role: str) -> None:
    mate(world)
    try:
        workflow.open_reception(world.station.pk, actor=world.users[role], at=START, people=[rep().pk])
        done = True
    except NotAllowed:
        done = False
    assert done is (role in STATION)


def test_who_sees_a_reception(world: World) -> None:
    mate(world)
    opened(world)
    seen = {role for role in ROLES if Reception.objects.visible_to(world.users[role]).exists()}
    assert seen == {"clerk", "town_staff", "county_staff", "leader", "rep", "mate"}
    assert not Reception.objects.visible_to(AnonymousUser()).exists()


def test_whoever_received_sees_it_after_he_left_the_station(world: World) -> None:
    colleague = mate(world)
    opened(world)
    for person in (colleague, rep()):
        person.services.update(until=START.date())
    assert Reception.objects.visible_to(world.rep).exists()
    assert not Reception.objects.visible_to(world.mate).exists()


def test_a_disabled_account_sees_nothing(world: World) -> None:
    opened(world)
    world.clerk.is_active = False
    assert not Reception.objects.visible_to(world.clerk).exists()
