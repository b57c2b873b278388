"""Who may press which verb of a ballot in which state, typed by hand: role × verb × state."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core.workflow import NotAllowed, WrongState
from projects.ballots import preparing, voting
from projects.ballots.models import Ballot
from projects.ballots.states import TABLE, VERB_LABELS
from tests.projects.ballots.conftest import ENDED, OPENED, Session
from tests.projects.test_matrix import ROLES, who

COUNTY = {"county_staff"}
MAY = {"open": COUNTY, "print": COUNTY, "enter": COUNTY, "discard": COUNTY, "close": COUNTY, "cancel": COUNTY}


def test_the_table_is_this_and_no_other() -> None:
    assert TABLE.pairs() == {
        ("open", "", "OPEN"),
        ("print", "OPEN", "OPEN"),
        ("vote", "OPEN", "OPEN"),
        ("enter", "OPEN", "OPEN"),
        ("discard", "OPEN", "OPEN"),
        ("close", "OPEN", "CLOSED"),
        ("cancel", "OPEN", "CANCELLED"),
    }
    assert set(VERB_LABELS) == {verb for verb, _, _ in TABLE.pairs()}


def press(session: Session, verb: str, ballot: Ballot | None, actor: Any, code: str = "") -> Any:
    pk = ballot.pk if ballot else 0
    acts: dict[str, Callable[[], Any]] = {
        "open": lambda: session.open(actor=actor),
        "print": lambda: preparing.hand_out(pk, actor=actor, at=OPENED, number=1),
        "enter": lambda: voting.enter(pk, actor=actor, typed=code, ticks=[]),
        "discard": lambda: voting.discard(pk, actor=actor, at=OPENED, reason="破了"),
        "close": lambda: session.close(ballot, actor=actor),  # type: ignore[arg-type]
        "cancel": lambda: preparing.cancel(pk, actor=actor, at=ENDED, reason="会期改了"),
        "vote": lambda: voting.vote(code, ticks=[]),
    }
    return acts[verb]()


@pytest.mark.parametrize("verb", MAY)
def test_each_verb_by_each_role(session: Session, verb: str) -> None:
    ballot, code, may = None, "", set()
    if verb != "open":
        ballot = session.open(eligible=7)
        session.vote(ballot, *[(1,)] * 4)
        code = session.slips(ballot, 1)[0]
        if verb == "discard":
            session.paper(ballot, code, 1)
    for role in ROLES:
        with transaction.atomic():
            try:
                press(session, verb, ballot, who(session.hall, role), code)
                may.add(role)
            except NotAllowed:
                pass
            transaction.set_rollback(True)
    assert may == MAY[verb]


@pytest.mark.parametrize("state", ["CLOSED", "CANCELLED"])
def test_nothing_moves_a_ballot_that_is_over(session: Session, state: str) -> None:
    ballot = session.open(eligible=5)
    code = session.slips(ballot, 1)[0]
    session.vote(ballot, *[(1,)] * 3)
    if state == "CLOSED":
        session.close(ballot)
    else:
        preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason="会期改了")
    for verb in set(MAY) - {"open"}:
        with pytest.raises(WrongState):
            press(session, verb, ballot, session.staff, code)


def test_another_countys_clerk_is_refused(session: Session) -> None:
    ballot = session.open()
    grant = session.second.grants_set.get()
    grant.region_code = "411627"
    grant.save()
    stranger = type(session.second).objects.get(pk=session.second.pk)
    assert not Ballot.objects.visible_to(stranger).exists()
    assert Ballot.objects.visible_to(session.staff).exists()
    with pytest.raises(NotAllowed):
        preparing.cancel(ballot.pk, actor=stranger, at=ENDED, reason="会期改了")
