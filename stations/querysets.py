"""Who sees which regions, stations and codes. Deny by default."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role


class RegionQuerySet(QuerySet):
    """Questions about the region tree; "inside" is a prefix test on the code."""

    def inside(self, prefix: str) -> Self:
        """Keep the region of that code and everything under it."""
        return self.filter(code__startswith=prefix)

    def townships(self) -> Self:
        """Keep towns and streets."""
        return self.filter(level="township")

    def villages(self) -> Self:
        """Keep villages and communities."""
        return self.filter(level="village")


class StationQuerySet(QuerySet):
    """Questions about stations."""

    def active(self) -> Self:
        """Keep stations that are open to the public."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """Cut the rows to the stations this user works at, serves at or looks after; nobody by default."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        condition = Q()
        for prefix in user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER):
            condition |= Q(region__code__startswith=prefix)
        if user.station_codes:
            condition |= Q(code__in=user.station_codes)
        if user.has_role(Role.REPRESENTATIVE):
            serving = self.model._meta.get_field("services").related_model
            mine = serving.objects.of(user)
            condition |= Q(pk__in=mine.values("station_id"))
        for prefix in user.prefixes(Role.GRID_WORKER):
            condition |= Q(region_id__in=[prefix[:length] for length in (6, 9, 12)])
        return self.filter(condition) if condition else self.none()

    def for_region(self, code: str) -> Any:
        """Return the station nearest to a region: the village's own, else its town's, else None."""
        codes = [code[:length] for length in (12, 9, 6) if len(code) >= length]
        return self.active().filter(region_id__in=codes).order_by("-region_id").first()


class RepresentativeQuerySet(QuerySet):
    """Questions about representatives."""

    def serving(self, station: Any) -> Self:
        """Keep the active representatives who serve at a station now."""
        rows = self.filter(is_active=True, services__station=station, services__until=None)
        return rows.distinct().order_by("name")

    def serving_on(self, station: Any, day: date) -> Self:
        """Keep the active representatives who serve at a station on a day, by name."""
        since = Q(services__station=station, services__since__lte=day)
        until = Q(services__until=None) | Q(services__until__gt=day)
        return self.filter(since & until, is_active=True).distinct().order_by("name", "pk")


class ServiceQuerySet(QuerySet):
    """Questions about who serves where."""

    def of(self, user: Any) -> Self:
        """Keep the stations at which the representative behind an account serves now."""
        return self.filter(representative__user_id=user.pk, until=None)

    def places(self, length: int) -> set[str]:
        """Return the codes of the towns (9 signs) or counties (6) that the stations stand in; one statement."""
        return {code[:length] for code in self.values_list("station__region_id", flat=True)}


class EntryCodeQuerySet(QuerySet):
    """Questions about entry codes."""

    def live(self) -> Self:
        """Keep codes that still lead somewhere."""
        return self.filter(revoked_at=None)
