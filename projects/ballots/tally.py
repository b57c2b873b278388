"""Counting a ballot from its rows, and the rule of who passes. No state changes here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from projects.ballots.models import Ballot
from projects.ballots.states import Result


@dataclass(frozen=True)
class Tally:
    """What the rows say: papers valid and invalid, and the voices by the item's number, in the order of the paper."""

    valid: int
    invalid: int
    approvals: dict[int, int]

    @property
    def returned(self) -> int:
        """All that came back."""
        return self.valid + self.invalid


def tally(ballot: Ballot) -> Tally:
    """Count the rows of a ballot anew."""
    sums = ballot.voices.aggregate(valid=Count("pk", filter=Q(is_valid=True)), all=Count("pk"))
    found = Count("ticks", filter=Q(ticks__voice__is_valid=True))
    rows = ballot.items.annotate(found=found).order_by("position")  # a grouped query forgets the model's own order
    return Tally(sums["valid"], sums["all"] - sums["valid"], {row.pk: row.found for row in rows})


def agrees(ballot: Ballot, counted: Tally) -> bool:
    """Tell whether what was stored at the close is what the rows say now."""
    stored = dict(ballot.items.values_list("pk", "approvals"))
    return (ballot.valid, ballot.invalid, stored) == (counted.valid, counted.invalid, counted.approvals)


def decide(approvals: Sequence[int], *, places: int, eligible: int) -> list[Result]:
    """Return the result of each: passed are those with more than half of `eligible`, at most `places` of them.

    Where more stand at the border than have room, none of these is decided.
    """
    enough = sorted((votes for votes in approvals if votes * 2 > eligible), reverse=True)
    is_tied = len(enough) > places and enough[places] == enough[places - 1]
    border = enough[places - 1] if len(enough) >= places else 0

    def one(votes: int) -> Result:
        if votes * 2 <= eligible or votes < border:
            return Result.FAILED
        return Result.TIED if is_tied and votes == border else Result.PASSED

    return [one(votes) for votes in approvals]
