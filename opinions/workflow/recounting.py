"""The verb of the clock that moves dates when the calendar or the table of limits was changed (重算期限)."""

from datetime import datetime
from typing import Any

from core.workdays import day_words
from core.workflow import VerbError
from opinions.deadlines import Scheme
from opinions.models import Opinion
from opinions.recounting import CURRENT, Change, changes
from opinions.states import State, Step
from opinions.workflow.engine import Act, act

_SHOWN = {Step.REPLY: "答复的日子", Step.RATE: "评价的日子"}


def recount(opinion_id: int, *, actor: Any, at: datetime, why: str = "") -> Opinion:
    """Bring the running limits of a matter to what calendar and table say now; each move is a line of history.

    Raises VerbError where nothing is to be changed, so that doing it twice writes nothing twice.
    """
    with act("recount", opinion_id, actor, at) as doing:
        # Several units that help sign by the same date: it moves once.
        found = list(dict.fromkeys(changes(Scheme.present(), doing.at, opinion_id=opinion_id)))
        if not found:
            raise VerbError("这件事的期限不用重算。")
        for change in found:
            _move(doing, change)
        doing.opinion.is_provisional = doing.opinion.deadlines.filter(ended_at=None, is_provisional=True).exists()
        doing.say(_public(found, why), _internal(found, why))
    return doing.opinion


def _move(doing: Act, change: Change) -> None:
    if change.is_moved:
        doing.move_limit(
            change.step,
            change.due_at,
            working_days=change.working_days,
            is_provisional=change.is_provisional,
            is_current=CURRENT[State(doing.source)] == change.step,
        )
    else:
        running = doing.opinion.deadlines.filter(step=change.step, ended_at=None)
        running.update(is_provisional=change.is_provisional)


def _public(found: list[Change], why: str) -> str:
    moved = [change for change in found if change.is_moved and change.step in _SHOWN]
    said = [
        f"{_SHOWN[Step(change.step)]}从 {day_words(change.old_due_at)}改到 {day_words(change.due_at)}"
        for change in moved
    ]
    return f"{'，'.join(said)}。原因：{why or '放假安排有变'}" if said else ""


def _internal(found: list[Change], why: str) -> str:
    said = []
    for change in found:
        step = Step(change.step).label
        if change.is_moved:
            old, new = day_words(change.old_due_at), day_words(change.due_at)
            said.append(f"{step} {old} → {new}（{change.working_days} 个工作日）")
        else:
            said.append(f"{step} {day_words(change.due_at)}，{'暂定' if change.is_provisional else '定下来了'}")
    return f"重算期限：{'；'.join(said)}。{why}"
