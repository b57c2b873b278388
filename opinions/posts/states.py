"""The life of a record of a service post as data: states, the closed table of verbs, and what may be chosen in it."""

from django.db.models import TextChoices

from core.workflow import CREATION, Table, Transition


class State(TextChoices):
    """A record is done as soon as it is written; a mediation waits until somebody has asked whether it holds."""

    DONE = "DONE", "记好了"
    WAITING = "WAITING", "等回访"
    VOID = "VOID", "记错了"


class Result(TextChoices):
    """How a mediation ended."""

    AGREED = "AGREED", "谈拢了"
    NOT_AGREED = "NOT_AGREED", "没谈拢"


class FollowUp(TextChoices):
    """What was found when somebody asked again."""

    HOLDS = "HOLDS", "还管用"
    QUARREL = "QUARREL", "又起争执"


class Referral(TextChoices):
    """Where the law sends somebody on to."""

    LEGAL_AID = "LEGAL_AID", "法律援助中心"
    NOTARY = "NOTARY", "公证处"
    COURT = "COURT", "人民法院"
    ARBITRATION = "ARBITRATION", "劳动人事争议仲裁"
    JUSTICE_OFFICE = "JUSTICE_OFFICE", "司法所"
    POLICE = "POLICE", "派出所"
    OTHER = "OTHER", "别的地方"


_DONE, _WAITING = frozenset({State.DONE}), frozenset({State.WAITING})
_STANDS = _DONE | _WAITING
TRANSITIONS = (
    Transition("write", frozenset({CREATION}), _STANDS),
    Transition("follow_up", _WAITING, _STANDS),
    Transition("turn", _DONE, _DONE),
    Transition("turn", _WAITING, _WAITING),
    Transition("reveal", _DONE, _DONE),
    Transition("reveal", _WAITING, _WAITING),
    Transition("void", _STANDS, frozenset({State.VOID})),
)
VERB_LABELS = {
    "write": "记下",
    "follow_up": "回访",
    "turn": "转成意见",
    "reveal": "看姓名和电话",
    "void": "记错了",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
