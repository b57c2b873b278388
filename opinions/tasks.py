"""Celery entry points of the loop: ids at most, each calls one function."""

from celery import shared_task
from django.utils import timezone

from core import jobs
from opinions import recount_runs, search, sweeps


@shared_task
def sweep_deadlines() -> int:
    """Tell of limits coming and missed."""
    return sweeps.sweep_deadlines(timezone.now())


@shared_task
def remind_feedback() -> int:
    """Invite residents a second time to rate."""
    return sweeps.remind_feedback(timezone.now())


@shared_task
def close_unrated() -> int:
    """Close what stayed unrated past its limit."""
    return sweeps.close_unrated(timezone.now())


@shared_task
def recount_limits(job_id: int | None = None) -> int:
    """Bring every running limit to what calendar and table say."""
    return recount_runs.run(timezone.now, job_id)


@shared_task
def resume_recounts() -> None:
    """Hand over again what the queue lost, and close what a worker left half done."""
    at = timezone.now()
    jobs.fail_interrupted(at)
    for job in recount_runs.waiting(at):
        recount_limits.apply_async((job.pk,), retry=False)


@shared_task
def tidy_search() -> int:
    """Bring new matters' words to their places in the index, so that no message and no search has to wait for it."""
    return search.tidy_index()
