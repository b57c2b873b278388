"""Gentle limits on how often something may be done, counted in the cache; without the cache nobody is stopped."""

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def is_allowed(name: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more and tell whether `who` stays within `most` in a window of `seconds`. Stores a hash, not `who`."""
    key = f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
    try:
        cache.add(key, 0, seconds)
        count = cache.incr(key)  # None when the cache is away and the client hides it
        return count is None or count <= most
    except (RedisError, ValueError, OSError):  # a limit must never be the reason that nothing works
        logger.warning("limit %s not counted: the cache is away", name)
        return True


def caller(request: HttpRequest) -> str:
    """Return the caller's address as the web server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))
