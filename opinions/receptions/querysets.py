"""Who sees which receptions. Deny by default: what no line grants stays hidden."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from duties.querysets import READS, is_known, serving_at, stations_of


class ReceptionQuerySet(QuerySet):
    """Reception days."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of stations in sight; a representative sees those where he serves, and those he was at."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            mine = self.model.people.through.objects.filter(representative__user_id=user.pk).values("reception_id")
            condition |= Q(station__in=serving_at(user)) | Q(pk__in=mine)
        return self.filter(condition) if condition else self.none()
