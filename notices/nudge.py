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


@dataclass
class _Health:
    failed_at: float | None = None


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
    """Hand the task to the broker; a broker that is away is logged and otherwise ignored."""
    if _health.failed_at is not None and time.monotonic() - _health.failed_at < PAUSE_SECONDS:
        return
    try:
        deliver.apply_async(retry=False, ignore_result=True, expires=60)
    except (OperationalError, OSError) as error:
        _health.failed_at = time.monotonic()
        log.warning("delivery not nudged, the periodic run will deliver: %s", type(error).__name__)
    else:
        _health.failed_at = None
