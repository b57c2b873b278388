"""Celery entry points of the loop: no arguments but the clock, each calls one function."""

from celery import shared_task
from django.utils import timezone

from opinions import sweeps


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
