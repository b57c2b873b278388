"""What the clock does: tell of limits coming and missed, remind the resident, close what stayed unrated.

Every sweep may run twice, late or in several processes: rows are claimed with SKIP LOCKED, marked in the same
transaction as their notices, and there is no lower bound on how old a missed limit may be.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.workdays import WorkCalendar, end_of_day, local_date
from core.workflow import VerbError
from notices.outbox import Draft, post_many
from opinions import notify, workflow
from opinions.actors import SYSTEM
from opinions.models import Deadline, Opinion
from opinions.states import State, Step

Drafts = Callable[[Deadline, datetime], list[Draft]]
BATCH = 200
SOON_DAYS = 2
REMIND_DAYS = 3
UNIT_STEPS = (Step.SIGN, Step.REPLY)
logger = logging.getLogger(__name__)


def sweep_deadlines(at: datetime) -> int:
    """Tell whoever holds a matter that a limit was missed or comes within two working days; return limits told."""
    soon = end_of_day(WorkCalendar.load().count(local_date(at), SOON_DAYS).due)
    running = Deadline.objects.filter(ended_at=None).exclude(step=Step.RATE)
    late = _tell_all(running.filter(late_told_at=None, due_at__lte=at), at, "late_told_at", _late_drafts)
    coming = running.filter(soon_told_at=None, late_told_at=None, due_at__gt=at, due_at__lte=soon)
    return late + _tell_all(coming.filter(step__in=[Step.REPLY, Step.PROMISE]), at, "soon_told_at", _soon_drafts)


def remind_feedback(at: datetime) -> int:
    """Invite a second time to rate, three working days before the limit; return invitations written."""
    until = end_of_day(WorkCalendar.load().count(local_date(at), REMIND_DAYS).due)
    waiting = Deadline.objects.filter(ended_at=None, step=Step.RATE, soon_told_at=None, due_at__lte=until)
    return _tell_all(waiting, at, "soon_told_at", _reminder_drafts)


def close_unrated(at: datetime) -> int:
    """Close every answered matter whose limit to rate has passed; return how many."""
    due = Opinion.objects.filter(state=State.FED_BACK, step_due_at__lte=at).order_by("step_due_at")
    closed = 0
    for opinion_id in list(due.values_list("id", flat=True)):
        try:
            workflow.close_unrated(opinion_id, actor=SYSTEM, at=at)
            closed += 1
        except VerbError as error:
            logger.info("opinion %s not closed: %s", opinion_id, type(error).__name__)
    return closed


def _tell_all(rows: QuerySet, at: datetime, mark: str, drafts_of: Drafts) -> int:
    told = 0
    while batch := _tell_batch(rows, at, mark, drafts_of):
        told += batch
    return told


def _tell_batch(rows: QuerySet, at: datetime, mark: str, drafts_of: Drafts) -> int:
    with transaction.atomic():
        claimed = list(
            rows.select_related("opinion__station", "opinion__lead_unit")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at", "id")[:BATCH]
        )
        drafts = [draft for limit in claimed for draft in drafts_of(limit, at)]
        post_many(drafts)
        Deadline.objects.filter(pk__in=[limit.pk for limit in claimed]).update(**{mark: at})
    return len(claimed)


def _late_drafts(limit: Deadline, at: datetime) -> list[Draft]:
    opinion = limit.opinion
    kind = "opinion_unsigned" if limit.step == Step.SIGN else "opinion_overdue"
    if opinion.state == State.REPLIED and limit.step == Step.REPLY:
        return []
    told = [opinion.first_contact_id]
    if limit.step in UNIT_STEPS and opinion.lead_unit:
        told += notify.handlers_of(opinion.lead_unit.code)
    return notify.to_users(kind, opinion, told, at=at, tag=f"late:{limit.pk}")


def _soon_drafts(limit: Deadline, at: datetime) -> list[Draft]:
    opinion = limit.opinion
    told = notify.handlers_of(opinion.lead_unit.code) if opinion.lead_unit else [opinion.first_contact_id]
    return notify.to_users("opinion_due_soon", opinion, told, at=at, tag=f"soon:{limit.pk}")


def _reminder_drafts(limit: Deadline, at: datetime) -> list[Draft]:
    return notify.to_resident("resident_reminded", limit.opinion, at=at, tag=f"remind:{limit.pk}")
