"""The life of a reception as data: states and the closed table of verbs."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class State(TextChoices):
    """A reception goes on, is over, or did not take place after all."""

    OPEN = "OPEN", "正在接待"
    CLOSED = "CLOSED", "结束了"
    CANCELLED = "CANCELLED", "没有开"


_OPEN = frozenset({State.OPEN})
_CLOSED = frozenset({State.CLOSED})
TRANSITIONS = (
    Transition("open", frozenset({CREATION}), _OPEN),
    Transition("change", _OPEN, _OPEN),
    Transition("receive", _OPEN, _OPEN),
    Transition("receive_late", _CLOSED, _CLOSED),
    Transition("close", _OPEN, _CLOSED),
    Transition("reopen", _CLOSED, _OPEN),
    Transition("cancel", _OPEN, frozenset({State.CANCELLED})),
)
VERB_LABELS = {
    "open": "开始接待",
    "change": "改代表和地方",
    "receive": "接待一位",
    "receive_late": "补记一位",
    "close": "结束接待",
    "reopen": "接着接待",
    "cancel": "没有开",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
