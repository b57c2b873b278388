"""Celery entry points of the outbox; each calls one function."""

import time

from celery import shared_task
from django.utils import timezone

from notices.delivery import BATCH, deliver_due, purge
from notices.digest import gather

# A run ends after this long; the next one, at most a quarter of a minute later, goes on.
RUN_SECONDS = 45.0


@shared_task(name="notices.tasks.deliver", ignore_result=True)
def deliver() -> int:
    """Put together what waited for it, then deliver batch after batch until nothing is due; returns how many left."""
    began, sent = time.monotonic(), 0
    while gather(timezone.now()) and time.monotonic() - began < RUN_SECONDS:
        pass
    while time.monotonic() - began < RUN_SECONDS:
        done = deliver_due(timezone.now(), BATCH)
        sent += done.sent
        if done.is_idle:
            break
    return sent


@shared_task(name="notices.tasks.purge_old", ignore_result=True)
def purge_old() -> int:
    """Erase what is past its keeping time; returns how many rows changed."""
    return purge(timezone.now())
