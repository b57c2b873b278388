"""What the database itself refuses of a ballot, whoever writes the row."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ballots.models import Ballot, BallotItem, BallotTick, BallotVoice, PaperEntry
from tests.projects.ballots.conftest import ENDED, Session

CLOSED = {"state": "CLOSED", "closed_at": ENDED, "codes_made": 6, "given": 5, "returned": 4, "valid": 3, "invalid": 1}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"eligible": 4}, "ballot_numbers_sensible"),
        ({"eligible": 1001}, "ballot_numbers_sensible"),
        ({"places": 0}, "ballot_numbers_sensible"),
        ({"codes_made": 8}, "ballot_no_more_slips_than_people"),
        ({"state": "GONE"}, "ballot_state_known"),
        ({"state": "OPEN", "closed_at": ENDED}, "ballot_state_known"),
        ({"state": "CANCELLED", "cancelled_why": "改期"}, "ballot_state_known"),
        ({"state": "CANCELLED", "closed_at": ENDED}, "ballot_cancelled_with_reason"),
        ({"returned": 3}, "ballot_numbers_add_up"),
        (CLOSED | {"valid": 4}, "ballot_numbers_add_up"),
        (CLOSED | {"given": 3}, "ballot_numbers_add_up"),
        (CLOSED | {"given": 7}, "ballot_numbers_add_up"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(session: Session, change: dict[str, Any], named: str) -> None:
    ballot = session.open(eligible=7)
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        Ballot.objects.filter(pk=ballot.pk).update(**change)
    Ballot.objects.filter(pk=ballot.pk).update(**CLOSED)  # and these fit


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"approvals": 3}, "ballot_item_result_with_voices"),
        ({"result": "PASSED"}, "ballot_item_result_with_voices"),
        ({"approvals": 3, "result": "MAYBE"}, "ballot_item_result_with_voices"),
        ({"position": 2}, "ballot_item_place"),
    ],
)
def test_a_result_stands_with_its_voices(session: Session, change: dict[str, Any], named: str) -> None:
    first = session.open().items.get(position=1)
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        BallotItem.objects.filter(pk=first.pk).update(**change)
    BallotItem.objects.filter(pk=first.pk).update(approvals=3, result="PASSED")


def test_a_project_is_one_candidate_and_a_voice_ticks_it_once(session: Session) -> None:
    ballot = session.open()
    item = ballot.items.get(position=1)
    with pytest.raises(IntegrityError, match="ballot_item_once"), transaction.atomic():
        BallotItem.objects.create(ballot=ballot, idea=item.idea, position=9)
    voice = BallotVoice.objects.create(ballot=ballot, is_valid=True)
    BallotTick.objects.create(voice=voice, item=item)
    with pytest.raises(IntegrityError, match="ballot_tick_once"), transaction.atomic():
        BallotTick.objects.create(voice=voice, item=item)


def test_a_clerk_has_one_reading_of_a_paper(session: Session) -> None:
    ballot = session.open()
    row = {"ballot": ballot, "code_hash": "a" * 64, "ticks": []}
    PaperEntry.objects.create(clerk=session.staff, **row)
    PaperEntry.objects.create(clerk=session.second, **row)
    with pytest.raises(IntegrityError, match="paper_entry_once_a_clerk"), transaction.atomic():
        PaperEntry.objects.create(clerk=session.staff, **row)


def test_who_sees_a_ballot_at_the_desk(session: Session) -> None:
    ballot, seen = session.open(), {}
    for name, user in session.hall.world.users.items():
        seen[name] = ballot in Ballot.objects.visible_to(user)
    assert {name for name, is_seen in seen.items() if is_seen} == {"county_staff", "leader"}
    session.staff.is_active = False
    assert not Ballot.objects.visible_to(session.staff).exists()
    assert not Ballot.objects.visible_to(None).exists()


def test_the_list_counts_candidates_and_what_passed(session: Session) -> None:
    ballot = session.open(places=1, eligible=5)
    session.vote(ballot, (2,), (2,), (2,))
    session.close(ballot)
    row = Ballot.objects.with_counts().get()
    assert (row.candidates, row.passed, str(row), row.box) == (3, 1, "2026 年民生实事票决", f"ballot:{row.pk}")
