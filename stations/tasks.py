"""Celery entry points of the stations: ids only, each calls one function."""

from celery import shared_task
from django.utils import timezone

from stations.prints.batch import make_zip


@shared_task(name="stations.tasks.print_codes", ignore_result=True)
def print_codes(job_id: int, code_ids: list[int], size: str, form: str) -> None:
    """Make the ZIP of a batch of prints."""
    make_zip(job_id, code_ids, size, form, timezone.now)
