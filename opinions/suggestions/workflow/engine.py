"""How every verb on a suggestion runs: lock the fresh row, check state, then permission, then input; write row, history
line, lines in the matters behind it and notices in one transaction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import rules
from django.db import transaction

from core.workdays import local_date
from core.workflow import BadInput, NotAllowed
from notices.outbox import Draft, post_many
from opinions.models import FormalSuggestion
from opinions.suggestions import notify
from opinions.suggestions.models import SuggestionEntry
from opinions.suggestions.rules import is_station_staff
from opinions.suggestions.states import TABLE
from opinions.workflow.engine import required
from opinions.workflow.suggesting import note_suggestion

__all__ = ["Act", "act", "by_word_of_mouth", "locked", "permit", "required", "write_line"]


@dataclass
class Act:
    """One verb being carried out on one locked suggestion."""

    verb: str
    suggestion: FormalSuggestion
    actor: Any
    at: datetime
    source: str
    target: str
    text: str = ""
    notices: list[Draft] = field(default_factory=list)
    lines: list[tuple[list[int], str]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Return the day in Shanghai."""
        return local_date(self.at)

    def say(self, text: str) -> None:
        """Set the history line."""
        self.text = text

    def tell(self, kind: str, users: Iterable[int | None]) -> None:
        """Add notices for accounts; whoever did it needs no message about it."""
        others = [user for user in users if user != self.actor.pk]
        tag = f"{self.at:%s%f}"
        self.notices.extend(notify.to_users(kind, self.suggestion, others, at=self.at, tag=tag))

    def note(self, words: str, opinion_ids: Iterable[int] | None = None) -> None:
        """Let the residents behind the paper read a sentence on their own page."""
        ids = self.suggestion.matters.values_list("opinion_id", flat=True) if opinion_ids is None else opinion_ids
        self.lines.append((list(ids), words))

    def set_limit(self, due_on: date) -> None:
        """Set the limit: the one place where it moves. What was told of the old date is told anew of the new one."""
        self.suggestion.due_on, self.suggestion.reminded = due_on, 0

    def finish(self) -> None:
        """Write everything; the caller's transaction makes it one."""
        TABLE.check_arrival(self.verb, self.source, self.target)
        self.suggestion.state, self.suggestion.changed_at = self.target, self.at
        self.suggestion.save()
        write_line(self)
        for opinion_ids, words in self.lines:
            note_suggestion(opinion_ids, at=self.at, words=words)
        post_many(self.notices)


def write_line(act: Act) -> None:
    """Append the line of this verb."""
    SuggestionEntry.objects.create(
        suggestion=act.suggestion,
        at=act.at,
        actor=act.actor if act.actor.pk else None,
        actor_label=act.actor.label,
        verb=act.verb,
        from_state=act.source,
        to_state=act.target,
        round=act.suggestion.round,
        text=act.text,
    )


@contextmanager
def act(verb: str, suggestion_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    """Lock the suggestion, check verb against state and actor, run the body, then write everything at once."""
    with transaction.atomic():
        suggestion = locked(suggestion_id)
        TABLE.check(verb, suggestion.state)
        permit(verb, actor, suggestion)
        at = max(at, suggestion.changed_at)
        doing = Act(verb, suggestion, actor, at, source=suggestion.state, target=suggestion.state)
        yield doing
        doing.finish()


def locked(suggestion_id: int) -> FormalSuggestion:
    """Fetch the fresh row under a lock, with what permissions and texts need."""
    rows = FormalSuggestion.objects.select_for_update(of=("self",))
    return rows.select_related("station", "lead_unit", "representative").get(pk=suggestion_id)


def permit(verb: str, actor: Any, target: Any) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"opinions.{verb}_suggestion", actor, target):
        raise NotAllowed("这一步不归您办。")


def by_word_of_mouth(doing: Act, how: str) -> str:
    """Return how the representative said it where the station writes it down for him; "" when he does it himself.

    Raises BadInput when the station does not say how it knows.
    """
    if doing.suggestion.representative.user_id == doing.actor.pk or not is_station_staff(doing.actor, doing.suggestion):
        return ""
    how = how.strip()
    if not how:
        raise BadInput("请写明代表本人是怎么说的，比如“当面签了字”“打电话说的”。", "how")
    return how
