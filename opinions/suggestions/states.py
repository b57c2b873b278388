"""The whole life of a formal suggestion on one page, as data. What is not listed is refused to everyone.

`docs/workflow.md` is checked against this file by a test.
"""

from django.db.models import TextChoices

from core.workflow import Table, Transition


class State(TextChoices):
    """Where a suggestion stands. The order is the order of the road."""

    DRAFT = "DRAFT", "起草"
    SUBMITTED = "SUBMITTED", "已提交"
    RETURNED = "RETURNED", "退回修改"
    ACCEPTED = "ACCEPTED", "已立案"
    ASSIGNED = "ASSIGNED", "已交办"
    REPLIED = "REPLIED", "已答复"
    CLOSED = "CLOSED", "办结"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Consent(TextChoices):
    """What a co-signer said."""

    ASKED = "ASKED", "等他回话"
    AGREED = "AGREED", "同意联名"
    REFUSED = "REFUSED", "不联名"


WRITABLE = (State.DRAFT, State.RETURNED)
BEFORE_ASSIGNMENT = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.ACCEPTED)
OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.ASSIGNED, State.REPLIED)
HELD = (State.ASSIGNED, State.REPLIED, State.CLOSED)  # a unit has it, or has had it to the end
NUMBERED = (State.ACCEPTED, *HELD)
PUBLIC = (State.SUBMITTED, State.RETURNED, *NUMBERED)  # the residents behind it may know of it
MOST_ROUNDS = 2


def _row(verb: str, sources: tuple[str, ...], targets: tuple[str, ...]) -> Transition:
    return Transition(verb, frozenset(map(str, sources)), frozenset(map(str, targets)))


TRANSITIONS = (
    _row("draft", ("",), (State.DRAFT,)),
    _row("write", WRITABLE, WRITABLE),
    _row("gather", WRITABLE, WRITABLE),
    _row("leave_out", WRITABLE, WRITABLE),
    _row("invite", WRITABLE, WRITABLE),
    _row("let_off", WRITABLE, WRITABLE),
    _row("answer_invitation", WRITABLE, WRITABLE),
    _row("submit", WRITABLE, (State.SUBMITTED,)),
    _row("send_back", (State.SUBMITTED,), (State.RETURNED,)),
    _row("accept", (State.SUBMITTED,), (State.ACCEPTED,)),
    _row("withdraw", BEFORE_ASSIGNMENT, (State.WITHDRAWN,)),
    _row("assign", (State.ACCEPTED,), (State.ASSIGNED,)),
    _row("request_extension", (State.ASSIGNED,), (State.ASSIGNED,)),
    _row("grant_extension", (State.ASSIGNED,), (State.ASSIGNED,)),
    _row("refuse_extension", (State.ASSIGNED,), (State.ASSIGNED,)),
    _row("reply", (State.ASSIGNED,), (State.REPLIED,)),
    _row("judge", (State.REPLIED,), (State.CLOSED, State.ASSIGNED)),
)
VERB_LABELS = {
    "draft": "起草",
    "write": "改稿",
    "gather": "加进事情",
    "leave_out": "去掉一件",
    "invite": "请人联名",
    "let_off": "不请了",
    "answer_invitation": "回复联名",
    "submit": "提交",
    "send_back": "退回修改",
    "accept": "立案",
    "withdraw": "撤回",
    "assign": "交办",
    "request_extension": "申请延期",
    "grant_extension": "同意延期",
    "refuse_extension": "不同意延期",
    "reply": "答复",
    "judge": "对答复的意见",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
