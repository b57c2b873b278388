"""The whole life of an opinion on one page, as data: states, groups, choices and the closed table of transitions.

What is not listed in TRANSITIONS is refused to everyone. `docs/workflow.md` is checked against this file by a test.
"""

from django.db.models import TextChoices

from core.workflow import Table, Transition


class State(TextChoices):
    """Where a matter stands. The order is the order of the road."""

    SUBMITTED = "SUBMITTED", "待受理"
    ACCEPTED = "ACCEPTED", "已受理"
    ASSIGNED = "ASSIGNED", "已交办"
    RETURN_REQUESTED = "RETURN_REQUESTED", "申请退回"
    HANDLING = "HANDLING", "办理中"
    REPLIED = "REPLIED", "待审核"
    FED_BACK = "FED_BACK", "待评价"
    TRACKING = "TRACKING", "跟踪落实"
    CLOSED = "CLOSED", "已办结"
    DECLINED = "DECLINED", "不予受理"
    MERGED = "MERGED", "已并案"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Kind(TextChoices):
    """Kind of matter; it sets the working days for the reply."""

    URGENT = "URGENT", "紧急"
    CONSULTATION = "CONSULTATION", "咨询"
    ORDINARY = "ORDINARY", "一般"
    COMPLEX = "COMPLEX", "复杂"


class Channel(TextChoices):
    """The door through which a matter came in."""

    QR = "QR", "扫码留言"
    WEB = "WEB", "网页留言"
    WINDOW = "WINDOW", "窗口"
    PHONE = "PHONE", "电话"
    RECEPTION = "RECEPTION", "选民接待"
    BOOK = "BOOK", "民情收集簿"
    VISIT = "VISIT", "走访"


class Outcome(TextChoices):
    """What came of it, in plain words; an answer is not yet a solution."""

    A = "A", "已解决"
    B = "B", "正在解决"
    C = "C", "列入计划"
    D = "D", "留作参考、暂无条件"


class Solved(TextChoices):
    """The resident's word on the result."""

    YES = "YES", "解决了"
    PARTLY = "PARTLY", "部分解决"
    ANSWER_ONLY = "ANSWER_ONLY", "只给了答复"
    NO = "NO", "没解决"


class Satisfaction(TextChoices):
    """The resident's rating."""

    SATISFIED = "SATISFIED", "满意"
    FAIR = "FAIR", "基本满意"
    DISSATISFIED = "DISSATISFIED", "不满意"


class Step(TextChoices):
    """A limit that runs: what must happen before the due date."""

    ACCEPT = "ACCEPT", "受理"
    ASSIGN = "ASSIGN", "交办"
    SIGN = "SIGN", "签收"
    CO_SIGN = "CO_SIGN", "协办签收"
    REQUEST_RETURN = "REQUEST_RETURN", "申请退回"
    REPLY = "REPLY", "答复"
    REVIEW = "REVIEW", "审核"
    RATE = "RATE", "评价"
    PROMISE = "PROMISE", "兑现承诺"
    LOOK_BACK = "LOOK_BACK", "回头看"


WAITING_STATION = (State.SUBMITTED, State.ACCEPTED, State.RETURN_REQUESTED, State.REPLIED)
WITH_UNIT = (State.ASSIGNED, State.RETURN_REQUESTED, State.HANDLING)
OPEN = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.ASSIGNED,
    State.RETURN_REQUESTED,
    State.HANDLING,
    State.REPLIED,
    State.FED_BACK,
    State.TRACKING,
)
BEFORE_ANSWER = OPEN[:6]
CLOSED = (State.CLOSED, State.DECLINED, State.MERGED, State.WITHDRAWN)
PROMISES = (Outcome.B, Outcome.C)
PRESSED = (State.ASSIGNED, State.HANDLING, State.TRACKING)  # a unit has something to do


def _row(verb: str, sources: tuple[str, ...], targets: tuple[str, ...]) -> Transition:
    return Transition(verb, frozenset(map(str, sources)), frozenset(map(str, targets)))


