"""The county's numbers: defaults, bounds, who changes them, what is written down."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from core.workflow import BadInput, NotAllowed, WrongState
from projects.polls.models import PollRule
from projects.polls.rulebook import Numbers, change, numbers_of
from tests.world import START, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def put(world: World, wanted: Numbers, seen: Numbers | None = None, who: str = "county_staff") -> bool:
    return change(world.county, wanted, seen=seen or Numbers(), actor=world.users[who], at=START)


def test_the_defaults_hold_until_a_county_says_otherwise(world: World) -> None:
    assert numbers_of("411625001005") == Numbers(80, 10, 20)
    assert put(world, Numbers(85, 30, 15))
    assert numbers_of("411625001005") == numbers_of("411625") == Numbers(85, 30, 15)
    assert numbers_of("411626") == Numbers()


def test_a_change_is_in_the_audit_with_before_and_after(world: World) -> None:
    put(world, Numbers(85, 10, 20))
    entry = AuditEntry.objects.get(action="poll_rule_changed")
    assert entry.detail["满意率"] == "80 → 85"
    assert entry.subject == "region:411625"


def test_nothing_different_writes_nothing(world: World) -> None:
    assert not put(world, Numbers())
    assert not PollRule.objects.exists()
    assert not AuditEntry.objects.exists()


def test_two_who_edit_at_once_are_noticed(world: World) -> None:
    put(world, Numbers(85, 10, 20))
    with pytest.raises(WrongState):
        put(world, Numbers(70, 10, 20))
    assert numbers_of("411625").bar == 85
    assert put(world, Numbers(70, 10, 20), seen=Numbers(85, 10, 20))


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"bar": 49}, "bar"), ({"bar": 101}, "bar"), ({"least": 0}, "least"), ({"rectify_days": 251}, "rectify_days")],
)
def test_what_makes_no_sense_is_refused(world: World, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        put(world, Numbers(**changed))
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["clerk", "town_staff", "leader", "rep", "admin"])
def test_the_county_staff_alone(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        put(world, Numbers(85, 10, 20), who=who)
