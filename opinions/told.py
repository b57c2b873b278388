"""What a matter keeps of it when its resident was told by telephone because a message did not arrive."""

from datetime import datetime
from typing import Any

import rules

from notices import kinds
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State

# The messages that bring an answer: only these put the matter into the state of "told".
_ANSWERS = ("resident_fed_back", "resident_reminded")


def by_phone(key: str, kind: str, actor: Any, at: datetime) -> None:
    """Write the call into the matter's course, where it waits for a rating and the caller may say so; else nothing."""
    if kind not in _ANSWERS:
        return
    opinion = Opinion.objects.visible_to(actor).filter(pk=key, state=State.FED_BACK).first()
    if opinion is not None and rules.has_perm("opinions.feed_back_opinion", actor, opinion):
        workflow.feed_back(opinion.pk, actor=actor, at=at, how="短信没送到，打电话告诉的")


kinds.when_told("opinion", by_phone)
