"""Which notices somebody may see, and which are due."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Role, User
from notices.states import Channel, State

# Who looks after messages that could not be delivered.
CARETAKERS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)


class NoticeQuerySet(models.QuerySet):
    """Notices."""

    def inbox_of(self, user: User) -> "NoticeQuerySet":
        """Somebody's own in-site notices."""
        return self.filter(user=user, channel=Channel.IN_SITE)

    def unread(self) -> "NoticeQuerySet":
        """Not opened yet."""
        return self.filter(read_at__isnull=True)

    def parked(self) -> "NoticeQuerySet":
        """Given up after repeated failure; waiting for a person."""
        return self.filter(state=State.PARKED)

    def cared_for_by(self, user: User) -> "NoticeQuerySet":
        """Messages to people of the regions whose clerk or county staff `user` is; deny by default."""
        wanted = Q(pk__in=[])
        for prefix in user.prefixes(*CARETAKERS):
            wanted |= Q(region_code__startswith=prefix)
        return self.exclude(channel=Channel.IN_SITE).filter(wanted)

    def parked_visible_to(self, user: User) -> "NoticeQuerySet":
        """The parked ones of these."""
        return self.cared_for_by(user).parked()

    def due(self, at: datetime) -> "NoticeQuerySet":
        """Waiting, and allowed to be tried at `at`; no lower bound, so a late run catches up."""
        return self.filter(state=State.PENDING, next_try_at__lte=at, not_before__lte=at)
