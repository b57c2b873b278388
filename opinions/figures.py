"""What the county counts, as conditions over opinions: the board's numbers and the lists behind them ask the same.

Each figure is taken over the matters received in a period, as they stand at a moment. A second round counts by its own
answer, because the first one did not help. 满意率 = (满意 + 基本满意) ÷ (满意 + 基本满意 + 不满意); silence is never
satisfaction, and the rate stands beside the participation and the share that was opened again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from opinions.models import Rating
from opinions.states import Outcome, Satisfaction

HAPPY = (Satisfaction.SATISFIED, Satisfaction.FAIR)


@dataclass(frozen=True)
class Figure:
    """A named set of opinions; `where` is its condition at a moment."""

    label: str
    where: Callable[[datetime], Q]


def _answered(at: datetime) -> Q:
    return Q(fed_back_at__isnull=False) | ~Q(satisfaction="") | Q(is_reopened=True)


def _unhappy(at: datetime) -> Q:
    """不满意 stays the resident's word while the next round runs, and when he is silent after it."""
    said = Rating.objects.filter(
        opinion_id=OuterRef("pk"), round=OuterRef("round") - 1, satisfaction=Satisfaction.DISSATISFIED
    )
    return Q(satisfaction=Satisfaction.DISSATISFIED) | Q(satisfaction="", is_reopened=True) & Q(Exists(said))


def _happy(at: datetime) -> Q:
    return Q(satisfaction__in=HAPPY)


def _in_time(at: datetime) -> Q:
    return Q(replied_at__lte=F("reply_due_at"))


def _late(at: datetime) -> Q:
    return Q(replied_at__gt=F("reply_due_at")) | Q(replied_at=None, reply_due_at__lte=at)


def _outcome(letter: str) -> Callable[[datetime], Q]:
    # A merged matter was handled once and told to many: the unit's work counts with the lead alone.
    return lambda at: Q(outcome=letter, lead_unit__isnull=False, merged_into=None)


FIGURES: Mapping[str, Figure] = {
    "due": Figure("到期该答的", lambda at: _in_time(at) | _late(at)),
    "in_time": Figure("按期答复的", _in_time),
    "late_reply": Figure("没按期答复的", _late),
    "answered": Figure("答复过的", _answered),
    "rated": Figure("评了的", lambda at: _happy(at) | _unhappy(at)),
    "happy": Figure("满意和基本满意的", _happy),
    "unhappy": Figure("不满意的", _unhappy),
    "reopened": Figure("重新办过的", lambda at: Q(is_reopened=True)),
    "seconded": Figure("有人附议的", lambda at: Q(seconds__gt=0)),
    "merged": Figure("并到别的事里的", lambda at: Q(merged_into__isnull=False)),
    "unsorted": Figure("还没分类的", lambda at: Q(category=None)),
    **{f"outcome_{letter}": Figure(f"单位答复：{Outcome(letter).label}", _outcome(letter)) for letter in "ABCD"},
}
