"""The life of a screening council as data, and the choices that it works with.

What is not listed in TRANSITIONS is refused to everyone. `docs/workflow.md` is checked against this file by a test.
"""

from django.db.models import TextChoices

from core.workflow import Table, Transition


class State(TextChoices):
    """Where a meeting stands."""

    PREPARED = "PREPARED", "筹备"
    OPEN = "OPEN", "正在开"
    CLOSED = "CLOSED", "开完了"


class Check(TextChoices):
    """The answer to one question of the eligibility checklist."""

    YES = "YES", "是"
    NO = "NO", "不是"
    UNCLEAR = "UNCLEAR", "说不准"


class Result(TextChoices):
    """What the meeting decided of one item; GONE is written by the portal alone."""

    KEEP = "KEEP", "列入"
    LATER = "LATER", "缓办"
    NO = "NO", "不列"
    GONE = "GONE", "另有安排"


class Verdict(TextChoices):
    """What a unit says of an item."""

    YES = "YES", "可行"
    IF = "IF", "有条件可行"
    NO = "NO", "不可行"


DECISIONS = (Result.KEEP, Result.LATER, Result.NO)
QUESTIONS = (
    ("public_money", "该用公家的钱办吗"),
    ("benefits_many", "受益的人多吗"),
    ("within_year", "一年里办得完吗"),
)
# 5 is always the better end, so that the four can be added up: of the cost, 5 is the thriftiest.
MEASURES = (
    ("need", "需求", "1 不急，5 很急"),
    ("benefit", "受益", "1 人少，5 人多"),
    ("feasibility", "可行", "1 难办，5 好办"),
    ("cost", "花费", "1 费钱，5 省钱"),
)
LOWEST, HIGHEST = 1, 5
LIVE = (State.PREPARED, State.OPEN)


def _row(verb: str, sources: tuple[str, ...], targets: tuple[str, ...]) -> Transition:
    return Transition(verb, frozenset(map(str, sources)), frozenset(map(str, targets)))


TRANSITIONS = (
    _row("plan", ("",), (State.PREPARED,)),
    _row("change", LIVE, LIVE),
    _row("arrange", (State.PREPARED,), (State.PREPARED,)),
    _row("check", LIVE, LIVE),
    _row("ask", LIVE, LIVE),
    _row("answer", LIVE, LIVE),
    _row("open", (State.PREPARED,), (State.OPEN,)),
    _row("score", (State.OPEN,), (State.OPEN,)),
    _row("enter", (State.OPEN,), (State.OPEN,)),
    _row("close", (State.OPEN,), (State.CLOSED,)),
)
VERB_LABELS = {
    "plan": "筹备",
    "change": "修改",
    "arrange": "排议程",
    "check": "核对条件",
    "ask": "请单位说",
    "answer": "单位说",
    "open": "开会",
    "score": "打分",
    "enter": "登记纸质打分",
    "close": "公布结果",
}
TABLE = Table(TRANSITIONS, state_labels=dict(State.choices), verb_labels=VERB_LABELS)
