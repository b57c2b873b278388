"""The life of a livelihood project as data: states, the road, choices and the closed table of transitions.

What is not listed in TRANSITIONS is refused to everyone. `docs/workflow.md` is checked against this file by a test.
"""

from django.db.models import TextChoices

from core.workflow import Table, Transition


class State(TextChoices):
    """Where a project stands, from the first idea to the verdict; one row and one number all the way."""

    IDEA = "IDEA", "征集"
    POOLED = "POOLED", "入库"
    SCREENED = "SCREENED", "议定"
    LISTED = "LISTED", "提交政府"
    ADOPTED = "ADOPTED", "列入年度"
    BALLOTED = "BALLOTED", "票决通过"
    BUILDING = "BUILDING", "实施"
    COMPLETED = "COMPLETED", "完工"
    EVALUATED = "EVALUATED", "评议"
    RECTIFYING = "RECTIFYING", "整改"
    SHELVED = "SHELVED", "暂缓"
    MERGED = "MERGED", "已归并"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Source(TextChoices):
    """The door through which an idea came in."""

    RESIDENT = "RESIDENT", "群众手机提"
    PAPER = "PAPER", "纸质征集表"
    PHONE = "PHONE", "电话"
    POST = "POST", "征集岗当面"
    REPRESENTATIVE = "REPRESENTATIVE", "代表提"
    OPINION = "OPINION", "意见建议转来"
    LIST = "LIST", "年度清单"


# The whole road as a resident reads it: each stop with the states that stand there.
ROAD: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("征集", (State.IDEA,)),
    ("入库", (State.POOLED,)),
    ("议定", (State.SCREENED,)),
    ("提交政府", (State.LISTED,)),
    ("列入年度", (State.ADOPTED, State.BALLOTED)),
    ("实施", (State.BUILDING,)),
    ("完工", (State.COMPLETED, State.RECTIFYING)),
    ("评议", (State.EVALUATED,)),
)
ON_THE_LIST = (State.ADOPTED, State.BALLOTED, State.BUILDING, State.COMPLETED, State.RECTIFYING, State.EVALUATED)
PUBLISHED = (State.POOLED, State.SCREENED, State.LISTED, *ON_THE_LIST, State.SHELVED)  # while `pooled_at` is set
OPEN = (State.IDEA, State.POOLED)
SCREENED = (State.SCREENED, State.LISTED)
PLANNED = (State.ADOPTED, State.BALLOTED)  # on the yearly list, not begun
AT_WORK = (*PLANNED, State.BUILDING)
LOOKED_AT = (State.BUILDING, State.COMPLETED)
BY_STAFF = (Source.PAPER, Source.PHONE, Source.POST)


def _row(verb: str, sources: tuple[str, ...], targets: tuple[str, ...]) -> Transition:
    return Transition(verb, frozenset(map(str, sources)), frozenset(map(str, targets)))


TRANSITIONS = (
    _row("propose", ("",), (State.IDEA,)),
    _row("pool", (State.IDEA, State.SHELVED), (State.POOLED,)),
    _row("reword", (State.POOLED,), (State.POOLED,)),
    _row("shelve", (*OPEN, *SCREENED, *AT_WORK), (State.SHELVED,)),
    _row("merge", OPEN, (State.MERGED,)),
    _row("unmerge", (State.MERGED,), OPEN),
    _row("take_in", OPEN, OPEN),
    _row("let_go", (*OPEN, State.SHELVED), (*OPEN, State.SHELVED)),
    _row("second", (State.POOLED,), (State.POOLED,)),
    _row("withdraw", (State.IDEA,), (State.WITHDRAWN,)),
    _row("adopt", (State.LISTED,), (State.ADOPTED,)),
    _row("enrol", ("",), (State.ADOPTED,)),
    _row("ballot", (State.ADOPTED,), (State.ADOPTED, State.BALLOTED)),
    _row("start", PLANNED, (State.BUILDING,)),
    _row("report", (State.BUILDING,), (State.BUILDING,)),
    _row("change_plan", AT_WORK, AT_WORK),
    _row("inspect", LOOKED_AT, LOOKED_AT),
    _row("complete", (State.BUILDING,), (State.COMPLETED,)),
    _row("open_poll", (State.COMPLETED,), (State.COMPLETED,)),
    _row("hand_out", (State.COMPLETED,), (State.COMPLETED,)),
    _row("vote", (State.COMPLETED,), (State.COMPLETED,)),
    _row("evaluate", (State.COMPLETED,), (State.COMPLETED, State.EVALUATED, State.RECTIFYING)),
    _row("report_rectified", (State.RECTIFYING,), (State.COMPLETED,)),
    _row("recount", (State.RECTIFYING,), (State.RECTIFYING,)),
    _row("screen", (State.POOLED,), (State.SCREENED,)),
    _row("list", (State.SCREENED,), (State.LISTED,)),
    _row("reveal", tuple(State), tuple(State)),
)
VERB_LABELS = {
    "propose": "提出",
    "pool": "入库",
    "reword": "改公开的话",
    "shelve": "暂缓",
    "merge": "归并",
    "unmerge": "拆开",
    "take_in": "收进来",
    "let_go": "拆出去",
    "second": "附议",
    "withdraw": "撤回",
    "adopt": "列入年度",
    "enrol": "照年度清单列入",
    "ballot": "票决",
    "start": "开工",
    "report": "报进度",
    "change_plan": "改计划",
    "inspect": "视察",
    "complete": "完工",
    "open_poll": "请大家评",
    "hand_out": "印评议纸条",
    "vote": "评议",
    "evaluate": "结束评议",
    "report_rectified": "报整改",
    "recount": "重算整改期限",
    "screen": "议定",
    "list": "提交政府",
    "reveal": "看电话",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
