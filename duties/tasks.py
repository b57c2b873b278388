"""Celery entry points of the rosters; each calls one function."""

from celery import shared_task
from django.utils import timezone

from duties import reminders


@shared_task
def remind() -> int:
    """Remind of tomorrow's and today's duties."""
    return reminders.remind(timezone.now())
