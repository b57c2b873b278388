"""Celery entry points of the projects; each calls one function."""

from celery import shared_task
from django.utils import timezone

from projects.polls import sweeps
from projects.works import reminders
from projects.yearly import importing


@shared_task
def remind() -> int:
    """Ask for the month's reports, tell of milestones that come or slipped."""
    return reminders.remind(timezone.now())


@shared_task
def erase_old_lists() -> int:
    """Erase uploads of yearly lists that nobody carried out within a day."""
    return importing.erase_old(timezone.now())


@shared_task
def sweep_polls() -> int:
    """Close polls that have ended, tell of what must be mended, ask representatives who have not spoken."""
    return sweeps.sweep(timezone.now())
