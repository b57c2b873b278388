"""Who may press what in which state, typed by hand: role × verb × state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.workflow import NotAllowed, WrongState
from opinions.actors import RESIDENT, SYSTEM
from projects import workflow
from projects.models import ProjectIdea
from projects.states import TABLE, VERB_LABELS, Source, State
from tests.projects.conftest import SUMMARY, TITLE, Hall
from tests.world import START

LATER = START + timedelta(hours=2)
ROLES = (
    "resident", "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin",
    "system",
)  # fmt: skip
KEEPERS = {"clerk", "town_staff", "county_staff"}
MAY = {
    "pool": KEEPERS,
    "reword": KEEPERS,
    "shelve": KEEPERS,
    "merge": KEEPERS,
    "unmerge": KEEPERS | {"system"},
    "reveal": KEEPERS,
    "withdraw": {"resident"},
    "screen": KEEPERS,
    "list": {"county_staff"},
}
# Once it stands on the list to the government, the county alone takes it off.
MAY_LATER = {("shelve", "LISTED"): {"county_staff"}}
FROM = {
    "pool": {"IDEA", "SHELVED"},
    "reword": {"POOLED"},
    "shelve": {"IDEA", "POOLED", "SCREENED", "LISTED"},
    "merge": {"IDEA", "POOLED"},
    "unmerge": {"MERGED"},
    "withdraw": {"IDEA"},
    "screen": {"POOLED"},
    "list": {"SCREENED"},
    "reveal": {
        "IDEA",
        "POOLED",
        "SCREENED",
        "LISTED",
        "ADOPTED",
        "BALLOTED",
        "BUILDING",
        "COMPLETED",
        "EVALUATED",
        "RECTIFYING",
        "SHELVED",
        "MERGED",
        "WITHDRAWN",
    },  # fmt: skip
}


def test_the_table_is_this_and_no_other() -> None:
    everywhere = {(state, state) for state in FROM["reveal"]}
    assert TABLE.pairs() == {
        ("propose", "", "IDEA"),
        ("pool", "IDEA", "POOLED"),
        ("pool", "SHELVED", "POOLED"),
        ("reword", "POOLED", "POOLED"),
        ("shelve", "IDEA", "SHELVED"),
        ("shelve", "POOLED", "SHELVED"),
        ("shelve", "SCREENED", "SHELVED"),
        ("shelve", "LISTED", "SHELVED"),
        ("screen", "POOLED", "SCREENED"),
        ("list", "SCREENED", "LISTED"),
        ("merge", "IDEA", "MERGED"),
        ("merge", "POOLED", "MERGED"),
        ("unmerge", "MERGED", "IDEA"),
        ("unmerge", "MERGED", "POOLED"),
        *(("take_in", source, target) for source in ("IDEA", "POOLED") for target in ("IDEA", "POOLED")),
        *(
            ("let_go", source, target)
            for source in ("IDEA", "POOLED", "SHELVED")
            for target in ("IDEA", "POOLED", "SHELVED")
        ),
        ("second", "POOLED", "POOLED"),
        ("withdraw", "IDEA", "WITHDRAWN"),
        ("open_poll", "COMPLETED", "COMPLETED"),
        ("hand_out", "COMPLETED", "COMPLETED"),
        ("vote", "COMPLETED", "COMPLETED"),
        *(("evaluate", "COMPLETED", target) for target in ("COMPLETED", "EVALUATED", "RECTIFYING")),
        ("report_rectified", "RECTIFYING", "COMPLETED"),
        *(("reveal", source, target) for source in FROM["reveal"] for target in FROM["reveal"]),
    }
    assert everywhere <= {(source, target) for verb, source, target in TABLE.pairs() if verb == "reveal"}
    assert {verb for verb, _, _ in TABLE.pairs()} == set(VERB_LABELS)


def who(hall: Hall, role: str) -> Any:
    return {"resident": RESIDENT, "system": SYSTEM}.get(role) or hall.world.users[role]


def press(hall: Hall, verb: str, idea: ProjectIdea, actor: Any) -> ProjectIdea:
    words = {"title": TITLE, "summary": SUMMARY, "category": hall.world.category}
    more: dict[str, Callable[[], dict[str, Any]]] = {
        "pool": lambda: words,
        "reword": lambda: words,
        "shelve": lambda: {"reason": "等明年"},
        "merge": lambda: {"lead_id": hall.propose().pk},
        "unmerge": lambda: {"reason": "不是一件"},
        "reveal": lambda: {"reason": "回电"},
        "withdraw": dict,
        "screen": lambda: {"reason": "盼的人多"},
        "list": lambda: {"reason": "县里办得了"},
    }
    return getattr(workflow, {"list": "enlist"}.get(verb, verb))(idea.pk, actor=actor, at=LATER, **more[verb]())


@pytest.mark.parametrize("verb", MAY)
@pytest.mark.parametrize("state", list(State))
def test_each_verb_in_each_state_by_each_role(hall: Hall, verb: str, state: str) -> None:
    refused = {}
    for role in ROLES:
        idea = hall.idea(state)
        try:
            press(hall, verb, idea, who(hall, role))
        except WrongState:
            refused[role] = "state"
        except NotAllowed:
            refused[role] = "person"
            assert ProjectIdea.objects.get(pk=idea.pk).state == state
    if state not in FROM[verb]:
        assert refused == dict.fromkeys(ROLES, "state")
    else:
        assert set(ROLES) - set(refused) == MAY_LATER.get((verb, state), MAY[verb])
        assert set(refused.values()) <= {"person"}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_propose_for_the_street(hall: Hall, role: str) -> None:
    source = Source.RESIDENT if role == "resident" else Source.PAPER
    if role in KEEPERS | {"resident", "rep"}:
        assert hall.propose(actor=who(hall, role), source=source).state == State.IDEA
    else:
        with pytest.raises(NotAllowed):
            hall.propose(actor=who(hall, role), source=source)
        assert not ProjectIdea.objects.exists()


def test_the_representative_takes_his_own_back_and_nobody_elses(hall: Hall) -> None:
    mine = hall.propose(actor=hall.world.rep, source=Source.REPRESENTATIVE)
    assert workflow.withdraw(mine.pk, actor=hall.world.rep, at=LATER).state == State.WITHDRAWN
    with pytest.raises(NotAllowed):
        workflow.withdraw(hall.propose().pk, actor=hall.world.rep, at=LATER)


def test_a_superuser_gets_no_shortcut(hall: Hall) -> None:
    boss = hall.world.users["admin"]
    boss.is_superuser = True
    boss.save()
    with pytest.raises(NotAllowed):
        press(hall, "pool", hall.propose(), boss)
