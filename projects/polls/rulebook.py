"""The county's numbers for polls: what is in force, and the one way they are changed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import rules
from django.db import transaction

from accounts import audit
from core.turns import wait_turn
from core.workflow import BadInput, NotAllowed, WrongState
from projects.polls.models import PollRule
from stations.models import Region


@dataclass(frozen=True)
class Numbers:
    """The bar in per cent, the least number of voices that count, the working days to mend what people are not
    satisfied with.
    """

    bar: int = 80
    least: int = 10
    rectify_days: int = 20


BOUNDS = {"bar": (50, 100), "least": (1, 1000), "rectify_days": (1, 250)}
LABELS = {"bar": "满意率", "least": "至少几个人", "rectify_days": "整改几个工作日"}


def numbers_of(county: str) -> Numbers:
    """Return what is in force in a county: its own row, else the defaults."""
    row = PollRule.objects.filter(region_id=county[:6]).values(*BOUNDS).first()
    return Numbers(**row) if row else Numbers()


def change(region: Region, wanted: Numbers, *, seen: Numbers, actor: Any, at: datetime, ip: str = "") -> bool:
    """Put a county's numbers in force for polls opened from now on; False when nothing is different.

    Raises NotAllowed, BadInput, or WrongState when somebody changed them since the state `seen`.
    """
    if not rules.has_perm("projects.run_campaign", actor, region.pk):
        raise NotAllowed("这几个数由县人大代表工委来定。")
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(wanted, name) <= high:
            raise BadInput(f"请填 {low} 到 {high} 之间的数。", name)
    with transaction.atomic():
        wait_turn("poll_rule")
        before = numbers_of(region.pk)
        if before != seen:
            raise WrongState("刚刚有人改过。下面是现在的数，请看过再改。")
        if before == wanted:
            return False
        PollRule.objects.update_or_create(region=region, defaults=asdict(wanted))
        detail = {LABELS[name]: f"{getattr(before, name)} → {getattr(wanted, name)}" for name in BOUNDS}
        audit.record("poll_rule_changed", actor=actor, at=at, subject=f"region:{region.pk}", detail=detail, ip=ip)
    return True
