"""Celery entry points of the projects; each calls one function."""

from celery import shared_task
from django.utils import timezone

from projects.works import reminders


@shared_task
def remind() -> int:
    """Ask for the month's reports, tell of milestones that come or slipped."""
    return reminders.remind(timezone.now())
