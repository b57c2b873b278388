"""How a published matter reads on the public board and the lobby screen: who has it, until when, how far it is.

No identity, no words of the resident beyond the title that the station published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from core.workdays import WorkCalendar, day_words, local_date
from opinions import present
from opinions.models import Opinion
from opinions.public_present import for_public
from opinions.states import State

DOTS = (30, 90, 150, 210)  # where the first four steps stand on the line of the lobby screen


@dataclass(frozen=True)
class Dot:
    """One step on the line of the lobby screen: `look` is on, now, late or off."""

    x: int
    look: str
    starts: int
    ends: int

    @property
    def top(self) -> str:
        """Return the path of the triangle that marks a late step."""
        return f"M{self.x} 6l14 25h-28z"


@dataclass(frozen=True)
class Row:
    """One matter, ready to be shown."""

    url: str
    title: str
    village: str
    unit: str
    sentence: str
    note: str
    five: present.Five
    due: present.Due
    seconds: int = 0

    @property
    def who(self) -> str:
        """Return who has it now."""
        return self.unit or "站点"

    @property
    def words(self) -> str:
        """Return the step in words, for reading aloud."""
        return present_words(self.five)

    @property
    def dots(self) -> list[Dot]:
        """Return the first four steps with the piece of line that follows each."""
        return [Dot(x, _look(number, self.five), x + 14, x + 46) for number, x in enumerate(DOTS, 1)]


def rows_of(opinions: Iterable[Opinion], at: datetime) -> list[Row]:
    """Return the rows of matters fetched with `with_list_columns`; no further statement."""
    return [_row(opinion, at) for opinion in opinions]


def present_words(five: present.Five) -> str:
    """Say where a matter stands on the five-step line."""
    if five.done:
        return "五步都走完了"
    names = ("收到", "受理", "办理", "答复", "评价")
    return f"第 {five.step} 步“{names[five.step - 1]}”，共 5 步" + ("，已超期" if five.late else "")


def _row(opinion: Opinion, at: datetime) -> Row:
    unit = opinion.lead_unit.short_name if opinion.lead_unit else ""
    shown = for_public(opinion)
    return Row(
        url=reverse("resident:matter", args=[opinion.station.code, opinion.pk]),
        seconds=opinion.seconds,
        title=opinion.title,
        village=opinion.region.short_name,
        unit=unit,
        sentence=_sentence(opinion, unit),
        note=_note(opinion, at),
        five=present.five(shown, at),
        due=present.due_chip(shown, at),
    )


def _sentence(opinion: Opinion, unit: str) -> str:
    who = unit or "站点"
    return {
        State.ACCEPTED: "站点受理了，正在找该办的单位",
        State.ASSIGNED: f"{who}在办",
        State.HANDLING: f"{who}在办",
        State.RETURN_REQUESTED: f"{who}申请退回，站点正在核",
        State.REPLIED: f"{who}答复了，站点正在核",
        State.FED_BACK: f"{who}答复了，等本人评价",
        State.TRACKING: f"{who}答应了，站点接着盯",
        State.CLOSED: f"{who}办的",
    }.get(State(opinion.state), opinion.get_state_display())


def _note(opinion: Opinion, at: datetime) -> str:
    """Return the line under the limit: the day itself, or what is waited for."""
    if opinion.state == State.CLOSED:
        return _how_it_ended(opinion)
    if opinion.state in (State.ASSIGNED, State.HANDLING) and opinion.reply_due_at:
        return day_words(opinion.reply_due_at) + ("到期" if opinion.reply_due_at <= at else "前答复")
    if opinion.state == State.TRACKING and opinion.promised_on:
        return f"承诺 {day_words(opinion.promised_on)}前办到"
    return {
        State.ACCEPTED: "站点在找单位",
        State.RETURN_REQUESTED: "站点在核",
        State.REPLIED: "已答复，站点在核",
        State.FED_BACK: "已答复，等评价",
    }.get(State(opinion.state), "站点在回头看")


def _how_it_ended(opinion: Opinion) -> str:
    rated = opinion.get_satisfaction_display() if opinion.satisfaction else "没有评"
    if opinion.closed_at is None:
        return rated
    days = WorkCalendar.load().between(local_date(opinion.created_at), local_date(opinion.closed_at))
    return f"{rated}，用了 {max(1, days)} 个工作日"


def _look(number: int, five: present.Five) -> str:
    if five.done or number < five.step:
        return "on"
    if number > five.step:
        return "off"
    return "late" if five.late else "now"
