"""Single duties: put in, changed, dropped, confirmed, given up, filled by somebody else, held or missed."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from core.workdays import day_words, local_date
from core.workflow import CREATION, BadInput, WrongState
from duties import notify
from duties.models import Roster, Shift, month_of
from duties.states import SHIFTS, Post, ShiftState
from duties.workflow.engine import Act, check_shift, on_roster, on_shift
from duties.workflow.people import fit, refuse_twice


def add_shift(
    roster_id: int, *, actor: Any, at: datetime, day: date, start: time, end: time, post: str,
    representative_id: int | None = None,
) -> Shift:  # fmt: skip
    """Put one more duty into a roster, with somebody or as a gap."""
    with on_roster("add_shift", roster_id, actor, at) as doing:
        SHIFTS.check_arrival("add_shift", CREATION, ShiftState.PLANNED)
        _check_time(doing.roster, day, start, end, post)
        if representative_id is not None:
            fit(doing.roster.station, representative_id, day)
            refuse_twice(representative_id, day, but=set())
        shift = Shift.objects.create(
            roster=doing.roster, station=doing.roster.station, day=day, start=start, end=end, post=post,
            representative_id=representative_id, changed_at=doing.at,
        )  # fmt: skip
        doing.say("", shift)
        _tell_changed(doing, shift, None)
    return shift


def _check_time(roster: Roster, day: date, start: time, end: time, post: str) -> None:
    if month_of(day) != roster.month:
        raise BadInput(f"日期要在 {roster.month.year} 年 {roster.month.month} 月里。", "day")
    if end <= start:
        raise BadInput("结束要比开始晚。", "end")
    if post not in Post.values:
        raise BadInput("请从列表里选岗位。", "post")


def change_people(roster_id: int, people: Mapping[int, int | None], *, actor: Any, at: datetime) -> list[Shift]:
    """Give several duties of a roster to other people at once, so that two may change places; return what changed.

    A draft is free; in a published roster everybody who gains or loses a duty is told, and it waits to be confirmed.
    """
    with on_roster("change_shift", roster_id, actor, at) as doing:
        rows = {row.pk: row for row in doing.roster.shifts.filter(pk__in=list(people)).select_related("station")}
        changed = [rows[pk] for pk, who in people.items() if pk in rows and rows[pk].representative_id != who]
        held = {row.pk for row in changed}
        before = {row.pk: row.representative_id for row in changed}
        for row in changed:
            check_shift("change_shift", doing.roster, row)
            _give(row, people[row.pk])
        _refuse_double(changed, held)
        doing.keep(changed)
        doing.lapse_swaps(changed)
        for row in changed:
            doing.say("", row, before[row.pk])
            _tell_changed(doing, row, before[row.pk])
    return changed


def _give(shift: Shift, who: int | None) -> None:
    shift.representative = fit(shift.station, who, shift.day) if who is not None else None
    shift.stands_in_for = None
    shift.state = ShiftState.PLANNED


def _refuse_double(changed: list[Shift], held: set[int]) -> None:
    given: set[tuple[int, date]] = set()
    for row in changed:
        if row.representative is None:
            continue
        if (row.representative.pk, row.day) in given:
            raise BadInput(f"{row.representative.name} {day_words(row.day)}排了两班，一天只能一班。")
        given.add((row.representative.pk, row.day))
        refuse_twice(row.representative.pk, row.day, but=held)


def change_shift(
    shift_id: int, *, actor: Any, at: datetime, day: date, start: time, end: time, post: str,
    representative_id: int | None,
) -> Shift:  # fmt: skip
    """Change everything about one duty; in a published roster those concerned are told and it waits to be confirmed."""
    with on_shift("change_shift", shift_id, actor, at) as (doing, shift):
        _check_time(doing.roster, day, start, end, post)
        before = shift.representative_id
        shift.day, shift.start, shift.end, shift.post = day, start, end, post
        _give(shift, representative_id)
        _refuse_double([shift], {shift.pk})
        doing.keep([shift])
        doing.lapse_swaps([shift])
        doing.say("", shift, before)
        _tell_changed(doing, shift, before)
    return shift


def drop_shift(shift_id: int, *, actor: Any, at: datetime, reason: str = "") -> None:
    """Take a duty out; in a published roster its person is told, and a reason is needed."""
    with on_shift("drop_shift", shift_id, actor, at) as (doing, shift):
        if doing.is_published and not reason.strip():
            raise BadInput("已经公布了，请写明为什么去掉这一班。", "reason")
        doing.lapse_swaps([shift])
        if doing.is_published and shift.representative is not None:
            doing.tell(notify.dropped(shift, at=doing.at))
        before, shift.representative = shift.representative_id, None
        shift.sequence += 1  # the last word of it to calendars
        doing.say(reason.strip(), shift, before)
        shift.delete()


def confirm(shift_id: int, *, actor: Any, at: datetime) -> Shift:
    """The representative will come; the station may write it down for somebody who said so on the telephone."""
    with on_shift("confirm", shift_id, actor, at) as (doing, shift):
        if shift.is_gap:
            raise WrongState("这一班还没有人，先排上人。")
        _refuse_past(shift, doing)
        shift.state = ShiftState.CONFIRMED
        doing.keep([shift])
        doing.say("", shift, shift.representative_id)
    return shift


def cannot_come(shift_id: int, *, actor: Any, at: datetime, reason: str = "") -> Shift:
    """The representative cannot come: the shift becomes a gap and the station is told to find somebody."""
    with on_shift("cannot_come", shift_id, actor, at) as (doing, shift):
        if shift.is_gap:
            raise WrongState("这一班本来就没有人。")
        _refuse_past(shift, doing)
        before = shift.representative
        shift.representative, shift.stands_in_for, shift.state = None, None, ShiftState.PLANNED
        doing.keep([shift])
        doing.lapse_swaps([shift])
        doing.say(reason.strip(), shift, before.pk if before else None)
        doing.tell(notify.cannot_come(shift, before, at=doing.at))
    return shift


def substitute(shift_id: int, *, actor: Any, at: datetime, representative_id: int, reason: str = "") -> Shift:
    """Put somebody in for whoever had the duty, or fill a gap; both are told. He still has to confirm."""
    with on_shift("substitute", shift_id, actor, at) as (doing, shift):
        if shift.representative_id == representative_id:
            raise BadInput("这一班本来就是他。", "representative")
        person = fit(shift.station, representative_id, shift.day)
        refuse_twice(representative_id, shift.day, but=set())
        before = shift.representative
        shift.stands_in_for = before if before is not None else _who_left(shift, representative_id)
        shift.representative, shift.state = person, ShiftState.PLANNED
        doing.keep([shift])
        doing.lapse_swaps([shift])
        doing.say(reason.strip(), shift, before.pk if before else None)
        _tell_changed(doing, shift, before.pk if before else None)
    return shift


def _who_left(shift: Shift, but: int) -> Any:
    """Whoever said last that he cannot come to this shift, for whom the new one stands in."""
    lines = shift.roster.lines.filter(shift_uid=shift.uid, verb="cannot_come").select_related("person_before")
    line = lines.exclude(person_before=but).order_by("-id").first()
    return line.person_before if line else None


def mark_held(shift_id: int, *, actor: Any, at: datetime) -> Shift:
    """The representative came. A reception recorded in the shift says so by itself, through the portal's own actor."""
    return _mark("mark_held", ShiftState.HELD, shift_id, actor, at, "")


def mark_absent(shift_id: int, *, actor: Any, at: datetime, note: str = "") -> Shift:
    """The representative did not come: a note without blame, for the station and himself."""
    return _mark("mark_absent", ShiftState.ABSENT, shift_id, actor, at, note.strip())


def _mark(verb: str, state: str, shift_id: int, actor: Any, at: datetime, note: str) -> Shift:
    with on_shift(verb, shift_id, actor, at) as (doing, shift):
        if shift.is_gap:
            raise WrongState("这一班没有人，记不了到岗。")
        if shift.day > local_date(doing.at) or (state == ShiftState.ABSENT and doing.at < shift.starts_at):
            raise WrongState("还没到这一班的时候。")
        shift.state = state
        doing.keep([shift])
        doing.lapse_swaps([shift])
        doing.say(note, shift, shift.representative_id)
    return shift


def _refuse_past(shift: Shift, doing: Act) -> None:
    if doing.at >= shift.ends_at:
        raise WrongState("这一班已经过去了。")


def _tell_changed(doing: Act, shift: Shift, before: int | None) -> None:
    if doing.is_published:
        doing.tell(notify.changed(shift, before, at=doing.at))
