"""Which step has how many working days, and the date that follows from it. Defaults here, edits in `DeadlineRule`.

Sources of the defaults: the county's rules for acceptance, assignment and signing (1, 2 and 1 working days) and the
reply classes 3 / 5 / 10 / 20; a return may be asked for within 2 working days; a resident has 7 to rate,
a station 5 to look back after a second 不满意. Supervision reminds 2 before a limit and turns red 3 after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from time import monotonic

from core.workdays import OFFICE, Reckoning, WorkCalendar, end_of_day, local_date
from opinions.models import DeadlineRule
from opinions.states import Kind, Step
from opinions.supervision.levels import Threshold

DEFAULT_DAYS: Mapping[tuple[str, str], int] = {
    (Step.ACCEPT, ""): 1,
    (Step.ASSIGN, ""): 2,
    (Step.SIGN, ""): 1,
    (Step.CO_SIGN, ""): 1,
    (Step.REQUEST_RETURN, ""): 2,
    (Step.REVIEW, ""): 1,
    (Step.RATE, ""): 7,
    (Step.LOOK_BACK, ""): 5,
    (Step.REPLY, Kind.URGENT): 3,
    (Step.REPLY, Kind.CONSULTATION): 5,
    (Step.REPLY, Kind.ORDINARY): 10,
    (Step.REPLY, Kind.COMPLEX): 20,
    (Threshold.SOON, ""): 2,
    (Threshold.RED, ""): 3,
    (Threshold.ORDER, ""): 3,
    (Threshold.INVITE, ""): 3,
    (Threshold.PRESS, ""): 1,
    (Threshold.FOLLOW_UP, ""): 10,
    (Threshold.SUGGESTION, ""): 3,  # calendar months, by the Representatives Law
}
Rows = Mapping[tuple[str, str, int | None], int]
_KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class Due:
    """A limit ready to be stored: the moment it ends, the days it was counted with, and whether it is provisional."""

    due_at: datetime
    working_days: int
    reckoning: Reckoning

    @property
    def is_provisional(self) -> bool:
        """Tell whether the calendar of those days is not yet published."""
        return self.reckoning.provisional


class _Table:
    """The edited rows, kept in the process for a minute so that a message costs no query for its limit."""

    rows: Rows = {}
    read_at: float = float("-inf")


def forget() -> None:
    """Drop the kept rows; called after an edit and between tests."""
    _Table.read_at = float("-inf")


def _rows() -> Rows:
    if monotonic() - _Table.read_at > _KEPT_SECONDS:
        columns = DeadlineRule.objects.values_list("step", "kind", "category_id", "working_days")
        _Table.rows = {(step, kind, category): days for step, kind, category, days in columns}
        _Table.read_at = monotonic()
    return _Table.rows


@dataclass(frozen=True)
class Scheme:
    """What limits are counted with: the table's rows and a calendar; the present ones, or those a preview tries out."""

    rows: Rows
    calendar: WorkCalendar

    @classmethod
    def present(cls) -> "Scheme":
        """Return what is in force now."""
        return cls(_rows(), WorkCalendar.load())

    def days(self, step: str, kind: str = "", category_id: int | None = None) -> int:
        """Return the working days of a step: the category's own row, else the edited row, else the default."""
        key = kind if step == Step.REPLY else ""
        for candidate in ((step, key, category_id), (step, key, None)):
            if candidate in self.rows:
                return self.rows[candidate]
        return DEFAULT_DAYS[(step, key)]

    def due(self, started_at: datetime, days: int) -> Due:
        """Count a limit; many limits that start on one day are counted once."""
        return self._counted(started_at.astimezone(OFFICE).date(), days)

    @cached_property
    def _counted(self) -> Callable[[date, int], Due]:
        @lru_cache(maxsize=20_000)
        def counted(start: date, days: int) -> Due:
            reckoning = self.calendar.count(start, days)
            return Due(end_of_day(reckoning.due), days, reckoning)

        return counted


def working_days(step: str, kind: str = "", category_id: int | None = None) -> int:
    """Return the working days of a step as the table says now."""
    return Scheme.present().days(step, kind, category_id)


def due(step: str, at: datetime, *, kind: str = "", category_id: int | None = None) -> Due:
    """Count the limit of a step that starts at `at`; the starting day itself does not count."""
    days = working_days(step, kind, category_id)
    reckoning = WorkCalendar.load().count(local_date(at), days)
    return Due(end_of_day(reckoning.due), days, reckoning)


def is_within(step: str, started_at: datetime, at: datetime) -> bool:
    """Tell whether `at` still lies within the step's limit counted from `started_at`."""
    return at <= due(step, started_at).due_at


def how_reached(started_at: datetime, days: int) -> Reckoning:
    """Explain a stored limit day by day: counted, or skipped and why."""
    return WorkCalendar.load().count(local_date(started_at), days)
