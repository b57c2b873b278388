"""Who sees the building of which projects. Deny by default: what no line grants stays hidden."""

from typing import Any, Self

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Role
from stations.models import Service

OVER_PLACES = (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)


class WorkQuerySet(QuerySet):
    """Projects being built."""

    def visible_to(self, user: Any) -> Self:
        """Keep what lies under a prefix or at one's station, where one serves, and what one's unit builds.

        These rows hold what everybody may read; a unit gets no further than here: neither words nor names of those who
        proposed it lie on these pages.
        """
        if not (getattr(user, "is_authenticated", False) and user.is_active):
            return self.none()
        condition = Q(pk__in=[])
        for prefix in user.prefixes(*OVER_PLACES):
            condition |= Q(idea__region__code__startswith=prefix)
        if user.station_codes:
            condition |= Q(idea__station__code__in=user.station_codes)
        if user.unit_codes:
            condition |= Q(unit__code__in=user.unit_codes)
        towns = Service.objects.of(user).places(9) if user.has_role(Role.REPRESENTATIVE) else ()
        for place in sorted(towns):
            condition |= Q(idea__region__code__startswith=place) | Q(idea__region_id=place[:6])
        return self.filter(condition)

    def with_list_columns(self) -> Self:
        """Join what a row shows, so that a page costs the same for 1 and 30 rows."""
        related = ("idea__region", "idea__station", "idea__category__parent", "unit")
        hidden = ("idea__name", "idea__phone", "idea__body", "idea__body_folded")
        return self.select_related(*related).defer(*hidden).prefetch_related(Prefetch("milestones"))

    def with_light_columns(self) -> Self:
        """Load what the light is reckoned from, and the funds: two statements however many rows."""
        return self.only("funds", "ends_on", "first_ends_on", "finished_on").prefetch_related("milestones")
