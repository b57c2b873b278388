"""The ladder as data: levels, causes, how a card ends, the county's numbers, and which work clears which card."""

from collections.abc import Mapping

from django.db.models import IntegerChoices, TextChoices

from opinions.states import State, Step


class Level(IntegerChoices):
    """How serious: blue reminds, yellow tells the town, red makes a numbered 督办单 and tells the county."""

    BLUE = 1, "蓝牌"
    YELLOW = 2, "黄牌"
    RED = 3, "红牌"


class Cause(TextChoices):
    """Why a card was raised."""

    DUE_SOON = "DUE_SOON", "快到期"
    UNSIGNED = "UNSIGNED", "过了时限没签收"
    OVERDUE = "OVERDUE", "超期"
    RETURNED_TWICE = "RETURNED_TWICE", "第二次申请退回"
    LONG_OVERDUE = "LONG_OVERDUE", "超期多日"
    DISSATISFIED_TWICE = "DISSATISFIED_TWICE", "群众第二次不满意"
    PROMISE_MISSED = "PROMISE_MISSED", "承诺没有兑现"


class Cleared(TextChoices):
    """How a card ended: the work was done, a person cleared it with a reason, or a higher card took its place."""

    WORK = "WORK", "办到了"
    PERSON = "PERSON", "说明原因后消号"
    RAISED = "RAISED", "升级"


class Threshold(TextChoices):
    """Working days that the ladder, reminders, 催办 and follow-ups go by; edited in the table of the limits."""

    SOON = "SOON", "到期前几天提醒"
    RED = "RED", "超期几天转红牌"
    ORDER = "ORDER", "督办单几天内回话"
    INVITE = "INVITE", "评价到期前几天再请一次"
    PRESS = "PRESS", "催办后几天可以再催"
    FOLLOW_UP = "FOLLOW_UP", "调解后几天回访"
    SUGGESTION = "SUGGESTION", "代表建议几个月内答复"  # months, alone among them


# A card ends when one of these verbs was done after it was raised. A verb that only moves a date, gives the matter
# to another unit or puts it under another matter stands in no line.
WORK: Mapping[str, tuple[str, ...]] = {
    Step.ACCEPT: ("accept", "decline", "answer_on_spot", "share_answer"),
    Step.ASSIGN: ("assign", "answer_on_spot", "share_answer"),
    Step.SIGN: ("sign", "grant_return", "refuse_return", "share_answer"),
    Step.REPLY: ("approve_reply", "answer_on_spot", "share_answer"),
    Step.REVIEW: ("approve_reply", "reject_reply", "share_answer"),
    Step.PROMISE: ("fulfil", "share_answer"),
    Step.LOOK_BACK: ("look_back",),
    "": ("sign", "approve_reply", "answer_on_spot", "share_answer"),  # returned twice: a unit has taken it at last
}
ENDS = (State.CLOSED, State.DECLINED, State.WITHDRAWN)


def steps_done_by(verb: str) -> tuple[str, ...]:
    """Return the steps whose cards a verb clears."""
    return tuple(step for step, verbs in WORK.items() if verb in verbs)
