"""County boards kept for a minute: whoever sees the same part of the county and asks the same is shown the same page,
with the moment at which it was counted. Without the cache every board is counted anew.

Kept are the filters and the numbers, never the frame with somebody's name. The key says what decides what is seen, and
nobody whose sight hangs on more than whole towns is given a kept board (`tally.sight_of`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zlib import compress, decompress

from django.core.cache import cache
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe

from core.workdays import local_date
from dashboards.county_scope import COUNTY_ROLES
from dashboards.tally import BY_REGION, sight_of

KEPT_SECONDS = 60
KNOWN = ("period", "town", "category", "sort")
FRESH = "fresh"  # in the address bar: count anew, and keep that
_BETWEEN = "\0"  # in no page
_LONGEST = 12  # characters of a value worth keeping


@dataclass(frozen=True)
class Drawn:
    """The two parts of the page that are the same for everybody who sees the same, and when they were counted."""

    at: datetime
    bar: SafeString
    main: SafeString


def key_of(user: Any, data: QueryDict, at: datetime) -> str:
    """Return the name of this board; "" for one that is not kept: odd words in the address, or a sight of one's own."""
    asked = [data.get(name, "") for name in KNOWN]
    if not {*KNOWN, FRESH}.issuperset(data) or any(len(value) > _LONGEST for value in asked) or sight_of(user) is None:
        return ""
    sees = sorted(user.prefixes(*BY_REGION)), sorted(user.prefixes(*COUNTY_ROLES))
    return f"county:{sha256(repr((sees, asked, local_date(at))).encode()).hexdigest()}"


def find(key: str, at: datetime) -> Drawn | None:
    """Return the kept board unless there is none or it is older than a minute, whatever the cache's clock says."""
    kept = cache.get(key) if key else None
    if not isinstance(kept, tuple):
        return None
    then, packed = kept
    if not timedelta() <= at - then <= timedelta(seconds=KEPT_SECONDS):
        return None
    bar, main = decompress(packed).decode().split(_BETWEEN)
    return Drawn(then, mark_safe(bar), mark_safe(main))  # noqa: S308 - drawn by our templates and kept by us


def keep(key: str, drawn: Drawn) -> None:
    """Keep a board under its name; nothing without a name."""
    if key:
        cache.set(key, (drawn.at, compress(_BETWEEN.join((drawn.bar, drawn.main)).encode(), 1)), KEPT_SECONDS)
