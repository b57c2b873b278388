"""Who sees which records of the service posts, and the questions their lists ask. Deny by default."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from duties.querysets import READS, is_known, stations_of
from opinions.posts.states import State


class PostRecordQuerySet(QuerySet):
    """Records of service posts."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of stations in sight; a representative sees those at which he served, and what he wrote."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(representative__user_id=user.pk) | Q(recorder_id=user.pk)
        return self.filter(condition) if condition else self.none()

    def standing(self) -> Self:
        """Keep what was not written by mistake."""
        return self.exclude(state=State.VOID)

    def due(self, day: date) -> Self:
        """Keep the mediations that somebody should ask about by `day`."""
        return self.filter(state=State.WAITING, follow_up_on__lte=day)
