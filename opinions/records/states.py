"""The five kinds of the duty list, and the life of an addition by hand."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class DutyKind(TextChoices):
    """What representatives do at a station (代表进站履职清单)."""

    RECEPTION = "RECEPTION", "接待选民"
    OUTREACH = "OUTREACH", "政策宣传"
    INSPECTION = "INSPECTION", "调研视察"
    SUGGESTION = "SUGGESTION", "建议办理"
    SERVICE = "SERVICE", "为民服务"


class State(TextChoices):
    """An addition waits for a second person, stands in the record, or does not."""

    PENDING = "PENDING", "等人核对"
    APPROVED = "APPROVED", "记进档案"
    REJECTED = "REJECTED", "没有记"


TRANSITIONS = (
    Transition("add", frozenset({CREATION}), frozenset({State.PENDING})),
    Transition("approve", frozenset({State.PENDING}), frozenset({State.APPROVED})),
    Transition("reject", frozenset({State.PENDING, State.APPROVED}), frozenset({State.REJECTED})),
)
VERB_LABELS = {"add": "补记", "approve": "核对无误", "reject": "不记"}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
