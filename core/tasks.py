"""Celery entry points of the core: no arguments but the clock, each calls one function."""

from celery import shared_task
from django.utils import timezone

from core import jobs


@shared_task
def forget_job_files() -> int:
    """Remove result files that nobody fetches any more."""
    return jobs.forget_files(timezone.now())
