"""Who sees which councils and which requests to units. Deny by default: what no line grants stays hidden."""

from typing import Any, Self

from django.db.models import Case, Count, Q, QuerySet, When

from accounts.models import Role
from projects.council.states import State
from stations.queries import ids_of_stations

OVER_PLACES = (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
_WAITS = Q(verdict="") & ~Q(item__council__state=State.CLOSED)


def _is_known(user: Any) -> bool:
    return bool(getattr(user, "is_authenticated", False)) and user.is_active


class CouncilQuerySet(QuerySet):
    """民生议事会."""

    def visible_to(self, user: Any) -> Self:
        """Keep what lies under a prefix or at a station of one's own, and what one is invited to once it has begun."""
        if not _is_known(user):
            return self.none()
        condition = Q()
        for prefix in user.prefixes(*OVER_PLACES):
            condition |= Q(region__code__startswith=prefix)
        if user.station_codes:
            condition |= Q(station_id__in=ids_of_stations(user.station_codes))
        if user.has_role(Role.REPRESENTATIVE):
            invited = self.model.objects.filter(seats__representative__user_id=user.pk).exclude(state=State.PREPARED)
            condition |= Q(pk__in=invited.order_by().values("pk"))
        return self.filter(condition) if condition else self.none()

    def waiting_for(self, user: Any) -> Self:
        """Keep the open councils to which a representative is invited."""
        return self.filter(state=State.OPEN, seats__representative__user_id=user.pk).order_by("day", "pk")

    def with_counts(self) -> Self:
        """Add how many items, invited, and what was listed, so that a page costs the same for 1 and 30 rows."""
        rows = self.select_related("station", "region")
        return rows.annotate(
            count=Count("items", distinct=True),
            people=Count("seats", distinct=True),
            kept=Count("items", filter=Q(items__result="KEEP"), distinct=True),
        )


class FeasibilityQuerySet(QuerySet):
    """What units were asked."""

    def visible_to(self, user: Any) -> Self:
        """Keep what one's own unit was asked; staff read the answers on the council's own pages."""
        if not _is_known(user) or not user.has_role(Role.UNIT_HANDLER):
            return self.none()
        return self.filter(unit__code__in=user.unit_codes)

    def waiting(self) -> Self:
        """Keep what still waits for an answer."""
        return self.filter(_WAITS)

    def the_waiting_first(self) -> Self:
        """Put what still waits for an answer before the rest, the newest first in both."""
        return self.order_by(Case(When(_WAITS, then=0), default=1), "-asked_at", "-pk")
