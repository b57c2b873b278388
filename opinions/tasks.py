"""Celery entry points of the loop: ids at most, each calls one function."""

from celery import shared_task
from django.utils import timezone

from core import jobs
from opinions import recount_runs, search, sweeps
from opinions.ledger import export, sheets
from opinions.suggestions import sweeps as suggestion_sweeps


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
def make_export(job_id: int) -> None:
    """Write an ordered export of the ledger."""
    export.run(job_id, timezone.now)


@shared_task
def carry_out_sheet(job_id: int) -> None:
    """Carry out an uploaded sheet."""
    sheets.run(job_id, timezone.now)


@shared_task
def resume_sheets() -> None:
    """Hand over again what the queue lost, and erase uploads that nobody carried out. Twice or late does no harm."""
    at = timezone.now()
    for job_id in export.lost(at):
        make_export.apply_async((job_id,), retry=False)
    for job_id in sheets.lost(at):
        carry_out_sheet.apply_async((job_id,), retry=False)
    sheets.erase_old(at)


@shared_task
def tidy_search() -> int:
    """Bring new matters' words to their places in the index, so that no message and no search has to wait for it."""
    return search.tidy_index()


@shared_task
def remind_suggestions() -> int:
    """Tell units and county of formal suggestions whose limit is near or missed."""
    return suggestion_sweeps.remind(timezone.now())
