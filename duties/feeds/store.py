"""Secret addresses: made, shown to their owner, replaced, and found again. Nothing here says why one does not fit."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Role
from core.fields import keyed_hash
from core.workflow import NotAllowed
from duties.models import Feed
from duties.querysets import serving_at
from stations.models import Station

TOKEN_BYTES = 24  # 192 random bits
_PURPOSE = "duty-feed"


def stations_for(user: Any) -> Any:
    """The stations whose whole roster somebody may have in his calendar: where he works or serves, or in his town."""
    condition = Q(code__in=user.station_codes) | Q(pk__in=serving_at(user))
    for prefix in user.prefixes(Role.TOWN_STAFF):
        condition |= Q(region__code__startswith=prefix)
    return Station.objects.active().filter(condition).order_by("region_id", "id")


def may_have(user: Any, station: Station | None) -> bool:
    """Whether the account may read this feed now."""
    if station is None:
        return bool(user.has_role(Role.REPRESENTATIVE))
    return bool(stations_for(user).filter(pk=station.pk).exists())


def living(user: Any) -> dict[int | None, Feed]:
    """The account's feeds in force, by station; None is his own."""
    return {row.station_id: row for row in Feed.objects.filter(owner=user, revoked_at=None)}


def give(user: Any, station: Station | None, *, at: datetime) -> Feed:
    """Return the address in force, made now if there is none. Raises NotAllowed."""
    if not may_have(user, station):
        raise NotAllowed("这份日历不归您看。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    known, _is_new = Feed.objects.get_or_create(
        owner=user, station=station, revoked_at=None,
        defaults={"token": token, "token_hash": keyed_hash(token, _PURPOSE), "created_at": at},
    )  # fmt: skip
    return known


@transaction.atomic
def renew(feed: Feed, *, at: datetime) -> Feed:
    """End an address and make another; one that was ended already leaves the newer one as it is."""
    end(feed, at=at)
    return give(feed.owner, feed.station, at=at)


def end(feed: Feed, *, at: datetime) -> None:
    """Make an address dead from now on."""
    Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=at)


def find(token: str) -> Feed | None:
    """The feed of an address, None for whatever does not fit: unknown, replaced, or no longer its owner's to read."""
    wanted = keyed_hash(token, _PURPOSE)
    rows = Feed.objects.filter(token_hash=wanted, revoked_at=None, owner__is_active=True).defer("token")
    found = rows.select_related("owner", "station").first() if wanted else None
    return found if found is not None and may_have(found.owner, found.station) else None
