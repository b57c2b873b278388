"""Role × verb × state, typed out by hand: who may do what when, and that nothing else is possible."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import rules
from django.db import transaction

from core.workflow import NotAllowed, VerbError, WrongState
from opinions import workflow
from opinions.actors import RESIDENT, SYSTEM, Actor
from opinions.models import Opinion
from opinions.states import TRANSITIONS, State
from tests.world import START, World

LATER = START + timedelta(hours=1)
LONG_AFTER = START + timedelta(days=60)

# verb → state it starts from → where it may lead. Written by hand from the domain's table, not from states.py.
EXPECTED: dict[str, dict[str, set[str]]] = {
    "submit": {"": {"SUBMITTED"}},
    "accept": {"SUBMITTED": {"ACCEPTED"}},
    "decline": {"SUBMITTED": {"DECLINED"}},
    "merge": {"SUBMITTED": {"MERGED"}, "ACCEPTED": {"MERGED"}},
    "unmerge": {"MERGED": {"SUBMITTED", "ACCEPTED"}},
    "share_answer": {"MERGED": {"FED_BACK"}, "TRACKING": {"FED_BACK"}},
    "answer_on_spot": {"SUBMITTED": {"FED_BACK"}, "ACCEPTED": {"FED_BACK"}},
    "refer": {"ACCEPTED": {"ACCEPTED"}},
    "assign": {"ACCEPTED": {"ASSIGNED"}},
    "sign": {"ASSIGNED": {"HANDLING"}},
    "request_return": {"ASSIGNED": {"RETURN_REQUESTED"}},
    "grant_return": {"RETURN_REQUESTED": {"ACCEPTED"}},
    "refuse_return": {"RETURN_REQUESTED": {"HANDLING"}},
    "report_progress": {"HANDLING": {"HANDLING"}},
    "request_extension": {"HANDLING": {"HANDLING"}},
    "grant_extension": {"HANDLING": {"HANDLING"}},
    "refuse_extension": {"HANDLING": {"HANDLING"}},
    "report_fulfilment": {"TRACKING": {"TRACKING"}},
    "move_promise": {"TRACKING": {"TRACKING"}},
    "reply": {"HANDLING": {"REPLIED"}},
    "approve_reply": {"REPLIED": {"FED_BACK"}},
    "reject_reply": {"REPLIED": {"HANDLING"}},
    "feed_back": {"FED_BACK": {"FED_BACK"}},
    "miss": {"FED_BACK": {"FED_BACK"}},
    "bounce": {"FED_BACK": {"FED_BACK"}},
    "arrive": {"FED_BACK": {"FED_BACK"}},
    "rate": {"FED_BACK": {"CLOSED", "TRACKING", "ASSIGNED", "ACCEPTED"}},
    "close_unrated": {"FED_BACK": {"CLOSED", "TRACKING"}},
    "fulfil": {"TRACKING": {"FED_BACK"}},
    "look_back": {"TRACKING": {"CLOSED"}},
    "withdraw": {"SUBMITTED": {"WITHDRAWN"}, "ACCEPTED": {"WITHDRAWN"}},
    "reopen": {"CLOSED": {"ASSIGNED"}},
    "take_back_accept": {"ACCEPTED": {"SUBMITTED"}},
    "take_back_decline": {"DECLINED": {"SUBMITTED"}},
    "take_back_assign": {"ASSIGNED": {"ACCEPTED"}},
    "take_back_merge": {"MERGED": {"SUBMITTED", "ACCEPTED"}},
}
STILL_OPEN = (
    "SUBMITTED", "ACCEPTED", "ASSIGNED", "RETURN_REQUESTED", "HANDLING", "REPLIED", "FED_BACK", "TRACKING",
)  # fmt: skip

# verbs that move no state, and the states in which they may be done
STAYS: dict[str, tuple[str, ...]] = {
    "add_words": STILL_OPEN,
    "recount": STILL_OPEN,
    "supervise": STILL_OPEN,
    "clear_card": (*STILL_OPEN, "MERGED"),
    "take_in": STILL_OPEN[:6],
    "let_go": STILL_OPEN[:6],
    "co_sign": ("ASSIGNED", "HANDLING"),
    "give_part": ("ASSIGNED", "HANDLING"),
    "explain": STILL_OPEN,
    "press": ("ASSIGNED", "HANDLING", "TRACKING"),
    "visit": STILL_OPEN,
    "reveal": (*STILL_OPEN, "CLOSED", "DECLINED", "MERGED", "WITHDRAWN"),
    "suggest": (*STILL_OPEN, "CLOSED", "DECLINED", "MERGED", "WITHDRAWN"),
}
# verbs that another verb does on the way: nobody calls them by name
WITHIN = {"submit", "supervise", "take_in", "let_go", "share_answer", "suggest"}

STATION = {"clerk", "town_staff"}
LEAD = {"handler"}
# verb → who may, of all actors below; the world's matter lies in 洺南街道 and is led by 县城管局.
ALLOWED: dict[str, set[str]] = {
    "accept": STATION,
    "decline": STATION,
    "merge": STATION,
    "unmerge": STATION | {"system"},
    "answer_on_spot": STATION,
    "refer": STATION,
    "assign": STATION | {"county_staff"},
    "sign": LEAD,
    "co_sign": {"co_handler"},
    "give_part": {"co_handler"},
    "request_return": LEAD,
    "grant_return": STATION,
    "refuse_return": STATION,
    "report_progress": LEAD,
    "request_extension": LEAD,
    "grant_extension": STATION,
    "refuse_extension": STATION,
    "report_fulfilment": LEAD,
    "reply": LEAD,
    "approve_reply": STATION,
    "reject_reply": STATION,
    "feed_back": STATION,
    "miss": STATION,
    "bounce": {"system"},
    "arrive": {"system"},
    "rate": STATION | {"resident"},
    "close_unrated": {"system"},
    "move_promise": STATION,
    "fulfil": STATION,
    "look_back": STATION | {"county_staff"},
    "withdraw": {"resident"},
    "add_words": STATION | {"resident"},
    "explain": {"rep"},
    "press": STATION | {"county_staff", "rep"},
    "visit": {"rep"},
    "recount": {"system"},
    "clear_card": {"county_staff"},
    "reveal": STATION | {"county_staff"},
    "reopen": {"county_staff"},
    # the clerk did the step before: nobody else takes it back
    "take_back_accept": {"clerk"},
    "take_back_decline": {"clerk"},
    "take_back_assign": {"clerk"},
    "take_back_merge": {"clerk"},
}
ACTORS = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "co_handler",
    "other_handler", "admin", "security", "audit", "resident", "system",
)  # fmt: skip


def actor_of(world: World, name: str) -> Any:
    """Return the account, the resident or the clock of that name."""
    outsiders: dict[str, Actor] = {"resident": RESIDENT, "system": SYSTEM}
    return outsiders.get(name) or getattr(world, name)


def call(world: World, verb: str, pk: int, actor: Any, at: Any = LATER) -> Opinion:
    """Do the verb with sound input."""
    inputs: dict[str, dict[str, Any]] = {
        "accept": {"category": world.category},
        "decline": {"reason": "已经起诉。", "where_to_go": "县人民法院诉讼服务中心"},
        "unmerge": {"reason": "不是一件事"},
        "answer_on_spot": {"body": "带身份证到二楼办。", "outcome": "A"},
        "refer": {"reason": "要两个单位一起办"},
        "assign": {"lead": world.unit, "demand": "查明原因并修复"},
        "give_part": {"part": "线路查过，没断"},
        "request_extension": {"working_days": 3, "reason": "等配件"},
        "refuse_extension": {"reason": "配件县里有"},
        "move_promise": {"promised_on": date(2027, 3, 1), "reason": "雨季不能施工"},
        "reveal": {"reason": "回电核实地点"},
        "clear_card": {"reason": "单位已经在修，等材料"},
        "request_return": {"legal_basis": "职责清单第三条"},
        "refuse_return": {"reason": "路灯归你单位管"},
        "report_progress": {"note": "已派人去看"},
        "report_fulfilment": {"note": "修好了"},
        "reply": {"body": "已修好", "outcome": "A"},
        "reject_reply": {"missing": "没说哪天修好"},
        "feed_back": {"how": "打电话"},
        "arrive": {"written_at": START},
        "rate": {"solved": "YES", "satisfaction": "SATISFIED"},
        "fulfil": {"finding": "现场看过，灯亮了"},
        "look_back": {"finding": "上门看过，已修好"},
        "add_words": {"words": "昨天又灭了一盏"},
        "explain": {"note": "配件在路上，下周二换"},
        "visit": {"note": "去看了，三盏都不亮"},
        "reopen": {"reason": "群众来信反映没修好"},
    }
    if verb == "merge":
        inputs["merge"] = {"lead_id": world.submit(at=START, phone="").pk}
    function: Callable[..., Opinion] = getattr(workflow, verb)
    return function(pk, actor=actor, at=at, **inputs.get(verb, {}))


def test_states_py_says_what_the_domain_says() -> None:
    written = {
        row.verb: {source: set(row.targets) for source in row.sources} for row in TRANSITIONS if row.verb not in STAYS
    }
    assert written == EXPECTED
    stays = {row.verb: (row.sources, row.targets) for row in TRANSITIONS if row.verb in STAYS}
    assert stays == {verb: (frozenset(states), frozenset(states)) for verb, states in STAYS.items()}


def test_every_verb_stands_in_this_file() -> None:
    assert set(ALLOWED) | WITHIN == {row.verb for row in TRANSITIONS} == set(EXPECTED) | set(STAYS)


def sources_of(verb: str) -> set[str]:
    """Return the states a verb starts from, as typed above."""
    return set(STAYS[verb]) if verb in STAYS else set(EXPECTED[verb])


def prepared(world: World, verb: str, source: str) -> Opinion:
    """Return a matter in the state, with a co-handler where the verb is his."""
    if verb in ("co_sign", "give_part"):
        return world.shared(is_signed=source == "HANDLING")
    return world.opinion(source, outcome="B" if source == "TRACKING" else "A")


@pytest.mark.parametrize("state", State.values)
def test_no_verb_starts_from_a_state_the_table_does_not_list(world: World, state: str) -> None:
    row = world.opinion(state, outcome="B" if state == "TRACKING" else "A")
    assert row.state == state
    for verb, who in ALLOWED.items():
        if state in sources_of(verb):
            continue
        for name in sorted(who):
            with pytest.raises(WrongState) as refusal, transaction.atomic():
                call(world, verb, row.pk, actor_of(world, name))
            assert "刷新" in refusal.value.message
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize("verb", sorted(ALLOWED))
def test_only_the_named_roles_may_do_a_verb(world: World, verb: str) -> None:
    for source in sorted(sources_of(verb)):
        row = prepared(world, verb, source)
        at = LONG_AFTER if verb == "close_unrated" else LATER
        for name in ACTORS:
            before = row.history.count()
            with transaction.atomic():
                outcome = _attempt(world, verb, row.pk, actor_of(world, name), at)
                assert (outcome != "refused") == (name in ALLOWED[verb]), (verb, source, name, outcome)
                if outcome == "refused":
                    assert row.history.count() == before
                transaction.set_rollback(True)


def _attempt(world: World, verb: str, pk: int, actor: Any, at: Any) -> str:
    try:
        with transaction.atomic():
            return call(world, verb, pk, actor, at).state
    except NotAllowed:
        return "refused"
    except VerbError:
        return "wrong input"


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("clerk", True),
        ("other_clerk", False),
        ("town_staff", True),
        ("county_staff", True),
        ("leader", False),
        ("rep", True),
        ("grid", True),
        ("handler", False),
        ("admin", False),
        ("security", False),
        ("audit", False),
        ("resident", True),
        ("system", False),
    ],
)
def test_who_may_write_down_a_message(world: World, name: str, may: bool) -> None:
    message = workflow.Message(body="路灯不亮", channel="WINDOW")
    try:
        row = workflow.submit(station=world.station, actor=actor_of(world, name), at=START, message=message)
    except NotAllowed:
        assert not may
    else:
        assert may
        assert row.first_contact_id


def test_the_county_alone_decides_on_a_return_of_what_it_handed_out(world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    workflow.refer(row.pk, actor=world.clerk, at=LATER, reason="跨单位")
    with pytest.raises(NotAllowed):
        call(world, "assign", row.pk, world.clerk)
    call(world, "assign", row.pk, world.county_staff)
    workflow.request_return(row.pk, actor=world.handler, at=LATER, legal_basis="职责清单")
    with pytest.raises(NotAllowed):
        workflow.grant_return(row.pk, actor=world.clerk, at=LATER)
    assert workflow.grant_return(row.pk, actor=world.county_staff, at=LATER).state == State.ACCEPTED


@pytest.mark.parametrize("verb", ["grant_extension", "refuse_extension"])
def test_the_county_alone_decides_on_more_days_for_what_it_handed_out(world: World, verb: str) -> None:
    row = world.shared()
    call(world, "request_extension", row.pk, world.handler)
    with pytest.raises(NotAllowed):
        call(world, verb, row.pk, world.clerk)
    assert call(world, verb, row.pk, world.county_staff).state == State.HANDLING


@pytest.mark.parametrize("verb", ["take_in", "let_go", "share_answer"])
@pytest.mark.parametrize("name", ACTORS)
def test_who_may_do_what_another_verb_does_on_the_way(world: World, verb: str, name: str) -> None:
    who = {"take_in": STATION, "let_go": STATION | {"system"}, "share_answer": {"system"}}[verb]
    allowed = rules.has_perm(f"opinions.{verb}_opinion", actor_of(world, name), world.opinion(State.ACCEPTED))
    assert allowed == (name in who)
