"""What a matter was before a step that may be taken back: written with the step, read by `taking_back`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opinions.models import Deadline, HistoryEntry, Opinion, Undo

MAY_BE_TAKEN_BACK = frozenset({"accept", "decline", "assign", "merge"})
_COLUMNS = (
    "state", "kind", "category_id", "is_public", "title", "needs_county", "lead_unit_id", "merged_into_id",
    "is_provisional",
)  # fmt: skip
_MOMENTS = ("accepted_at", "assigned_at", "closed_at", "step_due_at", "reply_due_at")


@dataclass(frozen=True)
class Shape:
    """The columns a verb may change, and the limits that run."""

    columns: dict[str, Any]
    limits: list[int]


def shape_of(opinion: Opinion) -> Shape:
    """Return what the matter is now."""
    moments = {name: getattr(opinion, name) for name in _MOMENTS}
    columns = {name: getattr(opinion, name) for name in _COLUMNS}
    columns |= {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    running = Deadline.objects.filter(opinion=opinion, ended_at=None)
    return Shape(columns, list(running.values_list("pk", flat=True)))


def keep(shape: Shape, entry: HistoryEntry) -> None:
    """Keep the shape for as long as the step can be taken back; what was kept of an earlier step goes."""
    row = Undo(
        opinion_id=entry.opinion_id,
        entry=entry,
        verb=entry.verb,
        user_id=entry.actor_id,
        done_at=entry.at,
        before=shape.columns,
        limits=shape.limits,
    )
    changed = ["entry", "verb", "user", "done_at", "before", "limits"]
    Undo.objects.bulk_create([row], update_conflicts=True, unique_fields=["opinion"], update_fields=changed)


def put_back(opinion: Opinion, kept: Undo) -> None:
    """Give the matter's columns back what they were; nothing is written here."""
    for name in _COLUMNS:
        setattr(opinion, name, kept.before[name])
    for name in _MOMENTS:
        moment = kept.before[name]
        setattr(opinion, name, datetime.fromisoformat(moment) if moment else None)
