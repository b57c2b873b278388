"""The permission sentences one by one, and that nothing is allowed by an accident of prefixes or old grants."""

from datetime import timedelta
from typing import Any

import pytest
import rules

from accounts.models import Role, RoleGrant
from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM, Actor
from opinions.models import Opinion
from opinions.rules import PERMISSIONS, is_assigner, is_county_staff, is_lead_handler, is_resident, is_station_staff
from opinions.states import TRANSITIONS, State
from tests.world import START, World, make_user

LATER = START + timedelta(hours=2)


def may(user: Any, verb: str, target: Any) -> bool:
    """Ask the rule of a verb."""
    return bool(rules.has_perm(f"opinions.{verb}_opinion", user, target))


def grant(user: Any, role: str, **scope: str) -> None:
    """Give one more role and forget what was cached."""
    RoleGrant.objects.create(user=user, role=role, granted_at=START, **scope)
    user.forget_grants()


def test_every_verb_has_a_rule_and_every_rule_a_verb() -> None:
    assert set(PERMISSIONS) == {row.verb for row in TRANSITIONS}
    for verb in PERMISSIONS:
        assert rules.perm_exists(f"opinions.{verb}_opinion")


def test_a_verb_nobody_wrote_down_is_refused(world: World) -> None:
    assert not may(world.county_staff, "delete", world.submit())


def test_superusers_get_no_shortcut(world: World) -> None:
    world.admin.is_superuser = True
    world.admin.save()
    row = world.opinion(State.ACCEPTED)
    assert not any(may(world.admin, verb, row) for verb in PERMISSIONS if verb != "submit")
    assert not may(world.admin, "submit", world.station)


@pytest.mark.parametrize("look_alike", [Actor("群众"), Actor("系统"), None, object()])
def test_only_the_portals_own_actors_are_resident_and_clock(world: World, look_alike: Any) -> None:
    row = world.submit()
    assert not is_resident(look_alike, row)
    assert is_resident(RESIDENT, row)
    assert not is_resident(SYSTEM, row)


def test_a_neighbouring_town_with_a_longer_code_is_not_inside(world: World) -> None:
    near = make_user("near", Role.TOWN_STAFF, region_code="41162500")  # a prefix no town has, but a legal code part
    row = world.submit()
    assert is_station_staff(near, row), "a shorter prefix reaches further, as it does for a city"
    other = make_user("other", Role.TOWN_STAFF, region_code="411625101")
    assert not is_station_staff(other, row)


def test_county_staff_of_the_next_county_may_nothing(world: World) -> None:
    next_door = make_user("next", Role.COUNTY_STAFF, region_code="411624")
    row = world.opinion(State.CLOSED)
    assert not is_county_staff(next_door, row)
    assert not may(next_door, "reopen", row)
    assert not may(next_door, "submit", world.station)


def test_a_revoked_role_ends_at_once(world: World) -> None:
    row = world.submit()
    assert may(world.clerk, "accept", row)
    world.clerk.grants_set.update(revoked_at=LATER)
    world.clerk.forget_grants()
    assert not may(world.clerk, "accept", row)


def test_a_disabled_account_may_nothing(world: World) -> None:
    row = world.submit()
    world.clerk.is_active = False
    world.clerk.forget_grants()
    assert not may(world.clerk, "accept", row)


def test_two_roles_add_up(world: World) -> None:
    row = world.opinion(State.ASSIGNED)
    assert not may(world.clerk, "sign", row)
    grant(world.clerk, Role.UNIT_HANDLER, unit_code="chengguan")
    assert may(world.clerk, "sign", row)
    assert may(world.clerk, "add_words", row)


def test_the_lead_is_the_unit_of_now_not_of_before(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    workflow.grant_return(row.pk, actor=world.clerk, at=LATER)
    row = workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.co_unit, demand="请看线路")
    assert is_lead_handler(world.co_handler, row)
    assert not is_lead_handler(world.handler, row)


