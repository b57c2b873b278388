"""What was answered before to matters like this one, beside the form of whoever has to answer now. Reads only.

The handler's own units come first, then what he may see of others. Neither the person of the old matter nor his
telephone comes along: the text is meant to be taken over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from core.text import fold
from opinions.models import Opinion, Reply
from opinions.search import Words
from opinions.states import State
from stations.queries import keywords

MOST = 3
_READ = 8  # rows read for a few different texts: an answer given to many is one
_ALIKE = 60
_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


@dataclass(frozen=True)
class Past:
    """One earlier answer: its text without persons, and where it comes from."""

    reply: Reply
    text: str
    is_own: bool


def replies(user: Any, opinion: Opinion) -> list[Past]:
    """Return up to three different answers while the handler has to answer; nothing for anybody else."""
    if opinion.state != State.HANDLING or not user.unit_codes:
        return []
    return list(islice(_different(_found(user, opinion), user), MOST))


def _found(user: Any, opinion: Opinion) -> Iterator[Reply]:
    """Yield answers, the nearest first; what lies farther is only asked for when nearer ones do not suffice."""
    seen = Opinion.objects.visible_to(user)
    passed = Reply.objects.filter(verdict=Reply.Verdict.APPROVED, unit__isnull=False).exclude(opinion_id=opinion.pk)
    own = passed.filter(unit__code__in=user.unit_codes)
    others = passed.exclude(unit__code__in=user.unit_codes).filter(opinion__in=seen.values("pk"))
    if opinion.category_id is not None:
        yield from _newest(own.filter(opinion__category_id=opinion.category_id))
    alike = [pk for word in telling_words(opinion.body) for pk in _holding(seen, word)]
    if alike:
        yield from _newest(own.filter(opinion_id__in=alike))
    if opinion.category_id is not None:
        yield from _newest(others.filter(opinion__category_id=opinion.category_id))
    if alike:
        yield from _newest(others.filter(opinion_id__in=alike))


def _newest(rows: "QuerySet[Reply]") -> "QuerySet[Reply]":
    return rows.select_related("opinion", "rating", "unit").order_by("-created_at", "-id")[:_READ]


def _holding(seen: "QuerySet[Opinion]", word: str) -> list[int]:
    found = Words.read(word, ()).any(seen, _ALIKE)
    return list(found.values_list("pk", flat=True)[:_ALIKE])


def telling_words(body: str) -> list[str]:
    """Return the longest two of the categories' keywords that stand in a message: what it is about."""
    folded = fold(body)
    found = {word for _category, words in keywords() for word in words if len(word) > 1 and word in folded}
    return sorted(found, key=lambda word: (-len(word), word))[:2]


def _different(rows: Iterable[Reply], user: Any) -> Iterator[Past]:
    texts: set[str] = set()
    for reply in rows:
        text = without_person(reply.body, reply.opinion)
        if fold(text) in texts:
            continue
        texts.add(fold(text))
        yield Past(reply, text, reply.unit is not None and reply.unit.code in user.unit_codes)


def without_person(text: str, opinion: Opinion) -> str:
    """Take the resident's name and every mobile number out of an old answer."""
    if len(opinion.name) > 1:
        text = text.replace(opinion.name, "群众")
    return _MOBILE.sub("（电话）", text)
