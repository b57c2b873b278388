"""Ideas that are probably about the same thing: pairs of characters in common, as the search of matters knows them.

A county has some thousands of ideas a year; the newest ones are compared one by one, which needs no index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import fold
from opinions.search import grams
from projects.models import ProjectIdea
from projects.states import OPEN, State

COMPARED = 600  # newest ideas that are looked at
MOST = 4
ENOUGH = 0.34  # of the shorter text's pairs
SHORTEST = 6  # characters that say something
_FILL = frozenset("的了是在有和也都就要请我你他们这那个一不，。、：；！？ ")


@dataclass(frozen=True)
class Like:
    """An idea that is like what was asked for, and how much."""

    idea: ProjectIdea
    share: float


def published_like(text: str, county: str) -> list[ProjectIdea]:
    """Return the pooled ideas of a county whose public words are like a text: what a resident may second instead."""
    rows = ProjectIdea.objects.filter(state=State.POOLED, region__code__startswith=county).select_related("region")
    newest = rows.order_by("-created_at", "-id").defer("body", "body_folded", "name", "phone")[:COMPARED]
    return _best(text, [(row, fold(f"{row.title} {row.summary}")) for row in newest])


def visible_like(user: Any, idea: ProjectIdea) -> list[ProjectIdea]:
    """Return the open ideas like this one that a colleague sees, for grouping."""
    rows = ProjectIdea.objects.visible_to(user).filter(state__in=OPEN, region__code__startswith=idea.region_id[:6])
    newest = rows.exclude(pk=idea.pk).select_related("region", "station").order_by("-created_at", "-id")
    kept = newest.defer("body", "name", "phone")[:COMPARED]
    return _best(idea.body, [(row, row.body_folded) for row in kept])


def _best(text: str, others: Sequence[tuple[ProjectIdea, str]]) -> list[ProjectIdea]:
    asked = _pairs(fold(text))
    if len(asked) < SHORTEST - 1:
        return []
    found = [Like(row, _share(asked, _pairs(words))) for row, words in others]
    near = sorted((one for one in found if one.share >= ENOUGH), key=lambda one: (-one.share, -one.idea.pk))
    return [one.idea for one in near[:MOST]]


def _pairs(folded: str) -> frozenset[int]:
    """Return the pairs of neighbouring characters that say something."""
    told = [part for part in "".join(" " if one in _FILL else one for one in folded).split() if len(part) > 1]
    return frozenset(pair for part in told for pair in grams(part))


def _share(left: frozenset[int], right: frozenset[int]) -> float:
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter else 0.0
