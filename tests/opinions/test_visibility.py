"""`visible_to` denies by default; every role sees its own cut and no more."""

from datetime import timedelta

import pytest

from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Opinion
from opinions.states import State
from opinions.workflow import Message
from tests.world import START, World, make_user

LATER = START + timedelta(hours=2)
ALL_STATES = (State.SUBMITTED, State.ACCEPTED, State.ASSIGNED, State.CLOSED)


@pytest.fixture
def rows(world: World) -> dict[str, Opinion]:
    """One matter in each of four states here, one in the other town."""
    made = {state.value: world.opinion(state) for state in ALL_STATES}
    made["ELSEWHERE"] = world.submit(station=world.other_station, region=world.other_town)
    return made


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("clerk", {"SUBMITTED", "ACCEPTED", "ASSIGNED", "CLOSED"}),
        ("other_clerk", {"ELSEWHERE"}),
        ("town_staff", {"SUBMITTED", "ACCEPTED", "ASSIGNED", "CLOSED"}),
        ("county_staff", {"SUBMITTED", "ACCEPTED", "ASSIGNED", "CLOSED", "ELSEWHERE"}),
        ("leader", {"SUBMITTED", "ACCEPTED", "ASSIGNED", "CLOSED", "ELSEWHERE"}),
        ("rep", {"SUBMITTED", "ACCEPTED", "ASSIGNED", "CLOSED"}),
        ("handler", {"ASSIGNED", "CLOSED"}),
        ("co_handler", set()),
        ("other_handler", set()),
        ("grid", set()),
        ("admin", set()),
        ("security", set()),
        ("audit", set()),
    ],
)
def test_each_role_sees_its_own_cut(world: World, rows: dict[str, Opinion], name: str, sees: set[str]) -> None:
    names = {row.pk: key for key, row in rows.items()}
    seen = Opinion.objects.visible_to(getattr(world, name))
    assert {names[row.pk] for row in seen} == sees
    assert seen.count() == len(sees)


def test_nobody_without_an_account_sees_rows(world: World, rows: dict[str, Opinion]) -> None:
    assert not Opinion.objects.visible_to(RESIDENT).exists()
    assert not Opinion.objects.visible_to(SYSTEM).exists()
    assert not Opinion.objects.visible_to(None).exists()
    assert not Opinion.objects.visible_to(make_user("nobody")).exists()


def test_a_disabled_or_revoked_account_sees_nothing(world: World, rows: dict[str, Opinion]) -> None:
    world.clerk.is_active = False
    assert not Opinion.objects.visible_to(world.clerk).exists()
    grant = world.handler.grants[0]
    grant.revoked_at = LATER
    grant.save()
    world.handler.forget_grants()
    assert not Opinion.objects.visible_to(world.handler).exists()


def test_a_grid_worker_sees_what_he_wrote_down(world: World) -> None:
    message = Message(body="沟里堵了", channel="VISIT")
    row = workflow.submit(station=world.station, actor=world.grid, at=START, message=message)
    assert list(Opinion.objects.visible_to(world.grid)) == [row]


def test_a_unit_that_gave_a_matter_back_still_sees_what_it_had(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    workflow.grant_return(row.pk, actor=world.clerk, at=LATER)
    workflow.assign(row.pk, actor=world.clerk, at=LATER, lead=world.co_unit, demand="请看线路")
    assert row in Opinion.objects.visible_to(world.handler)
    assert row in Opinion.objects.visible_to(world.co_handler)
    assert row not in Opinion.objects.visible_to(world.other_handler)


def test_a_representative_who_left_sees_nothing(world: World, rows: dict[str, Opinion]) -> None:
    world.station.services.update(until=START.date())
    assert not Opinion.objects.visible_to(world.rep).exists()


def test_the_public_board_shows_only_published_matters_on_the_road(world: World, rows: dict[str, Opinion]) -> None:
    assert {row.state for row in Opinion.objects.public()} == {"ACCEPTED", "ASSIGNED", "CLOSED"}
    Opinion.objects.filter(state="CLOSED").update(is_public=False)
    assert {row.state for row in Opinion.objects.public()} == {"ACCEPTED", "ASSIGNED"}


def test_untold_are_those_answered_without_a_phone(world: World) -> None:
    told = world.opinion(State.FED_BACK)
    row = world.submit(phone="")
    workflow.answer_on_spot(row.pk, actor=world.clerk, at=LATER, body="带证件来", outcome="A")
    assert list(Opinion.objects.untold()) == [row]
    workflow.feed_back(row.pk, actor=world.clerk, at=LATER, how="上门")
    assert not Opinion.objects.untold().exists()
    assert told.told_at is not None
