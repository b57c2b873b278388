"""Celery entry points of the stations: ids only, each calls one function."""

from celery import shared_task
from django.utils import timezone

from core import jobs
from stations.prints.batch import lost, make_zip


@shared_task(name="stations.tasks.print_codes", ignore_result=True)
def print_codes(job_id: int, code_ids: list[int], size: str, form: str) -> None:
    """Make the ZIP of a batch of prints."""
    make_zip(job_id, code_ids, size, form, timezone.now)


@shared_task(name="stations.tasks.resume_prints", ignore_result=True)
def resume_prints() -> None:
    """Hand over again what the queue lost, and close what a worker left half done. Twice or late does no harm."""
    at = timezone.now()
    jobs.fail_interrupted(at)
    for order in lost(at):
        print_codes.apply_async((order.job_id, order.code_ids, order.size, order.form), retry=False)
