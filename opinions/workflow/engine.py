"""How every verb runs: lock the fresh row, check state, then permission, then input; write row, limits, history and
notices in one transaction. The verbs themselves are beside this file.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rules
from django.core.files.base import ContentFile
from django.db import transaction

from core.uploads import PHOTO_MAX_COUNT, CleanPhoto
from core.workflow import BadInput, NotAllowed, VerbError
from notices.outbox import Draft, post_many
from opinions import deadlines
from opinions.models import Assignment, Deadline, HistoryEntry, Opinion, Photo
from opinions.states import TABLE, Step
from opinions.supervision.clearing import clear_by_work
from opinions.workflow.remembering import MAY_BE_TAKEN_BACK, Shape, keep, shape_of
from stations.models import Unit


def required(text: str, sentence: str, name: str) -> str:
    """Return the trimmed text, or refuse with the sentence when it is empty."""
    text = text.strip()
    if not text:
        raise BadInput(sentence, name)
    return text


@dataclass
class Act:
    """One verb being carried out on one locked opinion."""

    verb: str
    opinion: Opinion
    actor: Any
    at: datetime
    source: str
    target: str
    public: str = ""
    internal: str = ""
    photos: Sequence[CleanPhoto] = ()
    photos_public: bool = True
    notices: list[Draft] = field(default_factory=list)
    entry: HistoryEntry | None = None
    before: Shape | None = None

    @property
    def user(self) -> Any:
        """Return the acting account, or None for the resident and the clock."""
        return self.actor if self.actor.pk else None

    def say(self, public: str = "", internal: str = "") -> None:
        """Set the history line: what the resident reads, and what only staff read."""
        self.public, self.internal = public, internal

    def tell(self, drafts: Iterable[Draft]) -> None:
        """Add notices to be written with the verb."""
        self.notices.extend(drafts)

    def start(self, step: str, *, is_current: bool = True) -> datetime:
        """Start a limit counted in working days from now; `is_current` shows it as the matter's present limit."""
        opinion = self.opinion
        due = deadlines.due(step, self.at, kind=opinion.kind, category_id=opinion.category_id)
        if step == Step.REPLY:
            opinion.reply_due_at = due.due_at
        if is_current:
            opinion.step_due_at, opinion.is_provisional = due.due_at, due.is_provisional
        self.write_limit(step, due)
        return due.due_at

    def write_limit(self, step: str, due: deadlines.Due) -> None:
        """Store a counted limit as it starts."""
        self.limit(step, due).save(force_insert=True)

    def limit(self, step: str, due: deadlines.Due, unit: Unit | None = None) -> Deadline:
        """Return a counted limit as it starts, not yet written; `unit` where it is one unit's own."""
        return Deadline(
            opinion=self.opinion,
            step=step,
            unit=unit,
            round=self.opinion.round,
            started_at=self.at,
            working_days=due.working_days,
            due_at=due.due_at,
            is_provisional=due.is_provisional,
        )

    def start_promise(self, due_at: datetime, made_at: datetime) -> None:
        """Start the limit of a promise: it runs from the answer that made it to the named date, passed or not."""
        opinion = self.opinion
        opinion.step_due_at, opinion.is_provisional = due_at, False
        Deadline.objects.create(
            opinion=opinion, step=Step.PROMISE, round=opinion.round, started_at=made_at, due_at=due_at
        )

    def move_limit(
        self,
        step: str,
        due_at: datetime,
        *,
        working_days: int | None = None,
        is_provisional: bool = False,
        is_current: bool = True,
    ) -> None:
        """Move a running limit to another day: the one place where a date moves, and whoever calls says why in history.

        The reply's limit moves with every open assignment. What was told of the old date is told anew of the new one.
        """
        running = Deadline.objects.filter(opinion=self.opinion, step=step, ended_at=None)
        running.update(
            due_at=due_at,
            working_days=working_days,
            is_provisional=is_provisional,
            soon_told_at=None,
            late_told_at=None,
            red_told_at=None,
        )
        if step == Step.REPLY:
            self.opinion.reply_due_at = due_at
            Assignment.objects.filter(opinion=self.opinion, ended_at=None).update(due_at=due_at)
        if is_current:
            self.opinion.step_due_at, self.opinion.is_provisional = due_at, is_provisional

    def stop(self, *steps: str, at: datetime | None = None) -> None:
        """End running limits, at the moment the work was done."""
        Deadline.objects.filter(opinion=self.opinion, step__in=steps, ended_at=None).update(ended_at=at or self.at)

    def close(self, state: str) -> None:
        """Bring the matter to an end: nothing runs any more, no unit holds it."""
        self.target = state
        self.opinion.closed_at = self.at
        self.opinion.step_due_at = None
        self.end_assignments()
        Deadline.objects.filter(opinion=self.opinion, ended_at=None).update(ended_at=self.at)

    def end_assignments(self) -> None:
        """Take the matter out of the hands of every unit; nobody has to sign any more."""
        self.stop(Step.CO_SIGN)
        Assignment.objects.filter(opinion=self.opinion, ended_at=None).update(ended_at=self.at)

    def finish(self) -> None:
        """Write row, history line, photos and notices; the caller's transaction makes them one."""
        TABLE.check_arrival(self.verb, self.source, self.target)
        opinion = self.opinion
        opinion.state = self.target
        opinion.changed_at = self.at
        opinion.save()
        self.entry = write_history(self)
        if self.before is not None:
            keep(self.before, self.entry)
        clear_by_work(opinion.pk, self.verb, self.target, self.at)
        if self.photos:
            save_photos(opinion, self.photos, at=self.at, entry=self.entry, is_public=self.photos_public)
        post_many(self.notices)


