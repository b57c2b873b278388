"""The life of a ballot as data: states, what comes of a candidate, and the closed table of its verbs.

`docs/workflow.md` is checked against this file by a test.
"""

from django.db.models import TextChoices

from core.workflow import Table, Transition


class State(TextChoices):
    """Where a ballot stands."""

    OPEN = "OPEN", "正在票决"
    CLOSED = "CLOSED", "有结果了"
    CANCELLED = "CANCELLED", "取消了"


class Result(TextChoices):
    """What comes of a candidate."""

    PASSED = "PASSED", "通过"
    FAILED = "FAILED", "没有通过"
    TIED = "TIED", "票数相同，没有定下来"


def _row(verb: str, source: str, target: str) -> Transition:
    return Transition(verb, frozenset({source}), frozenset({target}))


TRANSITIONS = (
    _row("open", "", State.OPEN),
    _row("print", State.OPEN, State.OPEN),
    _row("vote", State.OPEN, State.OPEN),
    _row("enter", State.OPEN, State.OPEN),
    _row("discard", State.OPEN, State.OPEN),
    _row("close", State.OPEN, State.CLOSED),
    _row("cancel", State.OPEN, State.CANCELLED),
)
VERB_LABELS = {
    "open": "开始票决",
    "print": "印票",
    "vote": "投票",
    "enter": "登记纸票",
    "discard": "不计没对上的",
    "close": "公布票决结果",
    "cancel": "取消票决",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
