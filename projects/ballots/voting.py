"""A representative's voice: by telephone with the code of his slip, or on paper, read by two clerks in turn.

A code is spent in the transaction that writes the voice, whichever way is finished first.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts import audit
from core.text import tidy
from core.workflow import BadInput, WrongState
from opinions.actors import RESIDENT
from projects import onetime
from projects.ballots.engine import act
from projects.ballots.models import Ballot, BallotTick, BallotVoice, PaperEntry
from projects.ballots.preparing import REASON
from projects.workflow.engine import needed


class Came(StrEnum):
    """What came of one clerk's reading of a paper."""

    FIRST = "first"
    DIFFERS = "differs"
    COUNTED = "counted"


def ballot_of(typed: str) -> int:
    """Return the ballot that a typed code is good for. Raises WrongCode."""
    kind, _, number = onetime.box_of(typed).partition(":")
    if kind != "ballot":
        raise onetime.WrongCode
    return int(number)


def vote(typed: str, *, ticks: Iterable[int]) -> Ballot:
    """Take the voice of whoever holds a slip. Too many ticks are refused before the code is spent. Raises WrongCode."""
    with act("vote", ballot_of(typed), RESIDENT) as ballot:
        wanted = _of(ballot, ticks)
        if len(wanted) > ballot.places:
            raise BadInput(
                f"您勾了 {len(wanted)} 件，最多勾 {ballot.places} 件。去掉几个再交，票还没有投出去。", "ticks"
            )
        _write(ballot, typed, wanted, is_valid=True)
    return ballot


def enter(ballot_id: int, *, actor: Any, typed: str, ticks: Iterable[int], is_spoiled: bool = False) -> Came:
    """Write down what one clerk reads from a paper (登记纸票); another clerk who reads the same makes it a voice.

    Whoever reads it again replaces his own. More ticks than places are a spoiled paper (废票), none a valid one.
    """
    with act("enter", ballot_id, actor) as ballot:
        if onetime.box_of(typed) != ballot.box:
            raise onetime.WrongCode
        wanted, code_hash = _of(ballot, ticks), onetime.hash_of(typed)
        is_spoiled = is_spoiled or len(wanted) > ballot.places
        mine, _ = PaperEntry.objects.update_or_create(
            code_hash=code_hash, clerk=actor,
            defaults={"ballot": ballot, "ticks": [] if is_spoiled else wanted, "is_spoiled": is_spoiled},
        )  # fmt: skip
        others = list(ballot.entries.filter(code_hash=code_hash).exclude(clerk=actor))
        if not any(other.read == mine.read for other in others):
            return Came.DIFFERS if others else Came.FIRST
        _write(ballot, typed, mine.ticks, is_valid=not is_spoiled)
    return Came.COUNTED


def _of(ballot: Ballot, ticks: Iterable[int]) -> list[int]:
    wanted = sorted(set(ticks))
    if set(wanted) - set(ballot.items.values_list("pk", flat=True)):
        raise BadInput("有一件不在这次票决里，请刷新页面再看。", "ticks")
    return wanted


def _write(ballot: Ballot, typed: str, ticks: list[int], *, is_valid: bool) -> None:
    """Spend the code, write voice and ticks, forget what clerks had read of this paper."""
    onetime.spend(typed, ballot.box)
    voice = BallotVoice.objects.create(ballot=ballot, is_valid=is_valid)
    BallotTick.objects.bulk_create(BallotTick(voice=voice, item_id=item) for item in ticks)
    ballot.entries.filter(code_hash=onetime.hash_of(typed)).delete()


def waiting(ballot: Ballot) -> tuple[int, int]:
    """Return how many papers wait for their second reading, and how many were read twice and differ."""
    read: dict[str, int] = {}
    for code_hash in ballot.entries.values_list("code_hash", flat=True):
        read[code_hash] = read.get(code_hash, 0) + 1
    once = sum(times == 1 for times in read.values())
    return once, len(read) - once


def discard(ballot_id: int, *, actor: Any, at: datetime, reason: str) -> int:
    """Leave out the papers on which no two agree (不计没对上的), with a reason for the audit; return how many."""
    with act("discard", ballot_id, actor) as ballot:
        reason = needed(tidy(reason), "请写明为什么不计。", "reason", REASON)
        number = sum(waiting(ballot))
        if not number:
            raise WrongState("没有对不上的纸票。")
        ballot.entries.all().delete()
        audit.record(
            "ballot_discarded", actor=actor, at=at, subject=f"ballot:{ballot.pk}",
            detail={"what": ballot.title, "count": number, "reason": reason},
        )  # fmt: skip
    return number
