"""How every verb runs: lock the fresh row, check state, then permission, then input; write row, history and notices
in one transaction. The verbs themselves are beside this file.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import rules
from django.db import transaction

from core.workflow import BadInput, NotAllowed, WrongState
from notices.outbox import Draft, post_many
from projects.models import IdeaLine, ProjectIdea
from projects.states import TABLE

YEARS = (2000, 2100)  # what a day typed by hand can mean; 0026 is a slip of the hand
STILL_WHILE_VOTED_ON = ("start", "shelve", "change_plan")


@dataclass
class Act:
    """One verb being carried out on one locked idea."""

    verb: str
    idea: ProjectIdea
    actor: Any
    at: datetime
    source: str
    target: str
    public: str = ""
    internal: str = ""
    notices: list[Draft] = field(default_factory=list)

    @property
    def user(self) -> Any:
        """Return the acting account, or None for the resident and the portal's own clock."""
        return self.actor if self.actor.pk else None

    def say(self, public: str = "", internal: str = "") -> None:
        """Set the history line: what the proposer reads, and what only colleagues read."""
        self.public, self.internal = public, internal

    def tell(self, drafts: Iterable[Draft]) -> None:
        """Add notices to be written with the verb."""
        self.notices.extend(drafts)

    def finish(self) -> None:
        """Write row, history line and notices; the caller's transaction makes them one."""
        TABLE.check_arrival(self.verb, self.source, self.target)
        self.idea.state = self.target
        self.idea.changed_at = self.at
        self.idea.save()
        self.write_line()
        post_many(self.notices)

    def write_line(self) -> None:
        """Append the line of this verb."""
        IdeaLine.objects.create(
            idea=self.idea,
            at=self.at,
            actor=self.user,
            actor_label=self.actor.label,
            verb=self.verb,
            from_state=self.source,
            to_state=self.target,
            public_text=self.public,
            internal_text=self.internal,
        )


@contextmanager
def act(verb: str, idea_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    """Lock the idea, check verb against state and actor, run the body, then write everything at once.

    Raises WrongState, NotAllowed, or what the body raises.
    """
    with transaction.atomic():
        idea = locked(idea_id)
        TABLE.check(verb, idea.state)
        permit(verb, actor, idea)
        _refuse_while_voted_on(verb, idea)
        doing = Act(verb, idea, actor, max(at, idea.changed_at), source=idea.state, target=idea.state)
        yield doing
        doing.finish()


def _refuse_while_voted_on(verb: str, idea: ProjectIdea) -> None:
    """What the representatives have before them stays as it is until they have decided."""
    if verb in STILL_WHILE_VOTED_ON and idea.ballot_items.filter(ballot__state="OPEN").exists():
        raise WrongState("这一件正在由代表票决，票决有了结果再办。")


def locked(idea_id: int) -> ProjectIdea:
    """Fetch the fresh row under a lock, with what permissions and texts need."""
    related = ("station", "opinion", "recorded_by")
    return ProjectIdea.objects.select_for_update(of=("self",)).select_related(*related).get(pk=idea_id)


def permit(verb: str, actor: Any, idea: ProjectIdea) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"projects.{verb}_idea", actor, idea):
        raise NotAllowed("这一步不归您办。")


def needed(text: str, sentence: str, name: str, most: int) -> str:
    """Return the trimmed text, or refuse with the sentence when it is empty, and where it is too long."""
    text = text.strip()
    if not text:
        raise BadInput(sentence, name)
    if len(text) > most:
        raise BadInput(f"写了 {len(text)} 个字，最多 {most} 个字。", name)
    return text


def in_years(day: date, sentence: str, name: str) -> date:
    """Return the day, or refuse with the sentence one whose year nobody can have meant."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise BadInput(sentence, name)
    return day
