"""Who sees which opinions, and the questions every list asks. Deny by default: what no line grants stays hidden."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role
from opinions.states import OPEN, State
from stations.models import Service, Station
from stations.queries import ids_of_stations


class OpinionQuerySet(QuerySet):
    """Filters over opinions; each returns a queryset and writes nothing."""

    def visible_to(self, user: Any) -> "OpinionQuerySet":
        """Cut the rows to what this user may see: by station, region prefix, unit, or own record; nobody by default."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        allowed = _by_region(user) | _by_station(user) | self._by_unit(user) | _by_own_hand(user)
        return self.filter(allowed) if allowed else self.none()

    def _by_unit(self, user: Any) -> Q:
        if not user.unit_codes:
            return Q()
        assignment = self.model._meta.get_field("assignments").related_model
        held = assignment.objects.filter(opinion_id=OuterRef("pk"), unit__code__in=user.unit_codes)
        return Q(Exists(held))

    def public(self) -> "OpinionQuerySet":
        """Keep what the station has published; what is merged into another matter is shown by that one."""
        return self.filter(is_public=True, merged_into=None).exclude(
            state__in=[State.SUBMITTED, State.WITHDRAWN, State.DECLINED]
        )

    def overdue(self, at: datetime) -> "OpinionQuerySet":
        """Keep open matters whose present limit passed at or before `at`; resident's silence is never lateness."""
        return self.filter(state__in=OPEN, step_due_at__lte=at).exclude(state=State.FED_BACK)

    def untold(self) -> "OpinionQuerySet":
        """Keep answered matters whose resident could not be told by message and must be rung or visited."""
        return self.filter(state=State.FED_BACK, told_at=None)

    def with_list_columns(self) -> "OpinionQuerySet":
        """Join what a list row shows, so that a page costs the same for 1 and 30 rows."""
        return self.select_related("station", "category__parent", "lead_unit", "region").defer(
            "name", "phone", "body_folded", "category__keywords", "category__parent__keywords"
        )


class BookPageQuerySet(QuerySet):
    """Filters over pages of the paper book."""

    def visible_to(self, user: Any) -> "BookPageQuerySet":
        """Cut to the pages a user may read. A photo shows everybody who wrote on the page with name and number:

        only the station, its town, and whoever photographed the page while he still records there.
        """
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        condition = Q()
        for prefix in user.prefixes(Role.TOWN_STAFF):
            condition |= Q(station__region__code__startswith=prefix)
        if user.station_codes:
            condition |= Q(station_id__in=ids_of_stations(user.station_codes))
        if user.has_role(Role.GRID_WORKER, Role.REPRESENTATIVE, Role.COUNTY_STAFF):
            condition |= Q(added_by_id=user.pk, station__in=Station.objects.visible_to(user))
        return self.filter(condition) if condition else self.none()


def _by_region(user: Any) -> Q:
    condition = Q()
    for role in (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER):
        for prefix in user.prefixes(role):
            condition |= Q(region__code__startswith=prefix)
    return condition


def _by_station(user: Any) -> Q:
    condition = Q()
    if user.station_codes:
        condition |= Q(station_id__in=ids_of_stations(user.station_codes))
    if user.has_role(Role.REPRESENTATIVE):
        serving = Service.objects.of(user)
        condition |= Q(station__in=serving.values("station")) & ~Q(state=State.WITHDRAWN)
    return condition


def _by_own_hand(user: Any) -> Q:
    return Q(recorded_by_id=user.pk) if user.has_role(Role.GRID_WORKER, Role.REPRESENTATIVE) else Q()
