"""Role × act on one's own and on another station, typed out by hand; and who sees which stations."""

import pytest
import rules

from stations.models import Station
from tests.world import World

ACTS = ("change_station", "appoint_representative", "create_code", "revoke_code", "print_code")
#                  mingnan  wutai
MAY = {
    "clerk": (True, False),
    "other_clerk": (False, True),
    "town_staff": (True, False),
    "county_staff": (True, True),
    "leader": (False, False),
    "rep": (False, False),
    "grid": (False, False),
    "handler": (False, False),
    "co_handler": (False, False),
    "other_handler": (False, False),
    "admin": (False, False),
    "security": (False, False),
    "audit": (False, False),
}
SEES = {
    "clerk": {"mingnan"},
    "other_clerk": {"wutai"},
    "town_staff": {"mingnan"},
    "county_staff": {"mingnan", "wutai"},
    "leader": {"mingnan", "wutai"},
    "rep": {"mingnan"},
    "grid": {"mingnan"},
    "handler": set(),
    "admin": set(),
    "security": set(),
    "audit": set(),
}
OPENS_THE_DESK = {"clerk", "other_clerk", "town_staff", "county_staff", "leader"}


@pytest.mark.parametrize("act", ACTS)
def test_who_may(world: World, act: str) -> None:
    for name, expected in MAY.items():
        user = world.users[name]
        found = tuple(
            rules.has_perm(f"stations.{act}", user, station) for station in (world.station, world.other_station)
        )
        assert found == expected, f"{name} {act}"


def test_every_role_is_in_the_table(world: World) -> None:
    assert set(MAY) == set(world.users)


def test_who_opens_the_desk(world: World) -> None:
    found = {name for name, user in world.users.items() if rules.has_perm("stations.open_desk", user)}
    assert found == OPENS_THE_DESK


def test_a_revoked_role_ends_at_once(world: World) -> None:
    world.clerk.grants_set.update(revoked_at="2026-03-25T00:00:00Z")
    world.clerk.forget_grants()
    assert not rules.has_perm("stations.change_station", world.clerk, world.station)
    assert not Station.objects.visible_to(world.clerk).exists()


@pytest.mark.parametrize("name", SEES)
def test_who_sees(world: World, name: str) -> None:
    assert set(Station.objects.visible_to(world.users[name]).values_list("code", flat=True)) == SEES[name]


def test_a_disabled_account_sees_nothing(world: World) -> None:
    world.county_staff.is_active = False
    world.county_staff.save()
    world.county_staff.forget_grants()
    assert not Station.objects.visible_to(world.county_staff).exists()