def write_history(act: Act) -> HistoryEntry:
    """Append the line of this verb."""
    line = history_line(act)
    line.save(force_insert=True)
    return line


def history_line(act: Act) -> HistoryEntry:
    """Return the line of this verb, not yet written."""
    return HistoryEntry(
        opinion=act.opinion,
        at=act.at,
        actor=act.user,
        actor_label=act.actor.label,
        verb=act.verb,
        from_state=act.source,
        to_state=act.target,
        round=act.opinion.round,
        public_text=act.public,
        internal_text=act.internal,
    )


def save_photos(
    opinion: Opinion, photos: Sequence[CleanPhoto], *, at: datetime, entry: HistoryEntry | None, is_public: bool = True
) -> None:
    """Store re-encoded photos; when the row cannot be written the files are taken away again."""
    if len(photos) > PHOTO_MAX_COUNT:
        raise BadInput(f"照片最多 {PHOTO_MAX_COUNT} 张，您选了 {len(photos)} 张。", "photos")
    rows = [
        Photo(
            opinion=opinion,
            entry=entry,
            is_public=is_public,
            image=ContentFile(photo.jpeg, "photo.jpg"),
            thumb=ContentFile(photo.thumb, "thumb.jpg"),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            created_at=at,
        )
        for photo in photos
    ]
    keep_files(rows, "照片暂时存不下，请先不带照片送出，文字不会丢。")


def keep_files(rows: Sequence[Any], sentence: str) -> None:
    """Write rows of one model that carry files; when they cannot be written the files are taken away again.

    Raises VerbError with the sentence when the disk refuses.
    """
    try:
        type(rows[0]).objects.bulk_create(rows)
    except OSError as error:
        _take_away(rows)
        raise VerbError(sentence) from error
    except BaseException:
        _take_away(rows)
        raise


def _take_away(rows: Iterable[Any]) -> None:
    for row in rows:
        for stored in filter(None, (row.image, getattr(row, "thumb", None))):
            if stored.storage.exists(stored.name):  # names are drawn by chance: it is this row's own
                stored.storage.delete(stored.name)


@contextmanager
def act(verb: str, opinion_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    """Lock the opinion, check verb against state and actor, run the body, then write everything at once.

    Raises WrongState with a sentence that says who was faster, NotAllowed, or what the body raises.
    """
    with transaction.atomic():
        opinion = locked(opinion_id)
        TABLE.check(verb, opinion.state)
        permit(verb, actor, opinion)
        at = max(at, opinion.changed_at)
        doing = Act(verb, opinion, actor, at, source=opinion.state, target=opinion.state)
        if verb in MAY_BE_TAKEN_BACK and doing.user is not None:
            doing.before = shape_of(opinion)
        yield doing
        doing.finish()


def locked(opinion_id: int) -> Opinion:
    """Fetch the fresh row under a lock, with what permissions and texts need."""
    rows = Opinion.objects.select_for_update(of=("self",)).select_related("station", "lead_unit", "category")
    return rows.get(pk=opinion_id)


def permit(verb: str, actor: Any, target: Any) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"opinions.{verb}_opinion", actor, target):
        raise NotAllowed("这一步不归您办。")
