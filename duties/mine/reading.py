"""What a representative sees of his own duties: the next ones, what colleagues ask of him, what was. Reads only.

Nothing of other people stands here but names and the duties that hang on the wall anyway. That he could not come
somewhere is shown to him alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from core.workdays import local_date
from duties.models import Shift, SwapRequest
from duties.notify import when
from duties.states import ShiftState, SwapState

PAST = 6  # duties behind him that are listed
_MARKS = {
    ShiftState.PLANNED: ("is-soon", "none", "等您确认"),
    ShiftState.CONFIRMED: ("is-done", "full", "已确认"),
    ShiftState.HELD: ("is-done", "hui", "已到岗"),
    ShiftState.ABSENT: ("is-wait", "minus", "没有来"),
}
_DAYS = ("今天", "明天", "后天")


@dataclass(frozen=True)
class Duty:
    """One duty of his, and the open wish to swap that touches it: `asked` by him, `wanted` by a colleague."""

    shift: Shift
    day: str
    hours: str
    soon: str
    asked: SwapRequest | None
    wanted: SwapRequest | None
    is_open: bool
    may_swap: bool

    @property
    def when(self) -> str:
        """Day and hours, for reading aloud."""
        return self.day + self.hours

    @property
    def mark(self) -> tuple[str, str, str]:
        """Tone, shape and word of its state."""
        return _MARKS[ShiftState(self.shift.state)]

    @property
    def may_confirm(self) -> bool:
        """Whether there is something to confirm still."""
        return self.is_open and self.shift.state == ShiftState.PLANNED


@dataclass(frozen=True)
class Ask:
    """What a colleague asks of him: to sit `when` (day and hours); against his own duty `mine`, or for nothing."""

    swap: SwapRequest
    when: tuple[str, str]
    mine: tuple[str, str] | None


@dataclass(frozen=True)
class Mine:
    """Everything on his page."""

    asks: Sequence[Ask]
    ahead: Sequence[Duty]
    past: Sequence[Duty]

    @property
    def waiting(self) -> int:
        """How many things wait for him: duties to confirm and questions to answer."""
        return len(self.asks) + sum(duty.may_confirm for duty in self.ahead)


def mine(user: Any, at: datetime, *, most: int | None = None) -> Mine:
    """Gather his page; `most` duties ahead at most, and then without the past ones. Four statements."""
    today = local_date(at)
    own = Shift.objects.of(user).select_related("station", "representative")
    ahead = list(own.filter(day__gte=today).order_by("day", "start")[:most])
    past = [] if most else list(own.filter(day__lt=today).order_by("-day")[:PAST])
    swaps = open_swaps(row.pk for row in ahead)
    return Mine(asks_of(user, at), [_duty(row, swaps, at) for row in ahead], [_duty(row, [], at) for row in past])


def asks_of(user: Any, at: datetime) -> list[Ask]:
    """What colleagues ask of this user and can still be answered."""
    rows = SwapRequest.objects.filter(state=SwapState.ASKED, colleague__user_id=user.pk).select_related(
        "asker", "from_shift__station", "to_shift"
    )
    return [
        Ask(row, day_and_hours(row.from_shift), day_and_hours(row.to_shift) if row.to_shift else None)
        for row in rows.order_by("from_shift__day", "pk")
        if all(at < shift.starts_at for shift in (row.from_shift, row.to_shift) if shift)
    ]


def day_and_hours(shift: Shift) -> tuple[str, str]:
    """4 月 9 日（周四） and 8:30–12:00, so that a narrow page breaks between them."""
    day, close, hours = when(shift).partition("）")
    return day + close, hours


def open_swaps(shifts: Iterable[int]) -> list[SwapRequest]:
    """The wishes that wait for an answer and touch any of these duties."""
    ids = list(shifts)
    touching = Q(from_shift__in=ids) | Q(to_shift__in=ids)
    rows = SwapRequest.objects.filter(touching, state=SwapState.ASKED)
    return list(rows.select_related("asker", "colleague", "from_shift", "to_shift"))


def _duty(row: Shift, swaps: Sequence[SwapRequest], at: datetime) -> Duty:
    asked = next((swap for swap in swaps if swap.from_shift_id == row.pk), None)
    wanted = next((swap for swap in swaps if swap.to_shift_id == row.pk), None)
    day, hours = day_and_hours(row)
    is_ahead = row.state in (ShiftState.PLANNED, ShiftState.CONFIRMED)
    return Duty(
        shift=row,
        day=day,
        hours=hours,
        soon=_soon(row.day, local_date(at)),
        asked=asked,
        wanted=wanted,
        is_open=is_ahead and at < row.ends_at,
        may_swap=is_ahead and at < row.starts_at and asked is None and wanted is None,
    )


def _soon(day: date, today: date) -> str:
    number = (day - today) // timedelta(days=1)
    return _DAYS[number] if 0 <= number < len(_DAYS) else ""
