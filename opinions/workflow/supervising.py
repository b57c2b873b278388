"""The verb by which a person ends a card (消号): with a reason that stays in the history. The cards of the clock are
raised in bulk by `opinions.supervision.raising`, and cleared by work in `Act.finish`.
"""

from datetime import datetime
from typing import Any

from core.workflow import WrongState
from opinions.models import Opinion
from opinions.supervision.levels import Cleared
from opinions.workflow.engine import act, required


def clear_card(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """End the open card of a matter for a reason. The matter, its dates and its lateness stay as they are."""
    with act("clear_card", opinion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么消号。", "reason")
        card = doing.opinion.cards.open().select_for_update().first()
        if card is None:
            raise WrongState("这件事现在没有亮牌，可能刚刚办到了或者别人消了号。")
        card.cleared_at, card.cleared_how = doing.at, Cleared.PERSON
        card.cleared_by, card.clear_reason = doing.user, reason
        card.save(update_fields=["cleared_at", "cleared_how", "cleared_by", "clear_reason"])
        doing.say("", f"{card.get_level_display()}消号：{reason}")
    return doing.opinion
