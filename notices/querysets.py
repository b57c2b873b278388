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
        """Somebody's own in-site notices; several that became one are that one."""
        return self.filter(user=user, channel=Channel.IN_SITE, merged_into=None)

    def unread(self) -> "NoticeQuerySet":
        """Not opened yet."""
        return self.filter(read_at__isnull=True)

    def parked(self) -> "NoticeQuerySet":
        """Given up after repeated failure; waiting for a person."""
        return self.filter(state=State.PARKED)

    def cared_for_by(self, user: User) -> "NoticeQuerySet":
        """Messages about the matters of his station, and of the regions he looks after; deny by default.

        A station's clerk sees of his region only what belongs to no station.
        """
        wanted = Q(pk__in=[])
        for prefix in user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF):
            wanted |= Q(region_code__startswith=prefix)
        for prefix in user.prefixes(Role.STATION_STAFF):
            wanted |= Q(region_code__startswith=prefix, station_code="")
        if user.station_codes:
            wanted |= Q(station_code__in=user.station_codes)
        return self.exclude(channel=Channel.IN_SITE).filter(wanted)

    def parked_visible_to(self, user: User) -> "NoticeQuerySet":
        """The parked ones of these."""
        return self.cared_for_by(user).parked()

    def due(self, at: datetime) -> "NoticeQuerySet":
        """Waiting, and allowed to be tried at `at`; no lower bound, so a late run catches up."""
        return self.filter(state=State.PENDING, next_try_at__lte=at, not_before__lte=at)

    def to_pass_on(self, at: datetime) -> "NoticeQuerySet":
        """In-site notices whose time has come to go out by other channels or to become one."""
        return self.filter(pass_on_at__lte=at)


class GroupRobotQuerySet(models.QuerySet):
    """Robots of WeCom groups."""

    def visible_to(self, user: User) -> "GroupRobotQuerySet":
        """Those of the regions whose county staff `user` is; deny by default."""
        wanted = Q(pk__in=[])
        for prefix in user.prefixes(Role.COUNTY_STAFF):
            wanted |= Q(region_code__startswith=prefix)
        return self.filter(wanted)