TRANSITIONS = (
    _row("submit", ("",), (State.SUBMITTED,)),
    _row("accept", (State.SUBMITTED,), (State.ACCEPTED,)),
    _row("decline", (State.SUBMITTED,), (State.DECLINED,)),
    _row("merge", (State.SUBMITTED, State.ACCEPTED), (State.MERGED,)),
    _row("unmerge", (State.MERGED,), (State.SUBMITTED, State.ACCEPTED)),
    _row("take_in", BEFORE_ANSWER, BEFORE_ANSWER),
    _row("let_go", BEFORE_ANSWER, BEFORE_ANSWER),
    _row("share_answer", (State.MERGED, State.TRACKING), (State.FED_BACK,)),
    _row("answer_on_spot", (State.SUBMITTED, State.ACCEPTED), (State.FED_BACK,)),
    _row("refer", (State.ACCEPTED,), (State.ACCEPTED,)),
    _row("assign", (State.ACCEPTED,), (State.ASSIGNED,)),
    _row("sign", (State.ASSIGNED,), (State.HANDLING,)),
    _row("co_sign", (State.ASSIGNED, State.HANDLING), (State.ASSIGNED, State.HANDLING)),
    _row("give_part", (State.ASSIGNED, State.HANDLING), (State.ASSIGNED, State.HANDLING)),
    _row("request_return", (State.ASSIGNED,), (State.RETURN_REQUESTED,)),
    _row("grant_return", (State.RETURN_REQUESTED,), (State.ACCEPTED,)),
    _row("refuse_return", (State.RETURN_REQUESTED,), (State.HANDLING,)),
    _row("report_progress", (State.HANDLING,), (State.HANDLING,)),
    _row("request_extension", (State.HANDLING,), (State.HANDLING,)),
    _row("grant_extension", (State.HANDLING,), (State.HANDLING,)),
    _row("refuse_extension", (State.HANDLING,), (State.HANDLING,)),
    _row("report_fulfilment", (State.TRACKING,), (State.TRACKING,)),
    _row("reply", (State.HANDLING,), (State.REPLIED,)),
    _row("approve_reply", (State.REPLIED,), (State.FED_BACK,)),
    _row("reject_reply", (State.REPLIED,), (State.HANDLING,)),
    _row("feed_back", (State.FED_BACK,), (State.FED_BACK,)),
    _row("miss", (State.FED_BACK,), (State.FED_BACK,)),
    _row("bounce", (State.FED_BACK,), (State.FED_BACK,)),
    _row("arrive", (State.FED_BACK,), (State.FED_BACK,)),
    _row("rate", (State.FED_BACK,), (State.CLOSED, State.TRACKING, State.ASSIGNED, State.ACCEPTED)),
    _row("close_unrated", (State.FED_BACK,), (State.CLOSED, State.TRACKING)),
    _row("move_promise", (State.TRACKING,), (State.TRACKING,)),
    _row("fulfil", (State.TRACKING,), (State.FED_BACK,)),
    _row("look_back", (State.TRACKING,), (State.CLOSED,)),
    _row("withdraw", (State.SUBMITTED, State.ACCEPTED), (State.WITHDRAWN,)),
    _row("add_words", OPEN, OPEN),
    _row("explain", OPEN, OPEN),
    _row("press", PRESSED, PRESSED),
    _row("visit", OPEN, OPEN),
    _row("recount", OPEN, OPEN),
    _row("supervise", OPEN, OPEN),
    _row("clear_card", (*OPEN, State.MERGED), (*OPEN, State.MERGED)),
    _row("reveal", tuple(State), tuple(State)),
    _row("suggest", tuple(State), tuple(State)),
    _row("reopen", (State.CLOSED,), (State.ASSIGNED,)),
    _row("take_back_accept", (State.ACCEPTED,), (State.SUBMITTED,)),
    _row("take_back_decline", (State.DECLINED,), (State.SUBMITTED,)),
    _row("take_back_assign", (State.ASSIGNED,), (State.ACCEPTED,)),
    _row("take_back_merge", (State.MERGED,), (State.SUBMITTED, State.ACCEPTED)),
)
VERB_LABELS = {
    "submit": "留言",
    "accept": "受理",
    "decline": "不予受理",
    "merge": "并案",
    "unmerge": "拆开",
    "take_in": "收进并案",
    "let_go": "拆出并案",
    "share_answer": "一并答复",
    "answer_on_spot": "当场答复",
    "refer": "提请县里交办",
    "assign": "交办",
    "sign": "签收",
    "co_sign": "协办签收",
    "give_part": "交协办意见",
    "request_return": "申请退回",
    "grant_return": "同意退回",
    "refuse_return": "不同意退回",
    "report_progress": "写进展",
    "request_extension": "申请延期",
    "grant_extension": "同意延期",
    "refuse_extension": "不同意延期",
    "report_fulfilment": "报告兑现",
    "reply": "答复",
    "approve_reply": "审核通过",
    "reject_reply": "退回补充",
    "feed_back": "告知",
    "miss": "没找到人",
    "bounce": "没送到",
    "arrive": "送到了",
    "rate": "评价",
    "close_unrated": "逾期未评办结",
    "move_promise": "改承诺日期",
    "fulfil": "确认兑现",
    "look_back": "回头看",
    "withdraw": "撤回",
    "add_words": "补充情况",
    "explain": "向群众说明",
    "press": "催办",
    "visit": "走访",
    "recount": "重算期限",
    "supervise": "督办",
    "clear_card": "消号",
    "reveal": "看电话",
    "suggest": "写进代表建议",
    "reopen": "重新办",
    "take_back_accept": "撤回受理",
    "take_back_decline": "撤回不予受理",
    "take_back_assign": "撤回交办",
    "take_back_merge": "撤回并案",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
