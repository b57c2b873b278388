"""The end of a meeting: one result and one reason an item, all of them or none, carried out on the ideas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import audit
from core.text import tidy
from core.turns import wait_turn
from core.workflow import BadInput
from projects.council.engine import act
from projects.council.models import AgendaItem, Council
from projects.council.states import DECISIONS, QUESTIONS, Check, Result, State
from projects.states import State as IdeaState
from projects.workflow.engine import locked, needed
from projects.workflow.pooling import REASON, shelve
from projects.workflow.screening import enlist, screen


@dataclass(frozen=True)
class Decision:
    """What the meeting says of one item, and why."""

    result: str
    reason: str


def close(council_id: int, *, actor: Any, at: datetime, decisions: Mapping[int, Decision]) -> Council:
    """Close the meeting. Whatever idea went elsewhere meanwhile is closed as such; all others need a decision."""
    with act("close", council_id, actor, at) as council:
        wait_turn("merge_ideas")  # a grouping locks two ideas; the meeting locks them all
        items = {item.pk: item for item in council.items.order_by("idea_id")}
        if set(decisions) - set(items):
            raise BadInput("有一件不在这次会的议程上，请刷新页面再看。")
        for item in items.values():
            settle(council, item, decisions.get(item.pk), actor, at)
            item.save(update_fields=["result", "reason"])
        council.state, council.closed_at = State.CLOSED, at
        audit.record(
            "council_closed", actor=actor, at=at, subject=f"council:{council.pk}",
            detail={"what": council.title, "count": len(items)},
        )  # fmt: skip
    return council


def settle(council: Council, item: AgendaItem, decision: Decision | None, actor: Any, at: datetime) -> None:
    """Carry out the decision on one item."""
    idea = locked(item.idea_id)
    if not can_be_decided(council, idea.state):
        item.result = Result.GONE
        item.reason = f"会前另有安排，当时是“{idea.get_state_display()}”。"
        return
    if decision is None or decision.result not in DECISIONS:
        raise BadInput(f"“{idea.title}”还没有选结果。", f"result_{item.pk}")
    item.result = decision.result
    item.reason = needed(tidy(decision.reason), "请写明理由，大家看得到。", f"reason_{item.pk}", REASON)
    if item.result != Result.KEEP:
        shelve(idea.pk, actor=actor, at=at, reason=item.reason)
        return
    refusal = why_not_kept(item)
    if refusal:
        raise BadInput(refusal, f"result_{item.pk}")
    if idea.state == IdeaState.POOLED:
        screen(idea.pk, actor=actor, at=at, reason=item.reason, goes_on=council.is_of_county)
    if council.is_of_county:
        enlist(idea.pk, actor=actor, at=at, reason=item.reason)


def can_be_decided(council: Council, state: str) -> bool:
    """Tell whether an idea still waits for this meeting."""
    return state == IdeaState.POOLED or (council.is_of_county and state == IdeaState.SCREENED)


def why_not_kept(item: AgendaItem) -> str:
    """Return why the checklist keeps an item from being listed, "" where it does not."""
    answers = [(label, getattr(item, name)) for name, label in QUESTIONS]
    if not all(answer for _, answer in answers):
        return "三个条件还没有核对完，不能列入。先到这一件里核对。"
    bad = [label for label, answer in answers if answer == Check.NO]
    return f"核对条件时“{bad[0]}”答的是“不是”，不能列入。" if bad else ""
