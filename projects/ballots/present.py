"""How a ballot is shown, at the desk and to everybody: its mark, its numbers, each candidate. No HTML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.workdays import local_date
from projects.ballots.models import Ballot, BallotItem
from projects.ballots.states import Result, State
from projects.ballots.tally import Tally
from projects.models import ProjectIdea

MARKS: Mapping[str, tuple[str, str]] = {
    State.OPEN: ("is-move", "half"),
    State.CLOSED: ("is-done", "full"),
    State.CANCELLED: ("is-wait", "cross"),
}
RESULT_MARKS: Mapping[str, tuple[str, str]] = {
    Result.PASSED: ("is-done", "full"),
    Result.FAILED: ("is-soon", "minus"),
    Result.TIED: ("is-wait", "dia"),
}
Mark = tuple[str, str, str]


@dataclass(frozen=True)
class Line:
    """One candidate; its mark only when the ballot is closed. `counted` is what a recount found."""

    item: BallotItem
    mark: Mark | None
    counted: int | None = None


def mark_of(ballot: Ballot) -> Mark:
    """Return colour, shape and word of a ballot."""
    return (*MARKS[ballot.state], ballot.get_state_display())


def lines_of(ballot: Ballot, counted: Tally | None = None) -> list[Line]:
    """Return the candidates, those with most voices first once they are known."""
    rows = list(ballot.items.select_related("idea"))
    if ballot.state == State.CLOSED:
        rows.sort(key=lambda row: -(row.approvals or 0))
    return [Line(row, _mark(row), counted.approvals.get(row.pk) if counted else None) for row in rows]


def _mark(item: BallotItem) -> Mark | None:
    return (*RESULT_MARKS[item.result], item.get_result_display()) if item.result else None


def rule_of(ballot: Ballot) -> str:
    """Say who passes."""
    most = ballot.places
    return f"应到 {ballot.eligible} 人，每张票最多勾 {most} 件。赞成过应到人数的一半，而且在前 {most} 名，才通过。"


def days_tied(lines: Iterable[Line]) -> list[date]:
    """Return the days on which a project had as many voices as another and was not settled."""
    ends = [line.item.ballot.closed_at for line in lines if line.item.result == Result.TIED]
    return [local_date(end) for end in ends if end is not None]


def ballots_of(idea: ProjectIdea) -> Sequence[Line]:
    """Return what came of a project in each ballot it stood in, the last first; everybody may read it."""
    rows = idea.ballot_items.select_related("ballot").order_by("-ballot__opened_at", "-pk")
    return [Line(row, _mark(row)) for row in rows]
