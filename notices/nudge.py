"""Waking the delivery worker after commit. Never needed: the periodic run delivers what a nudge missed."""

import logging
import time
from dataclasses import dataclass

from django.db import transaction
from kombu.exceptions import OperationalError

from notices.tasks import deliver

log = logging.getLogger(__name__)

# After a failure no publish is tried for this long, so that a broker that is away costs one request, not each.
PAUSE_SECONDS = 10.0
# In a storm one run a second is asked for, not one for each message.
GATHER_SECONDS = 1.0


@dataclass
class _Health:
    failed_at: float | None = None
    next_run_at: float = float("-inf")


_health = _Health()


def nudge() -> None:
    """Ask for delivery once the present transaction is committed; once per transaction however often called."""
    connection = transaction.get_connection()
    if any(entry[1] is _publish for entry in connection.run_on_commit):
        return
    transaction.on_commit(_publish)


def is_failing() -> bool:
    """Did the last publish of this process fail? The readiness page shows it."""
    return _health.failed_at is not None


def _publish() -> None:
    """Hand the task to the broker; a broker that is away is logged and otherwise ignored.

    A run that is already asked for and has yet to begin will find this message as well.
    """
    now = time.monotonic()
    if _health.failed_at is not None and now - _health.failed_at < PAUSE_SECONDS or now < _health.next_run_at:
        return
    wait = max(0.0, _health.next_run_at + GATHER_SECONDS - now)
    _health.next_run_at = now + wait
    try:
        deliver.apply_async(countdown=wait or None, retry=False, ignore_result=True, expires=60)
    except (OperationalError, OSError) as error:
        _health.failed_at = time.monotonic()
        _health.next_run_at = float("-inf")
        log.warning("delivery not nudged, the periodic run will deliver: %s", type(error).__name__)
    else:
        _health.failed_at = None
