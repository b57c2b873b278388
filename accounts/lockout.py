"""How many tries are left and for how long somebody is locked out, read from django-axes' rows."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest


def minutes_left(request: HttpRequest, username: str, at: datetime) -> int:
    """Minutes until the lock opens by itself, at least 1."""
    wait = get_cool_off(request)
    latest = _attempts(request, username).order_by("-attempt_time").first()
    if wait is None or latest is None:
        return 1
    return max(1, math.ceil((latest.attempt_time + wait - at).total_seconds() / 60))


def tries_left(request: HttpRequest, username: str) -> int:
    """Tries left before the lock."""
    used = sum(_attempts(request, username).values_list("failures_since_start", flat=True))
    return max(0, settings.AXES_FAILURE_LIMIT - used)


def locked_among(usernames: Iterable[str], at: datetime) -> set[str]:
    """Which of `usernames` (lower case) are locked out from at least one place now. One query."""
    wait = get_cool_off()
    rows = AccessAttempt.objects.filter(
        username__in=list(usernames), failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    if wait is not None:
        rows = rows.filter(attempt_time__gt=at - wait)
    return set(rows.values_list("username", flat=True))


def _attempts(request: HttpRequest, username: str) -> Any:
    return AccessAttempt.objects.filter(username=username, ip_address=get_client_ip_address(request))
