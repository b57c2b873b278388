"""Gentle limits on how often something may be done, counted in the shared cache; without it nobody is stopped."""

import hashlib
import logging
from collections.abc import Sequence

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
# A limit must never be the reason that nothing works.
_AWAY = (RedisError, ValueError, OSError, TypeError)


def is_allowed(name: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more and tell whether `who` stays within `most` in a window of `seconds`. Stores a hash, not `who`."""
    return count(name, who, seconds=seconds) <= most


def count(name: str, who: str, *, seconds: int) -> int:
    """Count one more and return how often it happened in the window; 0 when the cache is away."""
    return count_all([(name, who)], seconds=seconds)[0]


def count_all(those: Sequence[tuple[str, str]], *, seconds: int) -> list[int]:
    """Count one more of each (name, who) and return how often each happened, in one question to the cache."""
    keys = [cache.make_key(_key(name, who)) for name, who in those]
    try:
        line = cache.client.get_client(write=True).pipeline(transaction=False)  # type: ignore[attr-defined]
        for key in keys:
            line.set(key, 0, ex=seconds, nx=True)
            line.incr(key)
        return [int(number) for number in line.execute()[1::2]]
    except _AWAY:
        logger.warning("limit %s not counted: the cache is away", those[0][0])
        return [0] * len(those)


def spent(name: str, *those: str) -> list[int]:
    """Return how often it happened to each in the present window, without counting; zeros when the cache is away."""
    keys = [_key(name, who) for who in those]
    try:
        found = cache.get_many(keys)
        return [int(found.get(key) or 0) for key in keys]
    except _AWAY:
        return [0] * len(keys)


def is_first(name: str, what: str, *, seconds: int) -> bool:
    """Tell whether `what` is seen for the first time within `seconds`; True when the cache is away."""
    return count(name, what, seconds=seconds) <= 1


def caller(request: HttpRequest) -> str:
    """Return the caller's address as the web server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(name: str, who: str) -> str:
    return f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
