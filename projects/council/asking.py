"""What the units say of an item: asked by whoever runs the meeting, answered by the unit until the meeting closes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.text import tidy
from core.workflow import BadInput
from notices.outbox import post_many
from projects.council import notify
from projects.council.engine import act, item_of
from projects.council.models import FeasibilityOpinion
from projects.council.states import Verdict
from projects.workflow.engine import needed
from stations.models import Unit

WORDS, MOST_COST = 400, Decimal(1_000_000)  # characters; 万元


def ask(council_id: int, *, actor: Any, at: datetime, item_id: int, unit: Unit) -> FeasibilityOpinion:
    """Ask a unit, once an item; it is told."""
    with act("ask", council_id, actor, at) as council:
        item = item_of(council, item_id)
        if item.opinions.filter(unit=unit).exists():
            raise BadInput("这个单位已经请过了。", "unit")
        if not unit.is_active:
            raise BadInput("这个单位停用了，请另选一个。", "unit")
        item.council = council
        asked = FeasibilityOpinion.objects.create(item=item, unit=unit, asked_by=actor, asked_at=at)
        post_many(notify.to_unit(asked, at=at))
    return asked


def answer(
    opinion_id: int, *, actor: Any, at: datetime, verdict: str, words: str, cost: Decimal | None
) -> FeasibilityOpinion:
    """Say whether it can be done, why, and what it may cost. May be mended until the meeting closes."""
    asked = FeasibilityOpinion.objects.select_related("item__idea", "item__council__station", "unit").get(pk=opinion_id)
    with act("answer", asked.item.council_id, actor, at, asked):
        if verdict not in Verdict.values:
            raise BadInput("请选行不行。", "verdict")
        if cost is not None and not 0 <= cost < MOST_COST:
            raise BadInput("钱数写得不对，单位是万元。", "cost")
        asked.words = needed(tidy(words), "请写几句：为什么行，为什么不行，要什么条件。", "words", WORDS)
        asked.verdict, asked.cost, asked.answered_by, asked.answered_at = verdict, cost, actor, at
        asked.save()
        post_many(notify.to_asker(asked, at=at))
    return asked
