"""The verbs of a ballot: opening, printing, voices by telephone and by paper, the close, calling it off."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry
from core.codes import spell
from core.workflow import BadInput, VerbError, WrongState
from notices import kinds
from notices.models import Notice
from projects import workflow
from projects.ballots import closing, preparing, voting
from projects.ballots.models import BallotTick, BallotVoice, PaperEntry
from projects.ballots.tally import agrees, tally
from projects.models import ProjectIdea
from projects.onetime import OneTimeCode, OneTimePrint, WrongCode
from projects.works import planning
from tests.projects.ballots.conftest import ENDED, OPENED, Session
from tests.projects.conftest import Hall
from tests.world import START


def test_from_the_slip_to_the_yearly_list(session: Session) -> None:
    ballot = session.open(places=2, eligible=7)
    session.vote(ballot, (1, 2), (1,), (1, 2), (1, 2), (2, 3), ())
    closed = session.close(ballot)
    assert session.states() == ["BALLOTED", "BALLOTED", "SHELVED"]
    assert list(closed.items.values_list("approvals", flat=True)) == [4, 4, 1]
    assert (closed.given, closed.returned, closed.valid, closed.invalid) == (6, 6, 6, 0)
    assert not OneTimeCode.objects.exists()
    assert not OneTimePrint.objects.exists()
    lost = ProjectIdea.objects.get(pk=session.ideas[2].pk)
    assert lost.shelved_reason == "票决未通过：赞成 1 票，应到 7 人，没有过半数"
    said = session.ideas[0].history.filter(verb="ballot").values_list("public_text", flat=True)
    assert list(said) == ["代表票决通过：赞成 4 票，应到 7 人", "提交代表票决：2026 年民生实事票决"]
    told = Notice.objects.filter(kind__in=("idea_balloted", "idea_shelved")).values_list("kind", flat=True)
    assert sorted(told) == ["idea_balloted", "idea_balloted", "idea_shelved"]


def test_whoever_votes_and_whoever_builds_is_told_once_of_each_turn(session: Session) -> None:
    rep, handler = session.hall.world.rep, session.hall.world.handler
    ballot = session.open(places=2, eligible=5)
    session.vote(ballot, (1,), (1,), (1, 2))
    session.close(ballot)
    gone = session.open(ideas=[session.hall.idea("ADOPTED").pk for _ in range(2)])
    preparing.cancel(gone.pk, actor=session.staff, at=ENDED, reason="会期改了")
    told = Notice.objects.filter(kind__startswith="ballot_").values_list("kind", "user_id", "subject")
    assert sorted(told) == sorted(
        (kind, user.pk, f"ballot:{pk}")
        for user in (rep, handler)
        for kind, pk in (
            ("ballot_opened", ballot.pk), ("ballot_closed", ballot.pk),
            ("ballot_opened", gone.pk), ("ballot_cancelled", gone.pk),
        )
    )  # fmt: skip
    assert kinds.address_of(f"ballot:{ballot.pk}") == f"/projects/ballot/{ballot.pk}/"


def test_a_tie_at_the_border_decides_nothing_of_the_tied(session: Session) -> None:
    ballot = session.open(places=2, eligible=5)
    session.vote(ballot, (1, 2), (1, 3), (1, 2), (2, 3), (1, 3))
    session.close(ballot)
    assert session.states() == ["BALLOTED", "ADOPTED", "ADOPTED"]
    assert list(ballot.items.values_list("result", flat=True)) == ["PASSED", "TIED", "TIED"]
    assert Notice.objects.filter(kind="idea_ballot_tied").count() == 2
    again = session.open(places=1, eligible=5, ideas=[idea.pk for idea in session.ideas[1:]])
    session.vote(again, (1,), (1,), (1,), (2,), (2,))
    session.close(again)
    assert session.states() == ["BALLOTED", "BALLOTED", "SHELVED"]


def test_more_than_half_but_no_room_left(session: Session) -> None:
    ballot = session.open(places=2, eligible=5)
    session.vote(ballot, (1, 2), (1, 2), (1, 2), (1, 2), (3,))
    session.close(ballot)
    assert session.states()[:2] == ["BALLOTED", "BALLOTED"]
    one = session.open(places=1, eligible=5, ideas=[session.hall.idea("ADOPTED").pk for _ in range(2)])
    session.vote(one, (1,), (1,), (1,), (2,), (2,))
    session.close(one)
    assert session.states()[3:] == ["BALLOTED", "SHELVED"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"places": 0}, "places"),
        ({"places": 4}, "places"),
        ({"eligible": 4}, "eligible"),
        ({"eligible": 1001}, "eligible"),
        ({"ideas": []}, "ideas"),
        ({"ideas": [999_999, 999_998]}, "ideas"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_its_field(session: Session, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        session.open(**change)
    assert refused.value.field == field
    assert session.states() == ["ADOPTED"] * 3


def test_only_what_stands_on_one_years_list_and_in_no_other_ballot(session: Session) -> None:
    begun = session.hall.idea("BUILDING")
    with pytest.raises(BadInput, match="要是列入年度"):
        session.open(ideas=[session.ideas[0].pk, begun.pk])
    ProjectIdea.objects.filter(pk=session.ideas[2].pk).update(year=2031)
    with pytest.raises(BadInput, match="同一个年度"):
        session.open()
    session.open(places=1, ideas=[row.pk for row in session.ideas[:2]])
    with pytest.raises(BadInput, match="没在票决"):
        session.open(places=1, ideas=[row.pk for row in session.ideas[1:]])


def test_while_it_is_open_no_candidate_moves(session: Session) -> None:
    ballot, idea = session.open(), session.ideas[0].pk
    presses = (
        lambda: planning.start(idea, actor=session.staff, at=ENDED, day=START.date()),
        lambda: workflow.shelve(idea, actor=session.staff, at=ENDED, reason="等明年"),
        lambda: planning.change_plan(idea, actor=session.staff, at=ENDED, plan=None, reason="钱少了"),  # type: ignore[arg-type]
    )
    for press in presses:
        with pytest.raises(WrongState, match="正在由代表票决"):
            press()
    preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason="会期改了")
    assert session.states() == ["ADOPTED"] * 3
    presses[0]()
    assert session.states()[0] == "BUILDING"


def test_calling_it_off_burns_the_codes_and_says_why(session: Session) -> None:
    ballot = session.open()
    code, other = session.slips(ballot, 2)
    voting.vote(code, ticks=[])
    session.paper(ballot, other, 1)
    with pytest.raises(BadInput):
        preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason=" ")
    preparing.cancel(ballot.pk, actor=session.staff, at=ENDED, reason="会期改了")
    assert not OneTimeCode.objects.exists()
    assert not PaperEntry.objects.exists()
    with pytest.raises(WrongCode):
        voting.vote(other, ticks=[])
    assert session.ideas[0].history.first().public_text == "票决取消了：会期改了"


def test_never_more_slips_than_representatives(session: Session) -> None:
    ballot = session.open(eligible=7)
    session.slips(ballot, 5)
    with pytest.raises(BadInput, match="还能印 2 张"):
        session.slips(ballot, 3)
    for wrong in (0, -1):
        with pytest.raises(BadInput):
            session.slips(ballot, wrong)
    session.slips(ballot, 2)
    assert OneTimeCode.objects.count() == 7


def test_a_second_press_prints_the_same_and_a_used_batch_is_not_printed_again(session: Session) -> None:
    ballot, key = session.open(), uuid4()
    press = {"actor": session.staff, "at": OPENED, "key": key}
    codes = preparing.hand_out(ballot.pk, number=4, **press)
    assert preparing.hand_out(ballot.pk, number=4, **press) == codes
    assert OneTimeCode.objects.count() == 4
    ballot.refresh_from_db()
    assert ballot.codes_made == 4
    with pytest.raises(WrongState, match="刷新页面"):
        preparing.hand_out(ballot.pk, number=3, **press)
    voting.vote(codes[0], ticks=[])
    with pytest.raises(WrongState, match="不会再印一遍"):
        preparing.hand_out(ballot.pk, number=4, **press)
    assert str(key) not in str(list(OneTimePrint.objects.values()))


def test_lost_papers_are_replaced_and_worth_nothing_any_more(session: Session) -> None:
    ballot = session.open(eligible=7)
    used, lost, *_ = session.slips(ballot, 7)
    voting.vote(used, ticks=session.items(ballot, 1))
    session.paper(ballot, lost, 1)
    press = {"actor": session.staff, "at": OPENED, "renew": True}
    with pytest.raises(WrongState, match="登记了一半"):
        preparing.hand_out(ballot.pk, number=6, **press)
    voting.discard(ballot.pk, actor=session.staff, at=OPENED, reason="文件丢了")
    fresh = preparing.hand_out(ballot.pk, number=6, **press)
    with pytest.raises(WrongCode):
        voting.vote(lost, ticks=[])
    voting.vote(fresh[0], ticks=[])
    ballot.refresh_from_db()
    assert (ballot.codes_made, ballot.voices.count()) == (7, 2)


def test_too_many_ticks_are_refused_and_the_slip_stays_good(session: Session) -> None:
    ballot = session.open(places=2)
    code = session.slips(ballot, 1)[0]
    with pytest.raises(BadInput, match="您勾了 3 件，最多勾 2 件") as refused:
        voting.vote(code, ticks=session.items(ballot, 1, 2, 3))
    assert refused.value.field == "ticks"
    with pytest.raises(BadInput, match="不在这次票决里"):
        voting.vote(code, ticks=[0])
    voting.vote(spell(code).lower(), ticks=session.items(ballot, 1, 1, 2))
    assert BallotTick.objects.count() == 2
    for wrong in (code, "2222-2222-22", "", "x"):
        with pytest.raises(WrongCode):
            voting.vote(wrong, ticks=[])


def test_a_paper_counts_when_two_clerks_read_the_same(session: Session) -> None:
    ballot = session.open(places=2)
    code = session.slips(ballot, 1)[0]
    assert session.paper(ballot, code, 1, 2) == "first"
    assert session.paper(ballot, code, 1, 2) == "first"  # the same clerk again is no second reading
    assert session.paper(ballot, code, 1, actor=session.second) == "differs"
    assert voting.waiting(ballot) == (0, 1)
    assert not BallotVoice.objects.exists()
    assert session.paper(ballot, code, 2, 1, actor=session.second) == "counted"
    assert not PaperEntry.objects.exists()
    assert sorted(BallotTick.objects.values_list("item_id", flat=True)) == session.items(ballot, 1, 2)
    with pytest.raises(WrongCode):
        session.paper(ballot, code, 1)


def test_too_many_ticks_on_paper_are_a_spoiled_paper_and_none_a_valid_one(session: Session) -> None:
    ballot = session.open(places=2, eligible=5)
    over, blank, torn = session.slips(ballot, 3)
    for actor in (session.staff, session.second):
        session.paper(ballot, over, 1, 2, 3, actor=actor)
        session.paper(ballot, blank, actor=actor)
        session.paper(ballot, torn, 1, actor=actor, is_spoiled=True)
    counted = tally(ballot)
    assert (counted.valid, counted.invalid, counted.returned) == (1, 2, 3)
    assert set(counted.approvals.values()) == {0}
    closed = session.close(ballot)
    assert (closed.returned, closed.valid, closed.invalid) == (3, 1, 2)
    assert agrees(closed, tally(closed))


def test_the_sums_stand_in_the_order_of_the_paper_whatever_the_numbers_of_the_rows(session: Session) -> None:
    ballot = session.open(places=2, eligible=5)
    for position, pk in enumerate(reversed(session.items(ballot, 1, 2, 3)), 11):
        ballot.items.filter(pk=pk).update(position=position)
    session.vote(ballot, (1,), (1, 2))
    assert list(tally(ballot).approvals.items()) == list(zip(session.items(ballot, 1, 2, 3), (2, 1, 0), strict=True))


def test_whichever_way_is_finished_first_is_the_voice(session: Session) -> None:
    ballot = session.open()
    phone, paper = session.slips(ballot, 2)
    session.paper(ballot, phone, 1)
    voting.vote(phone, ticks=session.items(ballot, 2))
    assert not PaperEntry.objects.exists()
    with pytest.raises(WrongCode):
        session.paper(ballot, phone, 1, actor=session.second)
    session.paper(ballot, paper, 1)
    session.paper(ballot, paper, 1, actor=session.second)
    with pytest.raises(WrongCode):
        voting.vote(paper, ticks=[])
    assert ballot.voices.count() == 2


def test_half_entered_papers_hold_the_close_until_they_are_left_out(session: Session) -> None:
    ballot = session.open(places=1, eligible=5)
    session.vote(ballot, (1,), (1,), (1,))
    once, differs = session.slips(ballot, 2)
    session.paper(ballot, once, 1)
    session.paper(ballot, differs, 1)
    session.paper(ballot, differs, 2, actor=session.second)
    assert voting.waiting(ballot) == (1, 1)
    with pytest.raises(WrongState, match="有 2 张纸票"):
        session.close(ballot)
    with pytest.raises(BadInput):
        voting.discard(ballot.pk, actor=session.staff, at=OPENED, reason=" ")
    assert voting.discard(ballot.pk, actor=session.staff, at=OPENED, reason="纸破了，认不清") == 2
    assert AuditEntry.objects.get(action="ballot_discarded").detail["reason"] == "纸破了，认不清"
    with pytest.raises(WrongState):
        voting.discard(ballot.pk, actor=session.staff, at=OPENED, reason="再来")
    assert session.close(ballot).returned == 3


def test_without_more_than_half_it_decides_nothing(session: Session) -> None:
    ballot = session.open(eligible=6)
    session.vote(ballot, (1,), (1,), (1,))
    with pytest.raises(WrongState, match="只收回 3 张，没有过半"):
        session.close(ballot)
    assert session.states() == ["ADOPTED"] * 3
    session.vote(ballot, (1,))
    session.close(ballot)
    with pytest.raises(WrongState):
        session.close(ballot)


@pytest.mark.parametrize(("left", "given"), [(0, 6), (2, 4), (3, None), (-1, None)])
def test_what_was_not_given_out_is_taken_off(session: Session, left: int, given: int | None) -> None:
    ballot = session.open(eligible=7)
    session.vote(ballot, *[(1,)] * 4)
    session.slips(ballot, 2)
    if given is None:
        with pytest.raises(BadInput) as refused:
            session.close(ballot, left=left)
        assert refused.value.field == "left"
    else:
        assert session.close(ballot, left=left).given == given


@pytest.mark.parametrize("act", ["update", "delete"])
@pytest.mark.parametrize("rows", ["voices", "ticks"])
def test_a_voice_and_its_ticks_are_never_changed(session: Session, rows: str, act: str) -> None:
    ballot = session.open()
    session.vote(ballot, (1,))
    kept = ballot.voices.all() if rows == "voices" else BallotTick.objects.all()
    change = {"is_valid": False} if rows == "voices" else {"item": session.items(ballot, 2)[0]}
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.update(**change) if act == "update" else kept.delete()
    assert kept.count() == 1


def test_nothing_of_it_happens_where_a_part_fails(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = session.open(places=1, eligible=5)
    session.vote(ballot, (1,), (1,), (1,))
    real = closing._carry_out

    def fails(ballot: Any, item: Any, actor: Any, at: Any) -> None:
        if item.position == 2:
            raise VerbError("不行")
        real(ballot, item, actor, at)

    monkeypatch.setattr(closing, "_carry_out", fails)
    with pytest.raises(VerbError):
        session.close(ballot)
    ballot.refresh_from_db()
    assert (ballot.state, session.states(), OneTimeCode.objects.count()) == ("OPEN", ["ADOPTED"] * 3, 3)


def test_a_project_of_another_county_is_no_candidate(hall: Hall, session: Session) -> None:
    assert list(preparing.candidates(hall.world.county.pk)) == list(ProjectIdea.objects.order_by("pk"))
    assert not preparing.candidates("999999").exists()
