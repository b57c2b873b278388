"""The end of a ballot: the voices are counted, each candidate goes where the count leads, all of it or nothing."""

from datetime import datetime
from typing import Any

from accounts import audit
from core.workflow import BadInput, WrongState
from notices.outbox import post_many
from projects import notify, onetime
from projects.ballots import notify as told
from projects.ballots.engine import act
from projects.ballots.models import Ballot, BallotItem
from projects.ballots.states import Result, State
from projects.ballots.tally import Tally, decide, tally
from projects.ballots.voting import waiting
from projects.models import ProjectIdea
from projects.states import State as IdeaState
from projects.workflow import engine
from projects.workflow.pooling import shelve


def close(ballot_id: int, *, actor: Any, at: datetime, left: int = 0) -> Ballot:
    """Close a ballot and publish it (公布票决结果). `left`: papers that were printed and never given out.

    Refused while papers are half entered, and while not more than half of the representatives have voted: then it
    decides nothing, and is waited for or called off.
    """
    with act("close", ballot_id, actor) as ballot:
        counted = tally(ballot)
        _check(ballot, counted, left)
        ballot.given, ballot.returned = ballot.codes_made - left, counted.returned
        ballot.valid, ballot.invalid = counted.valid, counted.invalid
        ballot.state, ballot.closed_at = State.CLOSED, at
        onetime.burn(ballot.box)
        ballot.save()  # before the candidates move: while it is open nothing moves them
        items = list(ballot.items.order_by("idea_id"))
        found = [counted.approvals[item.pk] for item in items]
        results = decide(found, places=ballot.places, eligible=ballot.eligible)
        for item, votes, result in zip(items, found, results, strict=True):
            item.approvals, item.result = votes, result
            item.save(update_fields=["approvals", "result"])
            _carry_out(ballot, item, actor, at)
        post_many(told.to_concerned("ballot_closed", ballot, at=at))
        audit.record(
            "ballot_closed", actor=actor, at=at, subject=f"ballot:{ballot.pk}",
            detail={"what": ballot.title, "count": ballot.returned},
        )  # fmt: skip
    return ballot


def _check(ballot: Ballot, counted: Tally, left: int) -> None:
    half = sum(waiting(ballot))
    if half:
        raise WrongState(f"有 {half} 张纸票两个人还没有对上。先对完，或者写明理由不计，再公布。")
    if counted.returned * 2 <= ballot.eligible:
        raise WrongState(
            f"应到 {ballot.eligible} 人，只收回 {counted.returned} 张，没有过半，这次票决还不能算数。"
            "等收齐了再公布，或者取消。"
        )
    most = ballot.codes_made - counted.returned
    if not 0 <= left <= most:
        raise BadInput(
            f"一共印了 {ballot.codes_made} 张，收回 {counted.returned} 张，没发出去的最多 {most} 张。", "left"
        )


def _carry_out(ballot: Ballot, item: BallotItem, actor: Any, at: datetime) -> None:
    said = f"赞成 {item.approvals} 票，应到 {ballot.eligible} 人"
    if item.result == Result.FAILED:
        is_enough = (item.approvals or 0) * 2 > ballot.eligible
        why = f"只选 {ballot.places} 件，别的票更多" if is_enough else "没有过半数"
        shelve(item.idea_id, actor=actor, at=at, reason=f"票决未通过：{said}，{why}")
        return
    ballot_idea(item.idea_id, actor=actor, at=at, said=said, is_passed=item.result == Result.PASSED)


def ballot_idea(idea_id: int, *, actor: Any, at: datetime, said: str, is_passed: bool) -> ProjectIdea:
    """Carry out the verb `ballot` on one project: it passed, or it is as many voices as another and waits for more."""
    with engine.act("ballot", idea_id, actor, at) as doing:
        if is_passed:
            doing.target = IdeaState.BALLOTED
            doing.say(f"代表票决通过：{said}")
        else:
            doing.say(f"代表票决没有定下来：{said}，和别的票数相同，要再票决一次")
        kind = "idea_balloted" if is_passed else "idea_ballot_tied"
        doing.tell(notify.to_proposers(kind, doing.idea, at=doing.at))
        doing.tell(notify.to_seconders(kind, doing.idea, at=doing.at))
    return doing.idea
