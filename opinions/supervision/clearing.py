"""Clearing by work: a verb that did what a card asks for ends the card, and so does the end of the matter."""

from datetime import datetime

from opinions.models import SupervisionCard
from opinions.supervision.levels import ENDS, Cleared, steps_done_by


def clear_by_work(opinion_id: int, verb: str, state: str, at: datetime) -> None:
    """End the open card of a matter where this verb was the work it waits for; costs nothing for other verbs."""
    steps = steps_done_by(verb)
    if not steps and state not in ENDS:
        return
    cards = SupervisionCard.objects.open().filter(opinion_id=opinion_id)
    if state not in ENDS:
        cards = cards.filter(step__in=steps)
    cards.update(cleared_at=at, cleared_how=Cleared.WORK)
