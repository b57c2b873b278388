"""What a new calendar or a new table of limits would change: every running limit counted again, on paper.

Reads only; `workflow.recount` moves the dates, `opinions.recount_runs` walks through all matters. Two things never
happen: a limit that has passed is not moved, because lateness is not cured by a date, and no limit is moved to a
moment that has passed, because nobody becomes late overnight.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from opinions.deadlines import Scheme
from opinions.models import Deadline, Extension, Verdict
from opinions.states import OPEN, State, Step

CURRENT = {
    State.SUBMITTED: Step.ACCEPT,
    State.ACCEPTED: Step.ASSIGN,
    State.ASSIGNED: Step.SIGN,
    State.RETURN_REQUESTED: Step.SIGN,
    State.HANDLING: Step.REPLY,
    State.REPLIED: Step.REVIEW,
    State.FED_BACK: Step.RATE,
    State.TRACKING: Step.LOOK_BACK,
}
_COLUMNS = (
    "opinion_id", "step", "round", "started_at", "working_days", "due_at", "is_provisional",
    "opinion__kind", "opinion__category_id", "opinion__title",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One running limit that comes out differently; the same date when only its being provisional ends or begins."""

    opinion_id: int
    title: str
    step: str
    old_due_at: datetime
    due_at: datetime
    working_days: int
    is_provisional: bool

    @property
    def is_moved(self) -> bool:
        """Tell whether the date is another."""
        return self.due_at != self.old_due_at


@dataclass(frozen=True)
class Forecast:
    """What applying would do, in numbers of limits; `matters` counts matters, `examples` shows a few."""

    matters: int
    earlier: int
    later: int
    firm: int
    kept: int
    examples: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether no running limit is touched."""
        return not self.matters


def changes(scheme: Scheme, at: datetime, *, opinion_id: int | None = None) -> list[Change]:
    """Return what is to be changed, for one matter or for all that run."""
    return [change for change, kept in _counted(scheme, at, opinion_id) if not kept]


def forecast(scheme: Scheme, at: datetime, most: int = 8) -> Forecast:
    """Sum up what a scheme would change; writes nothing."""
    matters: set[int] = set()
    earlier = later = firm = kept = 0
    examples: list[Change] = []
    for change, stays in _counted(scheme, at, None):
        if stays:
            kept += 1
            continue
        matters.add(change.opinion_id)
        earlier += change.due_at < change.old_due_at
        later += change.due_at > change.old_due_at
        firm += not change.is_moved and not change.is_provisional
        if change.is_moved and len(examples) < most:
            examples.append(change)
    return Forecast(len(matters), earlier, later, firm, kept, tuple(examples))


def _counted(scheme: Scheme, at: datetime, opinion_id: int | None) -> Iterator[tuple[Change, bool]]:
    """Yield each running limit that counts differently, and whether it stays where it is all the same."""
    rows: QuerySet[Any] = Deadline.objects.filter(
        ended_at=None, working_days__isnull=False, opinion__state__in=OPEN
    ).order_by("opinion_id", "id")
    if opinion_id is not None:
        rows = rows.filter(opinion_id=opinion_id)
    more = _granted(opinion_id)
    for row in _walked(rows):
        extra = more.get((row.opinion_id, row.round), 0) if row.step == Step.REPLY else 0
        days = scheme.days(row.step, row.opinion__kind, row.opinion__category_id) + extra
        due = scheme.due(row.started_at, days)
        if (due.due_at, due.is_provisional, days) == (row.due_at, row.is_provisional, row.working_days):
            continue
        if due.due_at == row.due_at and due.is_provisional == row.is_provisional:
            continue  # another number of days on the same date concerns nobody
        change = Change(row.opinion_id, row.opinion__title, row.step, row.due_at, due.due_at, days, due.is_provisional)
        yield change, row.due_at <= at or due.due_at <= at


def _walked(rows: "QuerySet[Any]") -> Iterable[Any]:
    return rows.values_list(*_COLUMNS, named=True).iterator(chunk_size=5000)


def _granted(opinion_id: int | None) -> dict[tuple[int, int], int]:
    """Return the working days that extensions have added, by matter and round."""
    rows = Extension.objects.filter(step=Step.REPLY, verdict=Verdict.GRANTED, opinion__state__in=OPEN)
    if opinion_id is not None:
        rows = rows.filter(opinion_id=opinion_id)
    sums = rows.values("opinion_id", "round").annotate(days=Sum("working_days"))
    return {(row["opinion_id"], row["round"]): row["days"] or 0 for row in sums}
