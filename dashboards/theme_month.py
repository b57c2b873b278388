"""What was done in a month under its theme: receptions, who came, what they raised, duties held, notes. Reads only.

Figures of the whole county or of one station, each with what it is measured against. No person has a number here, and
stations stand in the order of their places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from duties.models import Shift
from duties.planning import month_end
from duties.states import ShiftState
from duties.themes.models import ThemeNote
from opinions.models import Opinion, Reception
from opinions.receptions.states import State as ReceptionState
from opinions.states import State
from stations.models import Station

_STANDS = (
    ("办结", (State.CLOSED,)),
    ("答复了，等群众评价或者等兑现", (State.FED_BACK, State.TRACKING)),
    ("不予受理，说明了去处", (State.DECLINED,)),
    ("并到同一件事里一起办", (State.MERGED,)),
    ("群众自己撤回", (State.WITHDRAWN,)),
)
_RUNNING = "正在办"


@dataclass(frozen=True)
class Done:
    """A month's work, whole."""

    receptions: int
    receiving: int  # stations that held one
    stations: int  # of how many
    stands: tuple[tuple[str, int], ...]  # how the matters raised at them stand
    planned: int
    held: int
    notes: int
    guests: int

    @property
    def visitors(self) -> int:
        """How many residents were received: each is a matter."""
        return sum(number for _, number in self.stands)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been done yet."""
        return not (self.receptions or self.held or self.notes)


def month_done(where: Q, month: date, stations: int = 1) -> Done:
    """Count a month at the stations of a condition on `station`; four statements."""
    last = month_end(month)
    receptions = _receptions(where, month).aggregate(n=Count("pk"), at=Count("station", distinct=True))
    duties = Shift.objects.published().filter(where).between(month, last).exclude(representative=None)
    shifts = duties.aggregate(planned=Count("pk"), held=Count("pk", filter=Q(state=ShiftState.HELD)))
    notes = notes_of(where, month).aggregate(n=Count("pk"), guests=Sum("people"))
    return Done(
        receptions=receptions["n"], receiving=receptions["at"], stations=stations, stands=_stands(where, month),
        planned=shifts["planned"], held=shifts["held"], notes=notes["n"], guests=notes["guests"] or 0,
    )  # fmt: skip


def notes_of(where: Q, month: date) -> Any:
    """The notes that stand in a month."""
    return ThemeNote.objects.standing().filter(where).between(month, month_end(month))


def _receptions(where: Q, month: date) -> Any:
    rows = Reception.objects.filter(where, day__range=(month, month_end(month)))
    return rows.exclude(state=ReceptionState.CANCELLED)


def _stands(where: Q, month: date) -> tuple[tuple[str, int], ...]:
    rows = Opinion.objects.filter(reception_visit__reception__in=_receptions(where, month))
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    found = [(label, sum(counts.pop(state, 0) for state in states)) for label, states in _STANDS]
    found.insert(2, (_RUNNING, sum(counts.values())))
    return tuple((label, number) for label, number in found if number)


@dataclass(frozen=True)
class Line:
    """One station in the county's month."""

    station: Station
    receptions: int
    visitors: int
    notes: int


def lines(stations: Iterable[Station], month: date) -> list[Line]:
    """What each of these stations did, in the order given; three statements."""
    rows = list(stations)
    where = Q(station__in=[row.pk for row in rows])
    receptions = _by_station(_receptions(where, month))
    visits = _receptions(where, month).exclude(visits=None).order_by()
    visitors = dict(visits.values_list("station").annotate(n=Count("visits")))
    notes = _by_station(notes_of(where, month))
    return [Line(row, receptions.get(row.pk, 0), visitors.get(row.pk, 0), notes.get(row.pk, 0)) for row in rows]


def _by_station(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("station").annotate(n=Count("pk")))
