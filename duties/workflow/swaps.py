"""Swapping: asked, agreed, refused, taken back, or arranged by the station for people without a telephone.

Nothing changes hands before the other has agreed. What each shift was before stands in the swap, so that taking it
back gives exactly that: person, stand-in and state. The sequence for calendars only ever grows.
"""

from datetime import datetime
from typing import Any

from core.workflow import CREATION, BadInput, WrongState
from duties import notify
from duties.models import Shift, SwapRequest
from duties.states import SHIFTS, SWAPS, ShiftState, SwapState
from duties.workflow.engine import Act, check_shift, on_shift, on_swap, shift_of
from duties.workflow.people import fit, refuse_twice


def ask_swap(
    shift_id: int, *, actor: Any, at: datetime, colleague_id: int, other_shift_id: int | None = None, words: str = ""
) -> SwapRequest:
    """Ask a named colleague to swap with a shift of his, or to take this one over. Nobody's duty changes yet."""
    with on_shift("ask_swap", shift_id, actor, at) as (doing, shift):
        SWAPS.check_arrival("ask_swap", CREATION, SwapState.ASKED)
        other = _check(doing, shift, colleague_id, other_shift_id)
        _refuse_second(shift, other)
        swap = _write(doing, shift, other, colleague_id, words, SwapState.ASKED)
        doing.say("请人换班，还没定", shift, shift.representative_id)
        doing.tell(notify.swap_asked(swap, at=doing.at))
    return swap


def arrange(
    shift_id: int, *, actor: Any, at: datetime, colleague_id: int, other_shift_id: int | None = None, note: str
) -> SwapRequest:
    """The station swaps for people who told it so; the note says how they agreed. An open wish of theirs ends."""
    with on_shift("trade", shift_id, actor, at) as (doing, shift):
        SWAPS.check_arrival("arrange", CREATION, SwapState.ARRANGED)
        if not note.strip():
            raise BadInput("请写明怎么和两位说好的，比如“打过电话”。", "note")
        other = _check(doing, shift, colleague_id, other_shift_id)
        doing.lapse_swaps([shift, *([other] if other else [])])
        swap = _write(doing, shift, other, colleague_id, note, SwapState.ARRANGED)
        _trade(doing, swap, shift, other, f"站点安排：{note.strip()}")
        swap.save()
        doing.tell(notify.swap_done(swap, at=doing.at, is_arranged=True))
    return swap


def agree(swap_id: int, *, actor: Any, at: datetime) -> SwapRequest:
    """The colleague agrees: the duties change hands now, both are confirmed by that, and the station is told."""
    with on_swap("agree", swap_id, actor, at) as (doing, swap):
        shift = shift_of(swap.from_shift_id)
        if shift.representative_id != swap.asker_id:
            raise WrongState("这一班已经不是他的了，不用换了。")
        other = _check(doing, shift, swap.colleague_id, swap.to_shift_id)
        _decide(doing, swap, SwapState.AGREED)
        _trade(doing, swap, shift, other, "两位都同意了")
        swap.save()
        doing.lapse_swaps([shift, *([other] if other else [])], but=swap.pk)
        doing.tell(notify.swap_done(swap, at=doing.at, is_arranged=False))
    return swap


def refuse(swap_id: int, *, actor: Any, at: datetime, words: str = "") -> SwapRequest:
    """The colleague cannot: everything stays as it is."""
    with on_swap("refuse", swap_id, actor, at) as (doing, swap):
        _decide(doing, swap, SwapState.REFUSED)
        swap.answer = words.strip()[:120]
        swap.save()
        doing.say("对方不方便", swap.from_shift, swap.asker_id)
        doing.tell(notify.swap_refused(swap, at=doing.at))
    return swap


def take_back(swap_id: int, *, actor: Any, at: datetime) -> SwapRequest:
    """Take a swap back: a wish ends; one that was carried out is undone by the station, exactly, or not at all."""
    with on_swap("take_back", swap_id, actor, at) as (doing, swap):
        was_done = swap.state != SwapState.ASKED
        _decide(doing, swap, SwapState.TAKEN_BACK)
        swap.save()
        if was_done:
            _undo(doing, swap)
        else:
            doing.say("收回了换班", swap.from_shift, swap.asker_id)
        doing.tell(notify.swap_taken_back(swap, at=doing.at, was_done=was_done))
    return swap


