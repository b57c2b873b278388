"""The table of limits as the county edits it: its lines, its bounds, and the one way it is stored.

A line without a category counts for all; a category may have its own line for any of them. Storing writes an audit
line for each changed number and orders all running limits to be counted again.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import audit
from core.models import Job
from core.turns import wait_turn
from core.workflow import WrongState
from opinions import recount_runs
from opinions.deadlines import DEFAULT_DAYS, Rows
from opinions.models import DeadlineRule
from opinions.states import Kind, Step
from opinions.supervision.levels import Threshold
from stations.models import Category

_MOST = {Step.REPLY: 60, Step.LOOK_BACK: 30, Step.RATE: 30, Threshold.FOLLOW_UP: 60, Threshold.SUGGESTION: 3}
_MOST_ELSE = 10


@dataclass(frozen=True)
class Line:
    """One number of the table: what it is for, in words, its default and its bounds in working days, or in months."""

    step: str
    kind: str
    label: str
    hint: str
    default: int
    most: int

    @property
    def unit(self) -> str:
        """Return what is counted."""
        return "个月" if self.step == Threshold.SUGGESTION else "个工作日"

    @property
    def key(self) -> str:
        """Name the line in a form."""
        return f"{self.step}-{self.kind}" if self.kind else str(self.step)


_HINTS = {
    Step.ACCEPT: "收到留言后，站点要在几天内受理",
    Step.ASSIGN: "受理后几天内交给单位",
    Step.SIGN: "交办后单位几天内签收",
    Step.CO_SIGN: "交办后协办单位几天内签收",
    Step.REQUEST_RETURN: "交办后几天内可以申请退回",
    Step.REVIEW: "单位答复后，站点几天内审核",
    Step.RATE: "告诉群众后，几天内可以评价",
    Step.LOOK_BACK: "第二次不满意后，几天内回头看",
    Threshold.SOON: "答复、承诺到期前几天亮蓝牌",
    Threshold.RED: "超期满几天亮红牌、发督办单",
    Threshold.ORDER: "发督办单后几天内要回话",
    Threshold.INVITE: "评价到期前几天再请一次",
    Threshold.PRESS: "同一个人对同一件事，隔几天可以再催",
    Threshold.FOLLOW_UP: "矛盾化解岗谈完后，几天后问一声还管不管用",
    Threshold.SUGGESTION: "代表法：三个月内答复；延期最多到六个月，不在这里改",
}
_REPLY_HINT = "从交办那天起，几天内答复"


def lines() -> list[Line]:
    """Return the lines in the order of a matter's life; the reply's four kinds stand together."""
    found = []
    order = [*Step, *Threshold]
    for (step, kind), default in sorted(DEFAULT_DAYS.items(), key=lambda row: order.index(row[0][0])):
        if step == Step.REPLY:
            label, hint = f"答复（{Kind(kind).label}）", _REPLY_HINT
        else:
            label = Threshold(step).label if step in Threshold.values else Step(step).label
            hint = _HINTS[Step(step) if step in Step.values else Threshold(step)]
        found.append(Line(step, kind, label, hint, default, _MOST.get(step, _MOST_ELSE)))  # type: ignore[call-overload]
    return found


def by_key() -> Mapping[str, Line]:
    """Return the lines by their names in a form."""
    return {line.key: line for line in lines()}


def stored() -> dict[tuple[str, str, int | None], int]:
    """Return the rows of the table as they are in the database now."""
    rows = DeadlineRule.objects.values_list("step", "kind", "category_id", "working_days")
    return {(step, kind, category): days for step, kind, category, days in rows}


def fingerprint(rows: Rows) -> str:
    """Name a state of the table, so that two people who edit at once are noticed."""
    text = repr(sorted((step, kind, category or 0, days) for (step, kind, category), days in rows.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def store(wanted: Rows, *, seen: str, actor: Any, at: datetime, send: Callable[[int], Any], ip: str = "") -> Job | None:
    """Replace the table by `wanted`; return the order to count again, None when nothing is different.

    Raises WrongState when somebody has changed the table since the state named `seen`.
    """
    with transaction.atomic():
        wait_turn("deadline_table")
        before = stored()
        if fingerprint(before) != seen:
            raise WrongState("刚刚有人改过这张表。下面是现在的样子，请看过再改。")
        changed = [key for key in {**before, **wanted} if _days(before, key) != _days(wanted, key)]
        _write(before, wanted)
        if not changed:
            return None
        for key in changed:
            _note(key, before, wanted, actor, at, ip)
        return recount_runs.order("县里改了办理期限", owner=actor, at=at, send=send)


def _days(rows: Rows, key: tuple[str, str, int | None]) -> int | None:
    """Return what a line says: its row, its default, or for a category without a row nothing of its own."""
    step, kind, category = key
    return rows.get(key, DEFAULT_DAYS.get((step, kind)) if category is None else None)


def _write(before: Rows, wanted: Rows) -> None:
    gone = set(before) - set(wanted)
    for rule in DeadlineRule.objects.all():
        if (rule.step, rule.kind, rule.category_id) in gone:
            rule.delete()
    for (step, kind, category), days in wanted.items():
        if before.get((step, kind, category)) != days:
            own = Category.objects.get(pk=category) if category else None
            DeadlineRule.objects.update_or_create(step=step, kind=kind, category=own, defaults={"working_days": days})


def _note(key: tuple[str, str, int | None], before: Rows, wanted: Rows, actor: Any, at: datetime, ip: str) -> None:
    step, kind, category = key
    detail = {
        "step": by_key()[f"{step}-{kind}" if kind else step].label,
        "category": Category.objects.get(pk=category).path if category else "全部",
        "before": _days(before, key) or "没有单列",
        "working_days": _days(wanted, key) or "不再单列",
    }
    audit.record("deadline_rule_changed", actor=actor, at=at, subject="deadlines", detail=detail, ip=ip)
