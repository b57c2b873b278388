"""Recounting all running limits in the background, with progress: after the table or the calendar was changed, and
every night, so that a new edition of the calendar library makes provisional dates firm by itself.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core import jobs
from core.models import Job
from core.workdays import WorkCalendar
from core.workflow import VerbError
from opinions import deadlines, workflow
from opinions.actors import SYSTEM
from opinions.deadlines import Scheme
from opinions.models import Opinion
from opinions.recounting import changes

KIND = "recount"
STEP = 25  # matters between two signs of life
logger = logging.getLogger(__name__)


def order(why: str, *, owner: Any, at: datetime, send: Callable[[int], Any]) -> Job:
    """Note that all limits are to be counted again because of `why`; handed to the worker after commit.

    Whoever changes `DeadlineRule` or `CalendarDay` calls this in the same transaction. A hand-over that the queue loses
    is repeated by `waiting`.
    """
    deadlines.forget()
    WorkCalendar.forget()
    job = jobs.queue(KIND, why[:120], owner=owner, at=at)
    transaction.on_commit(lambda: send(job.pk))
    return job


def waiting(at: datetime) -> "QuerySet[Job]":
    """Return orders that no worker has taken up."""
    return Job.objects.filter(kind=KIND, state=Job.State.QUEUED, created_at__lte=at)


def run(clock: Callable[[], datetime], job_id: int | None = None) -> int:
    """Count everything again and return how many matters moved. With a job: once, and with progress."""
    if job_id is not None and not jobs.start(job_id, at=clock()):
        return 0
    why = Job.objects.values_list("title", flat=True).get(pk=job_id) if job_id is not None else ""
    deadlines.forget()  # another process wrote the change
    WorkCalendar.forget()
    wanted = sorted({change.opinion_id for change in changes(Scheme.present(), clock())})
    moved = 0
    for number, opinion_id in enumerate(wanted, 1):
        moved += _recounted(opinion_id, clock(), why)
        if job_id is not None and (number % STEP == 0 or number == len(wanted)):
            jobs.advance(job_id, number, len(wanted), at=clock())
    if job_id is not None:
        jobs.finish(job_id, at=clock(), message=f"重算完了，{moved} 件事的日子改了，每件都记在办理记录里。")
    return moved


def _recounted(opinion_id: int, at: datetime, why: str) -> int:
    try:
        workflow.recount(opinion_id, actor=SYSTEM, at=at, why=why)
    except (VerbError, Opinion.DoesNotExist) as error:  # it moved on meanwhile
        logger.info("opinion %s not recounted: %s", opinion_id, type(error).__name__)
        return 0
    return 1
