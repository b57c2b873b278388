"""What the clock does: remind unit and county a month and two weeks before the limit, on its day, when it is missed.

May run twice, late or in several processes: rows are locked, one held by another process is skipped, and each row
keeps the last stage it was told of. A run that comes late tells the present stage only, never the ones it missed.
"""

from datetime import datetime

from django.db import transaction

from core.workdays import local_date
from notices.outbox import Draft, post_many
from opinions.models import FormalSuggestion
from opinions.suggestions import deadlines, notify

MISSED = 4
BATCH = 500


def remind(at: datetime) -> int:
    """Tell of limits near and missed; return how many suggestions were told of."""
    horizon = deadlines.add_months(local_date(at), 1)
    told = 0
    while count := _batch(at, horizon):
        told += count
    return told


@transaction.atomic
def _batch(at: datetime, horizon: object) -> int:
    running = FormalSuggestion.objects.waiting_for_unit().filter(due_on__lte=horizon, reminded__lt=MISSED)
    rows = running.select_for_update(of=("self",), skip_locked=True).select_related("station", "lead_unit")
    drafts: list[Draft] = []
    told = []
    for row in rows.order_by("due_on", "pk"):
        stage = deadlines.stage(row.due_on, at) if row.due_on else 0
        if stage <= row.reminded:
            continue
        row.reminded = stage
        told.append(row)
        kind = "suggestion_overdue" if stage == MISSED else "suggestion_due_soon"
        users = [*notify.handlers(row), *notify.county(row)]
        drafts += notify.to_users(kind, row, users, at=at, tag=f"{row.due_on}:{stage}")
        if len(told) == BATCH:
            break
    FormalSuggestion.objects.bulk_update(told, ["reminded"])
    post_many(drafts)
    return len(told)
