"""Who sees which campaigns and ideas. Deny by default: what no line grants stays hidden."""

from datetime import date
from typing import Any, Self

from django.db.models import Count, Q, QuerySet

from accounts.models import Role
from projects.states import ON_THE_LIST, PUBLISHED, State
from stations.models import Service
from stations.queries import ids_of_stations

OVER_PLACES = (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)


def _is_known(user: Any) -> bool:
    return bool(getattr(user, "is_authenticated", False)) and user.is_active


class CampaignQuerySet(QuerySet):
    """民生实事大家谈."""

    def running(self, day: date) -> Self:
        """Keep what takes ideas on a day, its first and last day included."""
        return self.filter(opens_on__lte=day, closes_on__gte=day).order_by("-year", "-id")

    def visible_to(self, user: Any) -> Self:
        """Keep the campaigns of counties under a prefix of county staff and leaders."""
        condition = Q()
        if _is_known(user):
            for prefix in user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER):
                condition |= Q(region__code__startswith=prefix)
        return self.filter(condition) if condition else self.none()


class IdeaQuerySet(QuerySet):
    """Ideas for projects."""

    def visible_to(self, user: Any) -> Self:
        """Keep what lies under a prefix, at a station of one's own, or where one serves; and what one wrote oneself."""
        if not _is_known(user):
            return self.none()
        condition = Q()
        for prefix in user.prefixes(*OVER_PLACES):
            condition |= Q(region__code__startswith=prefix)
        if user.station_codes:
            condition |= Q(station_id__in=ids_of_stations(user.station_codes))
        if user.has_role(Role.REPRESENTATIVE):
            serving = Service.objects.of(user)
            here = Q(station__in=serving.values("station")) & ~Q(state=State.WITHDRAWN)
            condition |= here | Q(recorded_by_id=user.pk)
        return self.filter(condition) if condition else self.none()

    def published(self) -> Self:
        """Keep what everybody may read: pooled, or pooled once and shelved since, standing by itself."""
        return self.filter(pooled_at__isnull=False, state__in=PUBLISHED)

    def on_the_list(self, year: int | None = None) -> Self:
        """Keep what stands on a yearly list, from its adoption to the verdict: of one year, or of all."""
        listed = self.filter(state__in=ON_THE_LIST)
        return listed if year is None else listed.filter(year=year)

    def with_list_columns(self) -> Self:
        """Join what a row shows and count the ideas taken in, so that a page costs the same for 1 and 30 rows."""
        rows = self.select_related("station", "region", "category__parent").defer("name", "phone", "body_folded")
        return rows.annotate(gathered=Count("followers"))
