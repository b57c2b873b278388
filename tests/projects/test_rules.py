"""Each permission, person by person, typed by hand; and what a page without a permission would do."""

from typing import Any

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from opinions.actors import RESIDENT, SYSTEM
from projects.rules import PERMISSIONS
from projects.states import VERB_LABELS, Source
from tests.projects.conftest import Hall

PEOPLE = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "co_handler", "admin",
    "security", "audit",
)  # fmt: skip
PAGES = {
    "read": {"clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep"},
    "write": {"clerk", "other_clerk", "town_staff", "county_staff", "rep"},
    "print": {"clerk", "other_clerk", "town_staff", "county_staff"},
    "run_campaigns": {"county_staff"},
}


@pytest.mark.parametrize("page", PAGES)
def test_who_opens_which_page(hall: Hall, page: str) -> None:
    allowed = {name for name in PEOPLE if rules.has_perm(f"projects.{page}", hall.world.users[name])}
    assert allowed == PAGES[page]
    for nobody in (AnonymousUser(), RESIDENT, SYSTEM):
        assert not rules.has_perm(f"projects.{page}", nobody)


def test_each_verb_has_its_rule_and_no_rule_stands_alone() -> None:
    assert set(PERMISSIONS) == set(VERB_LABELS)
    for verb in VERB_LABELS:
        assert rules.perm_exists(f"projects.{verb}_idea")


def allowed_on(hall: Hall, verb: str, idea: Any) -> set[str]:
    return {name for name in PEOPLE if rules.has_perm(f"projects.{verb}_idea", hall.world.users[name], idea)}


@pytest.mark.parametrize("verb", ["pool", "reword", "shelve", "merge", "unmerge", "take_in", "let_go", "reveal"])
def test_an_idea_is_looked_after_where_it_lies(hall: Hall, verb: str) -> None:
    world = hall.world
    assert allowed_on(hall, verb, hall.propose()) == {"clerk", "town_staff", "county_staff"}
    assert allowed_on(hall, verb, hall.propose(region=world.other_town)) == {"other_clerk", "county_staff"}
    assert allowed_on(hall, verb, hall.propose(region=world.county)) == {"county_staff"}


def test_the_portal_itself_only_lets_go_and_does_what_the_clock_asks(hall: Hall) -> None:
    idea = hall.propose()
    own = {verb for verb in VERB_LABELS if rules.has_perm(f"projects.{verb}_idea", SYSTEM, idea)}
    assert own == {"unmerge", "let_go", "evaluate", "recount"}


def test_the_street_proposes_seconds_judges_and_takes_back(hall: Hall) -> None:
    idea = hall.propose()
    own = {verb for verb in VERB_LABELS if rules.has_perm(f"projects.{verb}_idea", RESIDENT, idea)}
    assert own == {"propose", "second", "withdraw", "vote"}


def test_who_takes_back_what(hall: Hall) -> None:
    theirs = hall.propose()
    mine = hall.propose(actor=hall.world.rep, source=Source.REPRESENTATIVE)
    written = hall.propose(actor=hall.world.clerk, source=Source.PAPER)
    assert allowed_on(hall, "withdraw", theirs) == set()
    assert allowed_on(hall, "withdraw", mine) == {"rep"}
    assert allowed_on(hall, "withdraw", written) == set()  # the proposer holds the receipt


def test_a_campaign_is_run_under_the_prefix(hall: Hall) -> None:
    for code, runs in {"411625": True, "411626": False, "4116": False, "": False}.items():
        assert rules.has_perm("projects.run_campaign", hall.world.county_staff, code) == runs, code
    assert not rules.has_perm("projects.run_campaign", hall.world.leader, "411625")


def test_a_right_that_ended_is_none(hall: Hall) -> None:
    from_then = hall.world.clerk.grants_set.get()
    idea = hall.propose()
    from_then.revoked_at = idea.created_at
    from_then.save()
    hall.world.clerk.forget_grants()
    assert not rules.has_perm("projects.pool_idea", hall.world.clerk, idea)
    assert not rules.has_perm("projects.read", hall.world.clerk)
