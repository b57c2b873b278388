"""Who sees which commendations: the county all of its own, everybody those that are published."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from duties.commendations.states import State
from duties.querysets import is_known


class CommendationQuerySet(QuerySet):
    """Commendations."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of the county that the user works for or leads, drafts included; nobody else sees a draft."""
        if not is_known(user):
            return self.none()
        condition = Q()
        for prefix in user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER):
            condition |= Q(station__region__code__startswith=prefix)
        return self.filter(condition) if condition else self.none()

    def published(self) -> Self:
        """Keep what everybody may read."""
        return self.filter(state=State.PUBLISHED)
