"""How a matter is shown, computed once for every page: state mark, due chip, five-step line, timeline. No queries but
the timeline's, no HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rules

from core.workdays import WorkCalendar, day_words, local_date
from opinions.models import HistoryEntry, Opinion
from opinions.states import CLOSED, TABLE, State

STATE_MARKS: Mapping[str, tuple[str, str]] = {
    State.SUBMITTED: ("is-wait", "none"),
    State.ACCEPTED: ("is-move", "quart"),
    State.ASSIGNED: ("is-move", "half"),
    State.RETURN_REQUESTED: ("is-soon", "ret"),
    State.HANDLING: ("is-move", "three"),
    State.REPLIED: ("is-move", "bull"),
    State.FED_BACK: ("is-move", "talk"),
    State.TRACKING: ("is-move", "flag"),
    State.CLOSED: ("is-done", "hui"),
    State.DECLINED: ("is-wait", "minus"),
    State.MERGED: ("is-wait", "merge"),
    State.WITHDRAWN: ("is-wait", "cross"),
}
STATE_LABELS: Mapping[str, str] = dict(State.choices)
STEP_OF: Mapping[str, int] = {
    State.SUBMITTED: 1,
    State.ACCEPTED: 2,
    State.ASSIGNED: 3,
    State.HANDLING: 3,
    State.RETURN_REQUESTED: 3,
    State.REPLIED: 4,
    State.TRACKING: 4,
    State.FED_BACK: 5,
}


@dataclass(frozen=True)
class Mark:
    """A state as shape, colour and word."""

    tone: str
    glyph: str
    label: str


@dataclass(frozen=True)
class Due:
    """A limit as shape, colour and words."""

    tone: str
    glyph: str
    words: str
    is_provisional: bool = False
    is_plain: bool = False


@dataclass(frozen=True)
class Five:
    """Where a matter stands on the five-step line.

    One that went no further (declined, merged, withdrawn) ends at `step`, which then bears the word `ended` and the
    shape `glyph` of its state; there are no steps after it.
    """

    step: int
    late: bool
    done: bool
    ended: str = ""
    glyph: str = ""


ENDED: Mapping[str, Due] = {
    State.CLOSED: Due("is-done", "hui", "办结了"),
    State.MERGED: Due("is-wait", "merge", "一起办"),
}


def state_mark(state: str) -> Mark:
    """Return the mark of a state."""
    tone, glyph = STATE_MARKS[state]
    return Mark(tone, glyph, STATE_LABELS[state])


def is_late(state: str, due_at: datetime | None, at: datetime) -> bool:
    """Tell whether whoever must act now has missed the limit; the resident's silence is not lateness."""
    return due_at is not None and due_at <= at and state not in CLOSED and state != State.FED_BACK


def due_chip(opinion: Opinion, at: datetime) -> Due:
    """Return the present limit of a matter in words: days left, today, tomorrow, or working days late."""
    if opinion.state in CLOSED:
        return ENDED.get(opinion.state, Due("is-wait", "none", "不用办了"))
    if opinion.step_due_at is None:
        return Due("is-wait", "none", "没有期限")
    tent = opinion.is_provisional
    if opinion.state == State.FED_BACK:
        return Due("is-wait", "none", f"{day_words(opinion.step_due_at)}前可评", tent)
    return limit_chip(opinion.step_due_at, at, tent)


def limit_chip(due_at: datetime, at: datetime, tent: bool = False) -> Due:
    """Return a running limit in words: days left, today, tomorrow, or working days late."""
    today, due_on = local_date(at), local_date(due_at)
    if due_at <= at:
        days = max(1, WorkCalendar.load().between(due_on, today))
        words = f"超 {days} 个工作日" if due_on < today else "今天过了"
        return Due("is-late", "tri", words, tent)
    if due_on == today:
        return Due("is-soon", "dia", "今天下班前", tent)
    if due_on == today + timedelta(days=1):
        return Due("is-soon", "dia0", "明天下班前", tent)
    days = WorkCalendar.load().between(today, due_on)
    if days <= 5:
        return Due("is-done", "full", f"还有 {days} 个工作日", tent)
    return Due("is-done", "full", f"{day_words(due_at)}前", tent)


def five(opinion: Opinion, at: datetime) -> Five:
    """Return the place on the five-step line 收到 受理 办理 答复 评价."""
    done = opinion.state == State.CLOSED
    if opinion.state in CLOSED and not done:
        mark = state_mark(opinion.state)
        was_accepted = getattr(opinion, "accepted_at", None) is not None  # a list's row may come without it
        return Five(3 if was_accepted else 2, False, False, mark.label, mark.glyph)
    return Five(STEP_OF.get(opinion.state, 5), is_late(opinion.state, opinion.step_due_at, at), done)


def timeline(opinion: Opinion, *, public_only: bool) -> list[HistoryEntry]:
    """Return the history, newest first, with photos; for the resident only lines that have a public sentence."""
    rows = opinion.history.prefetch_related("photos").order_by("-at", "-id")
    return list(rows.exclude(public_text="") if public_only else rows)


def press_words(by_reps: int, by_staff: int) -> str:
    """Say how often the unit was pressed since it got the matter, and from which side; "" when nobody pressed."""
    said = [f"代表催办了 {by_reps} 次"] if by_reps else []
    said += [f"站点、县里催办了 {by_staff} 次"] if by_staff else []
    return "，".join(said)


def verbs_for(user: Any, opinion: Opinion) -> list[str]:
    """Return the verbs that table and rules allow this user on this opinion, in the table's order."""
    return [verb for verb in TABLE.verbs(opinion.state) if rules.has_perm(f"opinions.{verb}_opinion", user, opinion)]