def test_a_co_handler_may_report_but_not_sign_or_reply(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    workflow.assign(
        row.pk, actor=world.county_staff, at=LATER, lead=world.unit, co_units=[world.co_unit], demand="一起修"
    )
    row = workflow.sign(row.pk, actor=world.handler, at=LATER)
    assert may(world.co_handler, "report_progress", row)
    assert not any(may(world.co_handler, verb, row) for verb in ("sign", "reply", "request_return"))


def test_who_decides_on_a_return_is_who_handed_it_out(world: World) -> None:
    by_station = world.opinion(State.ASSIGNED)
    assert is_assigner(world.clerk, by_station)
    assert not is_assigner(world.county_staff, by_station)
    row = world.opinion(State.ACCEPTED)
    by_county = workflow.assign(row.pk, actor=world.county_staff, at=LATER, lead=world.unit, demand="修")
    assert is_assigner(world.county_staff, by_county)
    assert not is_assigner(world.clerk, by_county)


def test_what_was_handed_up_is_the_countys_to_hand_out(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    assert may(world.clerk, "assign", row)
    row = workflow.refer(row.pk, actor=world.clerk, at=LATER, reason="跨单位")
    assert not may(world.clerk, "assign", row)
    assert may(world.county_staff, "assign", row)


@pytest.mark.parametrize(("name", "expected"), [("clerk", True), ("county_staff", True), ("town_staff", True)])
def test_who_may_see_a_number_with_a_reason(world: World, name: str, expected: bool) -> None:
    assert may(getattr(world, name), "reveal", world.submit()) is expected


@pytest.mark.parametrize(
    "name", ["handler", "co_handler", "rep", "grid", "leader", "admin", "security", "audit", "other_clerk"]
)
def test_nobody_else_may_see_a_number(world: World, name: str) -> None:
    assert not may(getattr(world, name), "reveal", world.opinion(State.HANDLING))


UNIT_LEADS = {State.ASSIGNED, State.RETURN_REQUESTED, State.HANDLING, State.REPLIED, State.FED_BACK, State.TRACKING}


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("state", [state for state in State if state != State.MERGED])
def test_the_unit_sees_a_number_only_when_the_resident_agreed_and_while_it_has_the_matter(
    world: World, state: State, agreed: bool
) -> None:
    row = world.opinion(state, outcome="B" if state == State.TRACKING else "A")
    Opinion.objects.filter(pk=row.pk).update(hide_identity=not agreed)
    row = Opinion.objects.get(pk=row.pk)
    assert may(world.handler, "reveal", row) is (agreed and state in UNIT_LEADS)
    for name in ("co_handler", "other_handler", "rep", "grid", "leader"):
        assert not may(getattr(world, name), "reveal", row)
    for name in ("clerk", "county_staff", "town_staff"):
        assert may(getattr(world, name), "reveal", row)


def test_a_helping_unit_sees_no_number_even_when_the_resident_agreed(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    Opinion.objects.filter(pk=row.pk).update(hide_identity=False)
    row = workflow.assign(
        row.pk, actor=world.county_staff, at=LATER, lead=world.unit, demand="修", co_units=[world.co_unit]
    )
    assert may(world.handler, "reveal", row)
    assert not may(world.co_handler, "reveal", row)


def test_a_representative_speaks_only_where_he_serves(world: World) -> None:
    here = world.opinion(State.HANDLING)
    assert not may(world.rep, "report_progress", here)
    for verb in ("explain", "press", "visit"):
        assert may(world.rep, verb, here)
    Opinion.objects.filter(pk=here.pk).update(station=world.other_station)
    for verb in ("explain", "press", "visit"):
        assert not may(world.rep, verb, Opinion.objects.get(pk=here.pk))


def test_a_grid_worker_writes_down_in_his_town_only(world: World) -> None:
    assert may(world.grid, "submit", world.station)
    assert not may(world.grid, "submit", world.other_station)
