"""How cards are shown: the counts by colour, a card in words, and what a matter's own page says. Reads only."""

from datetime import datetime
from typing import Any

import rules
from django.db.models import Count, Q, QuerySet

from core.workdays import WorkCalendar, local_date
from opinions.models import Opinion, SupervisionCard
from opinions.supervision.levels import Level


def standing(seen: "QuerySet[Any]") -> list[tuple[int, str, int]]:
    """Return for each colour, red first, how many cards stand; one statement."""
    counts = seen.filter(cleared_at=None).aggregate(
        **{f"n_{level.value}": Count("pk", filter=Q(level=level)) for level in Level}
    )
    return [(level.value, level.label, counts[f"n_{level.value}"]) for level in reversed(Level)]


def prepared(card: SupervisionCard, at: datetime) -> dict[str, Any]:
    """Return a card with its words: who is responsible, and since when it stands, in working days."""
    until = card.cleared_at or at
    days = WorkCalendar.load().between(local_date(card.raised_at), local_date(until))
    return {"card": card, "who": card.unit.short_name if card.unit else card.opinion.station.name, "days": days}


def of_matter(user: Any, opinion: Opinion, at: datetime) -> dict[str, Any]:
    """Return what the matter's page shows: the open card, the earlier ones, and whether the user may clear."""
    if not rules.has_perm("opinions.see_cards", user):
        return {"card": None, "earlier_cards": []}
    cards = list(opinion.cards.select_related("unit", "cleared_by", "opinion__station").order_by("-pk"))
    return {
        "card": next((prepared(card, at) for card in cards if card.is_open), None),
        "earlier_cards": [card for card in cards if not card.is_open],
        "may_clear": rules.has_perm("opinions.clear_card_opinion", user, opinion),
    }
