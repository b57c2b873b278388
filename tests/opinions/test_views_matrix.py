"""Who is offered what, typed out by hand: role × state → the acts on the page; role × verb → the answer to a POST.

Written from the rules of the field, not from the code: a line that looks wrong here is wrong in the portal.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from opinions.models import HistoryEntry, Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import World

S = State
NONE: tuple[str, ...] = ()
STATION = ("clerk", "town_staff")

# state → role → acts on the page, the front ones first
OFFERED: dict[str, dict[str, tuple[str, ...]]] = {
    S.SUBMITTED: {
        "clerk": ("accept", "decline", "merge", "answer_on_spot", "add_words"),
        "town_staff": ("accept", "decline", "merge", "answer_on_spot", "add_words"),
        "county_staff": NONE,
        "leader": NONE,
        "rep": ("explain", "visit"),
    },
    S.ACCEPTED: {
        "clerk": ("assign", "merge", "answer_on_spot", "refer", "add_words"),
        "town_staff": ("assign", "merge", "answer_on_spot", "refer", "add_words"),
        "county_staff": ("assign",),
        "leader": NONE,
        "rep": ("explain", "visit"),
    },
    S.ASSIGNED: {
        "clerk": ("add_words", "press"),
        "town_staff": ("add_words", "press"),
        "county_staff": ("press",),
        "leader": NONE,
        "rep": ("explain", "press", "visit"),
        "handler": ("sign", "request_return"),
    },
    S.RETURN_REQUESTED: {
        "clerk": ("grant_return", "refuse_return", "add_words"),
        "town_staff": ("grant_return", "refuse_return", "add_words"),
        "county_staff": NONE,
        "leader": NONE,
        "rep": ("explain", "visit"),
        "handler": NONE,
    },
    S.HANDLING: {
        "clerk": ("add_words", "press"),
        "town_staff": ("add_words", "press"),
        "county_staff": ("press",),
        "leader": NONE,
        "rep": ("explain", "press", "visit"),
        "handler": ("reply", "report_progress", "request_extension"),
    },
    S.REPLIED: {
        "clerk": ("approve_reply", "reject_reply", "add_words"),
        "town_staff": ("approve_reply", "reject_reply", "add_words"),
        "county_staff": NONE,
        "leader": NONE,
        "rep": ("explain", "visit"),
        "handler": NONE,
    },
    S.FED_BACK: {
        "clerk": ("rate", "miss", "add_words"),
        "town_staff": ("rate", "miss", "add_words"),
        "county_staff": NONE,
        "leader": NONE,
        "rep": ("explain", "visit"),
        "handler": NONE,
    },
    S.TRACKING: {
        "clerk": ("fulfil", "move_promise", "add_words", "press"),
        "town_staff": ("fulfil", "move_promise", "add_words", "press"),
        "county_staff": ("press",),
        "leader": NONE,
        "rep": ("explain", "press", "visit"),
        "handler": ("report_fulfilment",),
    },
    S.CLOSED: {
        "clerk": NONE,
        "town_staff": NONE,
        "county_staff": ("reopen",),
        "leader": NONE,
        "rep": NONE,
        "handler": NONE,
    },
    S.MERGED: {"clerk": ("unmerge",), "town_staff": ("unmerge",), "county_staff": NONE, "leader": NONE, "rep": NONE},
    S.DECLINED: {"clerk": NONE, "town_staff": NONE, "county_staff": NONE, "leader": NONE, "rep": NONE},
}
CELLS = [(state, who, acts) for state, row in OFFERED.items() for who, acts in row.items()]

# verb → the state it starts from, and what a handler of the unit, a representative and a leader are told
VERBS = {
    "accept": S.SUBMITTED,
    "decline": S.SUBMITTED,
    "answer_on_spot": S.SUBMITTED,
    "merge": S.SUBMITTED,
    "unmerge": S.MERGED,
    "refer": S.ACCEPTED,
    "assign": S.ACCEPTED,
    "sign": S.ASSIGNED,
    "request_return": S.ASSIGNED,
    "grant_return": S.RETURN_REQUESTED,
    "refuse_return": S.RETURN_REQUESTED,
    "co_sign": S.HANDLING,
    "give_part": S.HANDLING,
    "request_extension": S.HANDLING,
    "grant_extension": S.HANDLING,
    "refuse_extension": S.HANDLING,
    "move_promise": S.TRACKING,
    "reply": S.HANDLING,
    "report_progress": S.HANDLING,
    "approve_reply": S.REPLIED,
    "reject_reply": S.REPLIED,
    "feed_back": S.FED_BACK,
    "miss": S.FED_BACK,
    "rate": S.FED_BACK,
    "fulfil": S.TRACKING,
    "reopen": S.CLOSED,
    "explain": S.REPLIED,
    "press": S.HANDLING,
    "visit": S.SUBMITTED,
}
# who may never do it, though he sees the matter: 403
STRANGERS = {
    "accept": ("county_staff", "leader", "rep"),
    "decline": ("county_staff", "leader", "rep"),
    "answer_on_spot": ("county_staff", "leader", "rep"),
    "merge": ("county_staff", "leader", "rep"),
    "unmerge": ("county_staff", "leader", "rep"),
    "co_sign": ("clerk", "town_staff", "county_staff", "leader", "rep", "handler"),
    "give_part": ("clerk", "town_staff", "county_staff", "leader", "rep", "handler"),
    "request_extension": ("clerk", "town_staff", "county_staff", "leader", "rep"),
    "grant_extension": ("county_staff", "leader", "rep", "handler"),
    "refuse_extension": ("county_staff", "leader", "rep", "handler"),
    "move_promise": ("county_staff", "leader", "rep", "handler"),
    "refer": ("county_staff", "leader", "rep"),
    "assign": ("leader", "rep"),
    "sign": ("clerk", "town_staff", "county_staff", "leader", "rep"),
    "request_return": ("clerk", "town_staff", "county_staff", "leader", "rep"),
    "grant_return": ("county_staff", "leader", "rep", "handler"),
    "refuse_return": ("county_staff", "leader", "rep", "handler"),
    "reply": ("clerk", "town_staff", "county_staff", "leader", "rep"),
    "approve_reply": ("county_staff", "leader", "rep", "handler"),
    "reject_reply": ("county_staff", "leader", "rep", "handler"),
    "miss": ("county_staff", "leader", "rep", "handler"),
    "feed_back": ("county_staff", "leader", "rep", "handler"),
    "rate": ("county_staff", "leader", "rep", "handler"),
    "fulfil": ("county_staff", "leader", "rep", "handler"),
    "reopen": ("clerk", "town_staff", "leader", "rep", "handler"),
    "explain": ("clerk", "town_staff", "county_staff", "leader", "handler"),
    "press": ("leader", "handler"),
    "visit": ("clerk", "town_staff", "county_staff", "leader"),
    "report_progress": ("clerk", "town_staff", "county_staff", "leader", "rep"),
}
REFUSALS = [(verb, who) for verb, people in STRANGERS.items() for who in people]
INPUT = {
    "title": "标题", "reason": "理由", "where_to_go": "法院", "body": "答复", "outcome": "A", "demand": "修",
    "kind": "ORDINARY", "legal_basis": "第三条", "missing": "日期", "how": "打电话", "solved": "YES",
    "satisfaction": "SATISFIED", "finding": "看过", "part": "查过", "working_days": "3", "promised_on": "2030-01-01",
    "note": "去看过",
}  # fmt: skip


@pytest.fixture
def make(world: World) -> Any:
    """Return a function that brings a matter to a state an hour ago."""
    forget()

    def _make(state: str) -> Opinion:
        return world.opinion(state, at=timezone.now() - timedelta(hours=1), outcome="B" if state == S.TRACKING else "A")

    return _make


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def acts_on(page: str, pk: int) -> set[str]:
    return set(re.findall(rf'action="/desk/opinions/{pk}/([a-z_]+)/', page)) - {"reveal", "papers"}


@pytest.mark.parametrize(("state", "who", "acts"), CELLS)
def test_page_offers_exactly_these_acts_and_one_red_button(
    world: World, make: Any, state: str, who: str, acts: tuple[str, ...]
) -> None:
    opinion = make(state)
    answer = signed_in(world, who).get(opinion.get_absolute_url())
    assert acts_on(answer.content.decode(), opinion.pk) == set(acts)
    order = [panel.verb for panel in (*answer.context["front"], *answer.context["folded"])]
    assert order[:1] == list(acts[:1])
    has_front = not set(acts) <= {"add_words", "press"} and state not in (S.CLOSED, S.MERGED)
    assert answer.content.decode().count("btn-act") == int(has_front)


@pytest.mark.parametrize(("verb", "who"), REFUSALS)
def test_a_stranger_is_refused_and_nothing_is_written(world: World, make: Any, verb: str, who: str) -> None:
    opinion = make(VERBS[verb])
    before = (opinion.state, opinion.changed_at, HistoryEntry.objects.count())
    data = INPUT | {"category": world.category.pk, "lead": world.unit.pk}
    answer = signed_in(world, who).post(reverse(f"opinions:{verb}", args=[opinion.pk]), data)
    assert answer.status_code == 403
    assert "这一步不归您办。" in answer.content.decode()
    opinion.refresh_from_db()
    assert (opinion.state, opinion.changed_at, HistoryEntry.objects.count()) == before


@pytest.mark.parametrize("verb", VERBS)
def test_out_of_sight_is_not_found(world: World, make: Any, verb: str) -> None:
    opinion = make(VERBS[verb])
    for who in ("other_clerk", "other_handler", "grid", "security"):
        answer = signed_in(world, who).post(reverse(f"opinions:{verb}", args=[opinion.pk]), INPUT)
        assert answer.status_code == 404, who
        assert opinion.title not in answer.content.decode()
    opinion.refresh_from_db()
    assert opinion.state == VERBS[verb]


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"reopen"}))
def test_a_verb_out_of_its_state_is_a_conflict_with_a_sentence(world: World, make: Any, verb: str) -> None:
    opinion = make(S.CLOSED)
    who = "handler" if verb in ("sign", "request_return", "reply", "request_extension") else "clerk"
    answer = signed_in(world, who).post(reverse(f"opinions:{verb}", args=[opinion.pk]), INPUT)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已办结" in page
    assert "下面就是现在的情况" in page


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_wants_the_token_of_the_form_and_an_account(world: World, make: Any, verb: str) -> None:
    opinion = make(VERBS[verb])
    address = reverse(f"opinions:{verb}", args=[opinion.pk])
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.clerk)
    assert client.post(address, INPUT).status_code == 403
    answer = Client().post(address, INPUT)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    opinion.refresh_from_db()
    assert opinion.state == VERBS[verb]


@pytest.mark.parametrize("verb", ["withdraw", "close_unrated", "submit", "share_answer", "take_in", "delete"])
def test_verbs_of_others_have_no_address(world: World, make: Any, verb: str) -> None:
    opinion = make(S.SUBMITTED)
    assert signed_in(world, "clerk").post(f"/desk/opinions/{opinion.pk}/{verb}/").status_code == 404


@pytest.mark.parametrize("pk", [0, 999_999, 2**63])
def test_unknown_matter(world: World, pk: int) -> None:
    assert signed_in(world, "clerk").get(f"/desk/opinions/{pk}/").status_code == 404
