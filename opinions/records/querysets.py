"""Whose record somebody sees, and of which stations. Deny by default."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role
from duties.querysets import READS, is_known, stations_of
from stations.models import Representative, Service


def people_for(user: Any) -> "QuerySet[Representative]":
    """The representatives whose record a user sees: who serves or served at a station in sight, and himself."""
    rows = Representative.objects.all()
    if not is_known(user):
        return rows.none()
    condition, where = Q(), stations_of(user, READS)
    if where:
        condition |= Q(Exists(Service.objects.filter(where, representative_id=OuterRef("pk"))))
    if user.has_role(Role.REPRESENTATIVE):
        condition |= Q(user_id=user.pk)
    return rows.filter(condition) if condition else rows.none()


def stations_for(user: Any, person: Representative) -> set[int] | None:
    """The stations whose part of a record a user sees; None for all of it: his own."""
    if person.user_id is not None and person.user_id == user.pk:
        return None
    where = stations_of(user, READS) if is_known(user) else Q()
    return set(Service.objects.filter(where).values_list("station_id", flat=True)) if where else set()


class DutyRecordQuerySet(QuerySet):
    """Additions by hand."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of stations in sight, and the user's own."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(representative__user_id=user.pk)
        return self.filter(condition) if condition else self.none()
