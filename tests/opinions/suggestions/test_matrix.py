"""Every actor, every verb, every state: what is not typed out here by hand is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from core.workflow import BadInput, NotAllowed, WrongState
from opinions.actors import RESIDENT, SYSTEM, Actor
from opinions.models import FormalSuggestion
from opinions.suggestions import workflow
from opinions.suggestions.models import CoSigner, SuggestionEntry
from opinions.suggestions.rules import PERMISSIONS
from opinions.suggestions.states import TABLE, TRANSITIONS, VERB_LABELS, State
from tests.opinions.suggestions.world import MINUTE, TEXTS, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
# verb → from → to
EXPECTED: dict[str, dict[str, set[str]]] = {
    "draft": {"": {"DRAFT"}},
    "submit": {"DRAFT": {"SUBMITTED"}, "RETURNED": {"SUBMITTED"}},
    "send_back": {"SUBMITTED": {"RETURNED"}},
    "accept": {"SUBMITTED": {"ACCEPTED"}},
    "withdraw": {
        "DRAFT": {"WITHDRAWN"}, "SUBMITTED": {"WITHDRAWN"}, "RETURNED": {"WITHDRAWN"}, "ACCEPTED": {"WITHDRAWN"},
    },
    "assign": {"ACCEPTED": {"ASSIGNED"}},
    "request_extension": {"ASSIGNED": {"ASSIGNED"}},
    "grant_extension": {"ASSIGNED": {"ASSIGNED"}},
    "refuse_extension": {"ASSIGNED": {"ASSIGNED"}},
    "reply": {"ASSIGNED": {"REPLIED"}},
    "judge": {"REPLIED": {"CLOSED", "ASSIGNED"}},
}  # fmt: skip
STAYS = ("write", "gather", "leave_out", "invite", "let_off", "answer_invitation")  # only while it is being written
HIS, COUNTY, LEAD = {"rep", "clerk"}, {"county_staff"}, {"handler"}
ALLOWED: dict[str, set[str]] = {
    "write": HIS,
    "gather": HIS,
    "leave_out": HIS,
    "invite": HIS,
    "let_off": HIS,
    "answer_invitation": {"mate", "clerk"},
    "submit": HIS,
    "send_back": COUNTY,
    "accept": COUNTY,
    "withdraw": HIS,
    "assign": COUNTY,
    "request_extension": LEAD,
    "grant_extension": COUNTY,
    "refuse_extension": COUNTY,
    "reply": LEAD,
    "judge": HIS,
}
ACTORS = (
    "rep", "mate", "far_rep", "clerk", "other_clerk", "town_staff", "county_staff", "leader", "grid", "handler",
    "co_handler", "other_handler", "admin", "security", "audit", "resident", "system",
)  # fmt: skip


def actor_of(world: World, name: str) -> Any:
    outsiders: dict[str, Actor] = {"resident": RESIDENT, "system": SYSTEM}
    return outsiders.get(name) or getattr(world, name)


def sound_input(world: World, row: FormalSuggestion, verb: str) -> dict[str, Any]:
    """Input that the verb takes where state and permission allow it."""
    signer = row.cosigners.first()
    return {
        "write": TEXTS,
        "gather": {"opinion_ids": [world.submit(phone="").pk]},
        "leave_out": {"opinion_id": row.matters.values_list("opinion_id", flat=True)[0]},
        "invite": {"representative": person("顾长河")},
        "let_off": {"cosigner_id": signer.pk if signer else 0},
        "answer_invitation": {"cosigner_id": signer.pk if signer else 0, "agrees": True, "how": "打电话说的"},
        "submit": {"how": "当面签了字"},
        "send_back": {"reason": "写清楚"},
        "withdraw": {"reason": "合并", "how": "当面说的"},
        "assign": {"lead": world.unit},
        "request_extension": {"months": 1, "reason": "要招标"},
        "refuse_extension": {"reason": "来得及"},
        "reply": {"body": "换好了", "outcome": "A"},
        "judge": {"satisfaction": "SATISFIED", "how": "打电话说的"},
    }.get(verb, {})


def stage(world: World, state: str) -> FormalSuggestion:
    """A suggestion in a state with somebody asked to sign and, where a unit has it, a wish for more time."""
    row = make(world, state)
    CoSigner.objects.create(suggestion=row, representative=person("安可期"), asked_at=START)
    return row


def test_the_table_is_what_is_typed_here() -> None:
    pairs = {
        (verb, source, target) for verb, row in EXPECTED.items() for source, ends in row.items() for target in ends
    }
    pairs |= {
        (verb, state, other) for verb in STAYS for state in ("DRAFT", "RETURNED") for other in ("DRAFT", "RETURNED")
    }
    assert TABLE.pairs() == pairs


def test_every_verb_has_word_rule_and_function() -> None:
    verbs = {row.verb for row in TRANSITIONS}
    assert verbs == set(VERB_LABELS) == set(PERMISSIONS) == set(workflow.__all__)
    assert verbs == set(ALLOWED) | {"draft"}


@pytest.mark.parametrize("state", State.values)
def test_every_verb_in_every_state_is_for_those_named_and_nobody_else(world: World, state: str) -> None:
    row = stage(world, state)
    lines = SuggestionEntry.objects.filter(suggestion=row).count()
    for verb in ALLOWED:
        given = sound_input(world, row, verb)
        for name in ACTORS:
            open_pair = state in EXPECTED.get(verb, {}) or (verb in STAYS and state in ("DRAFT", "RETURNED"))
            wish = verb in ("grant_extension", "refuse_extension") and open_pair
            with transaction.atomic():
                if wish:
                    workflow.request_extension(
                        row.pk, actor=world.handler, at=START + 9 * MINUTE, months=1, reason="招标"
                    )
                done = attempt(world, row, verb, name, given)
                transaction.set_rollback(True)
            wanted = "done" if open_pair and name in ALLOWED[verb] else ("NotAllowed" if open_pair else "WrongState")
            assert done == wanted, (verb, state, name)
    assert SuggestionEntry.objects.filter(suggestion=row).count() == lines


def attempt(world: World, row: FormalSuggestion, verb: str, name: str, given: dict[str, Any]) -> str:
    try:
        getattr(workflow, verb)(row.pk, actor=actor_of(world, name), at=START + timedelta(hours=1), **given)
    except (WrongState, NotAllowed) as error:
        return type(error).__name__
    return "done"


@pytest.mark.parametrize("name", ACTORS)
def test_only_the_representative_and_his_station_begin_one(world: World, name: str) -> None:
    assert begin(world, name) == {"rep": "done", "clerk": "done", "mate": "BadInput"}.get(name, "NotAllowed")


def begin(world: World, name: str) -> str:
    """Begin a paper of 麦知秋; a colleague of the same station may begin papers, but only his own."""
    whose = person("麦知秋")
    try:
        workflow.draft(actor=actor_of(world, name), at=START, station=world.station, representative=whose, title="路灯")
    except (NotAllowed, BadInput) as error:
        return type(error).__name__
    return "done"


def test_no_superuser_gets_around_the_table(world: World) -> None:
    world.county_staff.is_superuser = True
    world.county_staff.save()
    row = make(world, State.CLOSED)
    with pytest.raises(WrongState, match="现在的状态是“办结”"):
        workflow.assign(row.pk, actor=world.county_staff, at=START + timedelta(days=1), lead=world.unit)


def test_every_open_state_can_come_to_an_end() -> None:
    reach = {source: {t for _verb, s, t in TABLE.pairs() if s == source} for source in State.values}
    for state in State.values:
        seen, todo = {state}, [state]
        while todo:
            for target in reach[todo.pop()] - seen:
                seen.add(target)
                todo.append(target)
        assert seen & {"CLOSED", "WITHDRAWN"}, f"{state} is a dead end"
