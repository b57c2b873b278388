"""Who sees which rosters, shifts, swaps and days off. Deny by default: what no line grants stays hidden."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from duties.states import RosterState, ShiftState
from stations.models import Service
from stations.queries import ids_of_stations

KEEPS = (Role.TOWN_STAFF,)
READS = (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)


def is_known(user: Any) -> bool:
    """Whether somebody is signed in with an account in force."""
    return bool(getattr(user, "is_authenticated", False)) and user.is_active


def stations_of(user: Any, roles: tuple[str, ...], field: str = "station") -> Q:
    """The condition on the station: his own as station staff, or under a prefix of one of the roles."""
    condition = Q()
    for prefix in user.prefixes(*roles):
        condition |= Q(**{f"{field}__region__code__startswith": prefix})
    if user.station_codes:
        condition |= Q(**{f"{field}_id__in": ids_of_stations(user.station_codes)})
    return condition


def serving_at(user: Any) -> QuerySet:
    """The ids of the stations where this account's representative serves now."""
    return Service.objects.of(user).values("station_id")


class OfStationQuerySet(QuerySet):
    """Rows that belong to a station; the county and its leaders read them."""

    def visible_to(self, user: Any) -> Self:
        """Keep the rows of stations that this user works at or looks after; nobody by default."""
        condition = stations_of(user, READS) if is_known(user) else Q()
        return self.filter(condition) if condition else self.none()


class UnavailableQuerySet(QuerySet):
    """Days on which somebody cannot come: a matter between him and his station."""

    def visible_to(self, user: Any) -> Self:
        """Keep what station and town staff look after, and what is the user's own."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, KEEPS)
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(representative__user_id=user.pk)
        return self.filter(condition) if condition else self.none()

    def overlapping(self, first: date, last: date) -> Self:
        """Keep what touches the days from `first` to `last`."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class RosterQuerySet(QuerySet):
    """A month of a station."""

    def visible_to(self, user: Any) -> Self:
        """Keep the rosters of stations in sight; a representative sees those that are published where he serves."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(station__in=serving_at(user), state=RosterState.PUBLISHED)
        return self.filter(condition) if condition else self.none()


class ShiftQuerySet(QuerySet):
    """Duties."""

    def visible_to(self, user: Any) -> Self:
        """Keep the shifts of rosters in sight, and the user's own published ones wherever they are."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            published = Q(roster__state=RosterState.PUBLISHED)
            condition |= published & (Q(station__in=serving_at(user)) | Q(representative__user_id=user.pk))
        return self.filter(condition) if condition else self.none()

    def published(self) -> Self:
        """Keep what hangs on the wall."""
        return self.filter(roster__state=RosterState.PUBLISHED)

    def of(self, user: Any) -> Self:
        """Keep the published duties of this account's own representative."""
        return self.published().filter(representative__user_id=user.pk) if is_known(user) else self.none()

    def between(self, first: date, last: date) -> Self:
        """Keep the days from `first` to `last`, both included."""
        return self.filter(day__gte=first, day__lte=last)

    def ahead(self) -> Self:
        """Keep what is neither held nor missed."""
        return self.filter(state__in=[ShiftState.PLANNED, ShiftState.CONFIRMED])

    def gaps(self) -> Self:
        """Keep what nobody sits."""
        return self.filter(representative=None)

    def counted(self) -> Self:
        """Keep what counts as served: somebody has it, and it was not missed. A missed one counts for nobody."""
        return self.published().exclude(representative=None).exclude(state=ShiftState.ABSENT)


class SwapQuerySet(QuerySet):
    """Wishes to swap."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of stations in sight, and those that this user's representative asked or was asked."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS, "from_shift__station")
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(asker__user_id=user.pk) | Q(colleague__user_id=user.pk)
        return self.filter(condition) if condition else self.none()


class LineQuerySet(QuerySet):
    """The rosters' history."""

    def visible_to(self, user: Any) -> Self:
        """Keep the lines of the stations that the user works at or looks after: reasons stay inside the house."""
        condition = stations_of(user, KEEPS, "roster__station") if is_known(user) else Q()
        return self.filter(condition) if condition else self.none()
