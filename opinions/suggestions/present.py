"""How a suggestion is shown: state mark, limit in words, five steps, how its date was reached. Reads only, no HTML."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.workdays import WorkCalendar, day_words, end_of_day
from opinions.models import FormalSuggestion, Verdict
from opinions.present import Due, Mark, limit_chip
from opinions.suggestions import deadlines
from opinions.suggestions.models import SuggestionCharge
from opinions.suggestions.states import State

MARKS: Mapping[str, tuple[str, str]] = {
    State.DRAFT: ("is-wait", "none"),
    State.SUBMITTED: ("is-move", "quart"),
    State.RETURNED: ("is-soon", "ret"),
    State.ACCEPTED: ("is-move", "half"),
    State.ASSIGNED: ("is-move", "three"),
    State.REPLIED: ("is-move", "talk"),
    State.CLOSED: ("is-done", "hui"),
    State.WITHDRAWN: ("is-wait", "cross"),
}
WAITING: Mapping[str, str] = {
    State.DRAFT: "代表还在写，没有提交。",
    State.SUBMITTED: "等县人大核，核过就立案。",
    State.RETURNED: "县人大退回来了，等代表改好再提交。",
    State.ACCEPTED: "立案了，等县人大交给单位办。",
    State.ASSIGNED: "单位正在办，等它书面答复代表。",
    State.REPLIED: "单位答复了，等代表说满意不满意。",
    State.CLOSED: "代表说过意见，这份建议办结了。",
    State.WITHDRAWN: "代表自己撤回了。",
}
# What a resident reads on his own page after “写进了代表建议”.
FOR_RESIDENTS: Mapping[str, str] = {
    State.SUBMITTED: "县人大和代表正在看",
    State.RETURNED: "县人大和代表正在看",  # sent back and handed in again writes no line that would renew his page
    State.ACCEPTED: "县人大立案了，等着交给单位",
    State.ASSIGNED: "单位正在办",
    State.REPLIED: "单位答复了，代表正在看",
    State.CLOSED: "办结了",
}
_STEP = {State.DRAFT: 1, State.RETURNED: 1, State.SUBMITTED: 2, State.ACCEPTED: 3, State.ASSIGNED: 4, State.REPLIED: 5}
_WORDS = ("起草", "立案", "交办", "答复", "办结")


def mark(state: str) -> Mark:
    """Return a state as shape, colour and word."""
    tone, glyph = MARKS[State(state)]
    return Mark(tone, glyph, State(state).label)


def due(suggestion: FormalSuggestion, at: datetime) -> Due:
    """Return the limit in words while a unit has it; else whom it waits for."""
    if suggestion.state == State.ASSIGNED and suggestion.due_on:
        return limit_chip(end_of_day(suggestion.due_on), at)
    words = {
        State.DRAFT: "没有提交",
        State.SUBMITTED: "等县人大核",
        State.RETURNED: "等代表改",
        State.ACCEPTED: "等交办",
        State.REPLIED: "等代表意见",
        State.WITHDRAWN: "不用办了",
    }.get(State(suggestion.state))
    return Due("is-wait", "none", words) if words else Due("is-done", "hui", "办结了")


def waiting_for(suggestion: FormalSuggestion) -> str:
    """Say in one sentence whom the paper waits for, by name where it is known."""
    sentence = WAITING[State(suggestion.state)]
    unit = suggestion.lead_unit
    return sentence.replace("单位", unit.short_name, 1) if unit and suggestion.state != State.ACCEPTED else sentence


def steps(suggestion: FormalSuggestion, at: datetime) -> list[dict[str, Any]]:
    """Return the five large steps with their moments."""
    row = suggestion
    if row.state == State.WITHDRAWN:
        stop = {"word": "撤回", "tone": "now stop", "glyph": "cross", "at": row.changed_at}
        return [{"word": _WORDS[0], "tone": "on", "glyph": "full", "at": row.created_at}, stop]
    here = 6 if row.state == State.CLOSED else _STEP[State(row.state)]
    is_late = row.state == State.ASSIGNED and row.due_on is not None and deadlines.is_past(row.due_on, at)
    moments = (row.created_at, row.accepted_at, row.assigned_at, row.replied_at, row.closed_at)
    found = []
    for number, (word, moment) in enumerate(zip(_WORDS, moments, strict=True), 1):
        tone = "on" if number < here else "now" if number == here else "off"
        glyph = {"on": "full", "now": "tri" if is_late else "bull", "off": "none"}[tone]
        if number == len(_WORDS):
            glyph = "hui" if tone == "on" else "box"
        found.append({"word": word, "tone": tone, "glyph": glyph, "at": moment if tone == "on" else None})
    return found


def reached(suggestion: FormalSuggestion) -> list[str]:
    """Say how the limit was reached, sentence by sentence, oldest first; two statements."""
    first = suggestion.first_assigned_on
    if first is None:
        return []
    leads = suggestion.charges.filter(role=SuggestionCharge.Part.LEAD).order_by("round")
    granted = list(suggestion.extensions.filter(verdict=Verdict.GRANTED).order_by("pk"))
    said = []
    for charge in leads:
        said.append(_counted(charge, first))
        said += [
            f"{_on(wish.old_due_on)}以前，单位申请再要 {wish.months} 个月，县人大同意了，改到 {_on(wish.new_due_on)}。"
            f"原因：{wish.reason}"
            for wish in granted
            if wish.round == charge.round
        ]
    end = deadlines.last_day(first)
    return [*said, f"无论怎么延，从第一次交办起最多六个月，不能晚于 {_on(end)}。"]


def _counted(charge: SuggestionCharge, first: date) -> str:
    plain = deadlines.add_months(charge.started_on, charge.months)
    again = "" if charge.round == 1 else f"第 {charge.round} 轮："
    start = f"{again}{_on(charge.started_on)}交办，按代表法算 {charge.months} 个月，到 {_on(plain)}。"
    if charge.due_on == plain:
        return start
    if charge.due_on < plain:
        return f"{start}但六个月的总时限先到，所以是 {_on(charge.due_on)}。"
    return f"{start}那天是{WorkCalendar.load().reason(plain)}，顺延到上班的 {_on(charge.due_on)}。"


def _on(day: date) -> str:
    return f"{day.year} 年 {day_words(day)}"
