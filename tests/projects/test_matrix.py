"""Who may press what in which state, typed by hand: role × verb × state."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from core.workflow import NotAllowed, WrongState
from opinions.actors import RESIDENT, SYSTEM
from projects import workflow
from projects.ballots import closing
from projects.models import ProjectIdea
from projects.states import TABLE, VERB_LABELS, Source, State
from projects.works import enrolling, inspecting, planning, reporting
from projects.works.models import Work
from tests.projects.conftest import SUMMARY, TITLE, Hall
from tests.world import START

LATER = START + timedelta(hours=2)
ROLES = (
    "resident", "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin",
    "system",
)  # fmt: skip
KEEPERS = {"clerk", "town_staff", "county_staff"}
COUNTY = {"county_staff"}
MAY = {
    "pool": KEEPERS,
    "reword": KEEPERS,
    "shelve": KEEPERS,
    "merge": KEEPERS,
    "unmerge": KEEPERS | {"system"},
    "reveal": KEEPERS,
    "withdraw": {"resident"},
    "screen": KEEPERS,
    "list": COUNTY,
    "adopt": COUNTY,
    "ballot": COUNTY,
    "start": COUNTY,
    "report": {"handler"} | COUNTY,
    "change_plan": COUNTY,
    "inspect": {"rep"} | COUNTY,
    "complete": COUNTY,
}
# Once it stands on the list to the government, the county alone puts it aside.
MAY_LATER = {("shelve", state): COUNTY for state in ("LISTED", "ADOPTED", "BALLOTED", "BUILDING")}
FROM = {
    "pool": {"IDEA", "SHELVED"},
    "reword": {"POOLED"},
    "shelve": {"IDEA", "POOLED", "SCREENED", "LISTED", "ADOPTED", "BALLOTED", "BUILDING"},
    "merge": {"IDEA", "POOLED"},
    "unmerge": {"MERGED"},
    "withdraw": {"IDEA"},
    "screen": {"POOLED"},
    "list": {"SCREENED"},
    "adopt": {"LISTED"},
    "ballot": {"ADOPTED"},
    "start": {"ADOPTED", "BALLOTED"},
    "report": {"BUILDING"},
    "change_plan": {"ADOPTED", "BALLOTED", "BUILDING"},
    "inspect": {"BUILDING", "COMPLETED"},
    "complete": {"BUILDING"},
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
        ("shelve", "ADOPTED", "SHELVED"),
        ("shelve", "BALLOTED", "SHELVED"),
        ("shelve", "BUILDING", "SHELVED"),
        ("adopt", "LISTED", "ADOPTED"),
        ("enrol", "", "ADOPTED"),
        ("ballot", "ADOPTED", "ADOPTED"),
        ("ballot", "ADOPTED", "BALLOTED"),
        ("start", "ADOPTED", "BUILDING"),
        ("start", "BALLOTED", "BUILDING"),
        ("report", "BUILDING", "BUILDING"),
        *(
            ("change_plan", source, target)
            for source in ("ADOPTED", "BALLOTED", "BUILDING")
            for target in ("ADOPTED", "BALLOTED", "BUILDING")
        ),
        *(("inspect", source, target) for source in FROM["inspect"] for target in FROM["inspect"]),
        ("complete", "BUILDING", "COMPLETED"),
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
        ("recount", "RECTIFYING", "RECTIFYING"),
        *(("evaluate", "COMPLETED", target) for target in ("COMPLETED", "EVALUATED", "RECTIFYING")),
        ("report_rectified", "RECTIFYING", "COMPLETED"),
        *(("reveal", source, target) for source in FROM["reveal"] for target in FROM["reveal"]),
    }
    assert everywhere <= {(source, target) for verb, source, target in TABLE.pairs() if verb == "reveal"}
    assert {verb for verb, _, _ in TABLE.pairs()} == set(VERB_LABELS)


def who(hall: Hall, role: str) -> Any:
    return {"resident": RESIDENT, "system": SYSTEM}.get(role) or hall.world.users[role]


def press(hall: Hall, verb: str, idea: ProjectIdea, actor: Any) -> Any:
    words, day = {"title": TITLE, "summary": SUMMARY, "category": hall.world.category}, START.date()
    more: dict[str, tuple[Any, Callable[[], dict[str, Any]]]] = {
        "pool": (workflow.pool, lambda: words),
        "reword": (workflow.reword, lambda: words),
        "shelve": (workflow.shelve, lambda: {"reason": "等明年"}),
        "merge": (workflow.merge, lambda: {"lead_id": hall.propose().pk}),
        "unmerge": (workflow.unmerge, lambda: {"reason": "不是一件"}),
        "reveal": (workflow.reveal, lambda: {"reason": "回电"}),
        "withdraw": (workflow.withdraw, dict),
        "screen": (workflow.screen, lambda: {"reason": "盼的人多"}),
        "list": (workflow.enlist, lambda: {"reason": "县里办得了"}),
        "adopt": (planning.adopt, lambda: {"plan": plan(hall)}),
        "ballot": (closing.ballot_idea, lambda: {"said": "赞成 9 票", "is_passed": True}),
        "start": (planning.start, lambda: {"day": day}),
        "report": (reporting.report, lambda: {"words": "铺完了。", "percents": {}}),
        "change_plan": (planning.change_plan, lambda: {"plan": plan(hall, idea), "reason": "钱少了"}),
        "inspect": (inspecting.inspect, lambda: {"day": day, "people": "麦", "words": "平", "client_key": uuid4()}),
        "complete": (reporting.complete, lambda: {"day": day}),
    }
    run, given = more[verb]
    return run(idea.pk, actor=actor, at=LATER, **given())


def plan(hall: Hall, idea: ProjectIdea | None = None) -> planning.Plan:
    day, kept = START.date(), idea and Work.objects.filter(pk=idea.pk).first()
    step = planning.Step("铺完", day, id=kept.milestones.get().pk if kept else None)
    return planning.Plan(hall.world.unit, "分管副县长", "人行道", Decimal(12), day, day, [step])


@pytest.mark.parametrize("verb", MAY)
@pytest.mark.parametrize("state", list(State))
def test_each_verb_in_each_state_by_each_role(hall: Hall, verb: str, state: str) -> None:
    refused, idea = {}, hall.idea(state)
    for role in ROLES:
        try:
            press(hall, verb, idea, who(hall, role))
        except WrongState:
            refused[role] = "state"
        except NotAllowed:
            refused[role] = "person"
            assert ProjectIdea.objects.get(pk=idea.pk).state == state
        else:
            idea = hall.idea(state)
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


@pytest.mark.parametrize("role", ROLES)
def test_who_may_enrol_what_the_list_names(hall: Hall, role: str) -> None:
    def enrol() -> ProjectIdea:
        county, new = hall.world.county, {"year": 2026, "title": TITLE, "plan": plan(hall)}
        return enrolling.enrol(region=county, actor=who(hall, role), at=LATER, **new)[0]

    if role in COUNTY:
        assert enrol().state == State.ADOPTED
    else:
        with pytest.raises(NotAllowed):
            enrol()
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
