"""Who sees which suggestions: typed out by hand, for every role and state."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import RoleGrant
from opinions.models import FormalSuggestion
from opinions.suggestions import evidence, workflow
from opinions.suggestions.states import State
from tests.opinions.suggestions.world import MINUTE, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
EVERY = set(State.values)
UNIT = {"ASSIGNED", "REPLIED", "CLOSED"}
SEEN: dict[str, set[str]] = {
    "rep": EVERY,
    "mate": EVERY - {"DRAFT", "WITHDRAWN"},  # a colleague of the same station
    "far_rep": set(),
    "clerk": EVERY,
    "other_clerk": set(),
    "town_staff": EVERY,
    "county_staff": EVERY,
    "leader": EVERY,
    "grid": set(),
    "handler": UNIT,
    "co_handler": UNIT,
    "other_handler": set(),
    "admin": set(),
    "security": set(),
    "audit": set(),
}


def seen_by(user: Any) -> set[str]:
    return set(FormalSuggestion.objects.visible_to(user).values_list("state", flat=True))


@pytest.mark.parametrize("name", SEEN)
def test_everybody_sees_exactly_this(world: World, name: str) -> None:
    for state in State.values:
        make(world, state)
    assert seen_by(world.users[name]) == SEEN[name]


def test_strangers_and_closed_accounts_see_none(world: World) -> None:
    make(world, State.CLOSED)
    assert seen_by(AnonymousUser()) == set()
    world.county_staff.is_active = False
    world.county_staff.save()
    world.county_staff.forget_grants()
    assert seen_by(world.county_staff) == set()


def test_who_is_asked_to_sign_reads_the_draft_from_any_station(world: World) -> None:
    row = make(world)
    assert seen_by(world.far_rep) == set()
    workflow.invite(row.pk, actor=world.rep, at=START + MINUTE, representative=person("顾长河"))
    assert seen_by(world.far_rep) == {"DRAFT"}


def test_a_unit_that_had_it_still_reads_it(world: World) -> None:
    row = make(world, State.CLOSED)
    assert not row.charges.filter(ended_at=None).exists()
    assert seen_by(world.handler) == {"CLOSED"}


def test_a_role_taken_away_takes_the_sight_away(world: World) -> None:
    make(world)
    RoleGrant.objects.filter(user=world.rep).update(revoked_at=START)
    world.rep.forget_grants()
    assert seen_by(world.rep) == set()


class TestEvidence:
    @pytest.mark.parametrize("name", ["clerk", "town_staff", "county_staff", "leader"])
    def test_offices_that_keep_receipts_read_them_whole(self, world: World, name: str) -> None:
        row = make(world, State.ASSIGNED)
        for item in evidence.of(row, world.users[name]).items:
            assert len(item.receipt) >= 10
            assert item.url

    @pytest.mark.parametrize("name", ["rep", "handler"])
    def test_others_read_the_start_only(self, world: World, name: str) -> None:
        row = make(world, State.ASSIGNED)
        items = evidence.of(row, world.users[name]).items
        assert {len(item.receipt) for item in items} == {5}
        assert all(bool(item.url) == (name == "rep") for item in items)

    def test_on_paper_nobody_can_rate_with_it(self, world: World) -> None:
        items = evidence.on_paper(make(world)).items
        assert {len(item.receipt) for item in items} == {5}

    def test_it_adds_up_by_place_subject_and_outcome(self, world: World) -> None:
        row = make(world)
        done = world.opinion("CLOSED")
        workflow.gather(row.pk, actor=world.rep, at=START + MINUTE, opinion_ids=[done.pk])
        found = evidence.of(row, world.rep)
        assert found.people == 4
        assert dict(found.counts) == {
            "按村和社区": [("东街社区", 4)],
            "按类别": [("还没归类", 3), ("市容环卫 · 路灯照明", 1)],
            "办得怎么样": [("待受理", 3), ("已解决", 1)],
        }

    def test_it_costs_the_same_for_one_and_for_thirty(self, world: World, django_assert_num_queries: Any) -> None:
        row = make(world)
        assert world.county_staff.grants
        with django_assert_num_queries(2):
            evidence.of(row, world.county_staff)
        more = [world.submit(phone="").pk for _ in range(27)]
        workflow.gather(row.pk, actor=world.rep, at=START + MINUTE, opinion_ids=more)
        with django_assert_num_queries(2):
            assert len(evidence.of(row, world.county_staff).items) == 30