def _check(doing: Act, shift: Shift, colleague_id: int, other_shift_id: int | None) -> Shift | None:
    """Return the colleague's shift, or None where he only takes over; refuse what could not be carried out."""
    if shift.is_gap:
        raise WrongState("这一班没有人，直接排人就行。")
    if colleague_id == shift.representative_id:
        raise BadInput("请选另一位代表。", "colleague")
    other = _other(doing, shift, colleague_id, other_shift_id) if other_shift_id else None
    changing = {shift.pk} | ({other.pk} if other else set())
    for row in filter(None, (shift, other)):
        if doing.at >= row.starts_at:
            raise WrongState("这一班已经开始了，不能再换。")
    fit(shift.station, colleague_id, shift.day, name="colleague")
    refuse_twice(colleague_id, shift.day, but=changing, name="colleague")
    if other and shift.representative_id:
        fit(other.station, shift.representative_id, other.day, name="colleague")
        refuse_twice(shift.representative_id, other.day, but=changing, name="colleague")
    return other


def _other(doing: Act, shift: Shift, colleague_id: int, other_shift_id: int) -> Shift:
    rows = Shift.objects.published().filter(station=shift.station, pk=other_shift_id, representative_id=colleague_id)
    other = rows.select_related("roster", "station", "representative").first()
    if other is None:
        raise BadInput("这一班已经不是对方的了，请刷新页面重新选。", "other")
    check_shift("trade", doing.roster, other)
    return other


def _refuse_second(shift: Shift, other: Shift | None) -> None:
    ids = [row.pk for row in (shift, other) if row]
    asked = SwapRequest.objects.filter(state=SwapState.ASKED)
    if asked.filter(from_shift__in=ids).exists() or asked.filter(to_shift__in=ids).exists():
        raise WrongState("这一班已经在请人换了，等对方回话，或者先收回。")


def _write(doing: Act, shift: Shift, other: Shift | None, colleague_id: int, words: str, state: str) -> SwapRequest:
    return SwapRequest.objects.create(
        from_shift=shift,
        to_shift=other,
        asker_id=shift.representative_id,
        colleague_id=colleague_id,
        state=state,
        words=words.strip()[:120],
        asked_at=doing.at,
        decided_at=None if state == SwapState.ASKED else doing.at,
    )


def _decide(doing: Act, swap: SwapRequest, state: str) -> None:
    SWAPS.check_arrival(doing.verb, swap.state, state)
    swap.state, swap.decided_at = state, doing.at


def _trade(doing: Act, swap: SwapRequest, shift: Shift, other: Shift | None, text: str) -> None:
    """Let the two change places and keep what was. Whoever agreed has confirmed; the asker confirmed by asking."""
    swap.before = {str(row.pk): _kept(row) for row in (shift, other) if row}
    before = shift.representative
    for row, who in ((shift, swap.colleague), (other, before)):
        if row is None:
            continue
        SHIFTS.check_arrival("trade", row.state, ShiftState.CONFIRMED)
        had, row.representative, row.stands_in_for, row.state = row.representative_id, who, None, ShiftState.CONFIRMED
        doing.say(text, row, had, verb="trade")
    doing.keep([row for row in (shift, other) if row])


def _kept(shift: Shift) -> dict[str, Any]:
    return {
        "representative": shift.representative_id,
        "stands_in_for": shift.stands_in_for_id,
        "state": shift.state,
    }


def _undo(doing: Act, swap: SwapRequest) -> None:
    rows = [shift_of(pk) for pk in (swap.from_shift_id, swap.to_shift_id) if pk]
    has = dict(zip((swap.from_shift_id, swap.to_shift_id), (swap.colleague_id, swap.asker_id), strict=True))
    for row in rows:
        check_shift("trade", doing.roster, row)
        if row.representative_id != has[row.pk] or doing.at >= row.starts_at:
            raise WrongState("换过以后又改过，或者已经到了时候，不能再收回。")
    changing = {row.pk for row in rows}
    for row in rows:
        was = swap.before[str(row.pk)]
        refuse_twice(was["representative"], row.day, but=changing, name="")
        had = row.representative_id
        row.representative_id, row.stands_in_for_id, row.state = (
            was["representative"], was["stands_in_for"], was["state"],
        )  # fmt: skip
        doing.say("换班收回，和原来一样", row, had)
    doing.keep(rows)
    doing.lapse_swaps(rows)
