"""The matters behind a paper as evidence: what, where, how it stands, and counts. No person, no telephone, no words.

Whoever holds a receipt can rate, so a whole receipt is shown only to the offices that keep it; others read its start.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Role
from core.codes import spell
from opinions.models import FormalSuggestion, Opinion
from opinions.states import Outcome, State

KEEPS_RECEIPTS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
_SHOWN = 4


@dataclass(frozen=True)
class Item:
    """One matter of the table; `url` is empty for who does not see it."""

    pk: int
    title: str
    village: str
    category: str
    outcome: str
    receipt: str
    created_at: datetime
    people: int
    url: str


@dataclass(frozen=True)
class Evidence:
    """The table and what it adds up to."""

    items: Sequence[Item]
    people: int
    counts: Sequence[tuple[str, Sequence[tuple[str, int]]]]


def of(suggestion: FormalSuggestion, user: Any) -> Evidence:
    """Return the evidence as a user may read it; two statements, however many matters."""
    seen = set(
        Opinion.objects.visible_to(user).filter(suggested_in__suggestion=suggestion).values_list("pk", flat=True)
    )
    return _evidence(suggestion, seen, keeps=user.has_role(*KEEPS_RECEIPTS))


def on_paper(suggestion: FormalSuggestion) -> Evidence:
    """Return the evidence as it leaves the house: whoever prints it, no whole receipt is on it."""
    return _evidence(suggestion, set(), keeps=False)


def _evidence(suggestion: FormalSuggestion, seen: set[int], *, keeps: bool) -> Evidence:
    rows = Opinion.objects.filter(suggested_in__suggestion=suggestion).select_related("region", "category__parent")
    rows = rows.defer("body", "body_folded", "name", "phone").order_by("created_at", "pk")
    items = [_item(row, row.pk in seen, keeps) for row in rows]
    return Evidence(items, sum(item.people for item in items), _counts(items))


def _item(row: Opinion, is_seen: bool, keeps: bool) -> Item:
    return Item(
        pk=row.pk,
        title=row.title,
        village=row.region.short_name,
        category=row.category.path if row.category else "还没归类",
        outcome=Outcome(row.outcome).label if row.outcome else State(row.state).label,
        receipt=spell(row.receipt) if keeps else f"{row.receipt[:_SHOWN]}…",
        created_at=row.created_at,
        people=row.people,
        url=reverse("opinions:detail", args=[row.pk]) if is_seen else "",
    )


def _counts(items: Iterable[Item]) -> list[tuple[str, list[tuple[str, int]]]]:
    items = list(items)
    parts = (("按村和社区", "village"), ("按类别", "category"), ("办得怎么样", "outcome"))
    return [(label, Counter(getattr(item, name) for item in items).most_common()) for label, name in parts]
