"""Who may press what in which state, typed by hand: role × verb × state."""

from datetime import date, datetime, time
from typing import Any

import pytest

from core.workflow import NotAllowed, VerbError, WrongState
from duties import workflow
from duties.models import Shift, SwapRequest
from duties.states import ROSTERS, SHIFTS, SWAPS, VERB_LABELS
from tests.duties.conftest import Office
from tests.duties.test_swaps import pair
from tests.world import SHANGHAI, START

pytestmark = pytest.mark.django_db
STATION = {"clerk", "town_staff"}
NOON = datetime(2026, 4, 30, 13, tzinfo=SHANGHAI)
ROLES = (
    "clerk",
    "town_staff",
    "other_clerk",
    "county_staff",
    "leader",
    "owner",
    "colleague",
    "grid",
    "handler",
    "admin",
)


def test_the_tables_are_these_and_no_other() -> None:
    assert ROSTERS.pairs() == {
        ("propose", "", "DRAFT"),
        ("propose", "DRAFT", "DRAFT"),
        ("publish", "DRAFT", "PUBLISHED"),
    }
    assert SHIFTS.pairs() == {
        ("add_shift", "", "PLANNED"),
        ("change_shift", "PLANNED", "PLANNED"),
        ("change_shift", "CONFIRMED", "PLANNED"),
        ("drop_shift", "PLANNED", ""),
        ("drop_shift", "CONFIRMED", ""),
        ("confirm", "PLANNED", "CONFIRMED"),
        ("cannot_come", "PLANNED", "PLANNED"),
        ("cannot_come", "CONFIRMED", "PLANNED"),
        ("substitute", "PLANNED", "PLANNED"),
        ("substitute", "CONFIRMED", "PLANNED"),
        ("ask_swap", "PLANNED", "PLANNED"),
        ("ask_swap", "CONFIRMED", "CONFIRMED"),
        ("trade", "PLANNED", "PLANNED"),
        ("trade", "PLANNED", "CONFIRMED"),
        ("trade", "CONFIRMED", "PLANNED"),
        ("trade", "CONFIRMED", "CONFIRMED"),
        ("mark_held", "PLANNED", "HELD"),
        ("mark_held", "CONFIRMED", "HELD"),
        ("mark_held", "ABSENT", "HELD"),
        ("mark_absent", "PLANNED", "ABSENT"),
        ("mark_absent", "CONFIRMED", "ABSENT"),
        ("mark_absent", "HELD", "ABSENT"),
    }
    assert SWAPS.pairs() == {
        ("ask_swap", "", "ASKED"),
        ("agree", "ASKED", "AGREED"),
        ("refuse", "ASKED", "REFUSED"),
        ("take_back", "ASKED", "TAKEN_BACK"),
        ("take_back", "AGREED", "TAKEN_BACK"),
        ("take_back", "ARRANGED", "TAKEN_BACK"),
        ("arrange", "", "ARRANGED"),
        ("lapse", "ASKED", "LAPSED"),
    }
    verbs = {verb for table in (ROSTERS, SHIFTS, SWAPS) for verb, _, _ in table.pairs()}
    assert set(VERB_LABELS) == verbs


def actor(office: Office, role: str) -> Any:
    names = {"owner": "麦知秋", "colleague": "白露明"}
    return office.user(names[role]) if role in names else office.world.users[role]


def may(act: Any) -> bool:
    """Whether the verb was open to him; refused for another reason than his role counts as open."""
    try:
        act()
    except NotAllowed:
        return False
    except VerbError:
        pass
    return True


@pytest.mark.parametrize("role", ROLES)
def test_who_makes_and_publishes(office: Office, role: str) -> None:
    who, roster = actor(office, role), office.propose()
    assert may(lambda: workflow.propose(roster.station_id, roster.month, actor=who, at=START)) is (role in STATION)
    assert may(lambda: workflow.publish(roster.pk, actor=who, at=START)) is (role in STATION)


SHIFT_VERBS = {
    "confirm": (STATION | {"owner"}, {"PLANNED"}, {}),
    "cannot_come": (STATION | {"owner"}, {"PLANNED", "CONFIRMED"}, {}),
    "substitute": (STATION, {"PLANNED", "CONFIRMED"}, {"representative_id": 0}),
    "ask_swap": ({"owner"}, {"PLANNED", "CONFIRMED"}, {"colleague_id": 0}),
    "arrange": (STATION, {"PLANNED", "CONFIRMED"}, {"colleague_id": 0, "note": "说好了"}),
    "mark_held": (STATION, {"PLANNED", "CONFIRMED", "ABSENT"}, {}),
    "mark_absent": (STATION, {"PLANNED", "CONFIRMED", "HELD"}, {}),
    "drop_shift": (STATION, {"PLANNED", "CONFIRMED"}, {"reason": "停"}),
    "change_shift": (
        STATION,
        {"PLANNED", "CONFIRMED"},
        {"day": date(2026, 4, 30), "start": time(8), "end": time(9), "post": "WINDOW", "representative_id": None},
    ),
}


@pytest.mark.parametrize("state", ["PLANNED", "CONFIRMED", "HELD", "ABSENT"])
@pytest.mark.parametrize("verb", SHIFT_VERBS)
@pytest.mark.parametrize("role", ROLES)
def test_role_by_verb_by_state(office: Office, role: str, verb: str, state: str) -> None:
    office.published()
    mine, _ = pair(office)
    Shift.objects.filter(pk=mine.pk).update(state=state)
    roles, states, arguments = SHIFT_VERBS[verb]
    given = {key: office.people["白露明"].pk if value == 0 else value for key, value in arguments.items()}
    at = NOON if verb.startswith("mark") else START
    try:
        getattr(workflow, verb)(mine.pk, actor=actor(office, role), at=at, **given)
        result = "done"
    except NotAllowed:
        result = "not allowed"
    except WrongState:
        result = "wrong state"
    expected = "wrong state" if state not in states else "done" if role in roles else "not allowed"
    assert result == expected


@pytest.mark.parametrize("state", ["ASKED", "AGREED", "REFUSED", "TAKEN_BACK", "ARRANGED", "LAPSED"])
@pytest.mark.parametrize("role", ROLES)
def test_role_by_answer_by_state(office: Office, role: str, state: str) -> None:
    office.published()
    mine, _ = pair(office)
    swap = workflow.ask_swap(mine.pk, actor=office.user("麦知秋"), at=START, colleague_id=office.people["白露明"].pk)
    if state in ("AGREED", "ARRANGED"):
        workflow.agree(swap.pk, actor=office.user("白露明"), at=START)
    SwapRequest.objects.update(state=state, decided_at=None if state == "ASKED" else START)
    who = actor(office, role)
    open_to = {
        "agree": {"colleague"} if state == "ASKED" else set(),
        "refuse": {"colleague"} if state == "ASKED" else set(),
        "take_back": {"ASKED": STATION | {"owner"}, "AGREED": STATION, "ARRANGED": STATION}.get(state, set()),
    }
    for verb, roles in open_to.items():
        before = SwapRequest.objects.get().state
        if before != state:
            break  # the first verb that was done has settled it
        try:
            getattr(workflow, verb)(swap.pk, actor=who, at=START)
            done = True
        except (NotAllowed, WrongState):
            done = False
        assert done is (role in roles), verb
