"""Who sees which suggestions, and the questions its lists ask. Deny by default: what no line grants stays hidden."""

from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from accounts.models import Role
from opinions.suggestions.states import Consent, State
from stations.models import Service


class SuggestionQuerySet(QuerySet):
    """Filters over suggestions; each returns a queryset and writes nothing."""

    def visible_to(self, user: Any) -> "SuggestionQuerySet":
        """Cut to what this user may see: by region prefix, station, own hand or unit; a grid worker sees none."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        allowed = _by_region(user) | self._by_representative(user) | self._by_unit(user)
        if user.station_codes:
            allowed |= Q(station__code__in=user.station_codes)
        return self.filter(allowed) if allowed else self.none()

    def _by_representative(self, user: Any) -> Q:
        """His own, those he is asked to co-sign, and those of his stations; a colleague's draft stays his own."""
        if not user.has_role(Role.REPRESENTATIVE):
            return Q()
        signers = self.model._meta.get_field("cosigners").related_model
        asked = signers.objects.filter(suggestion_id=OuterRef("pk"), representative__user_id=user.pk)
        serving = Service.objects.of(user).values("station")
        of_stations = Q(station__in=serving) & ~Q(state__in=[State.DRAFT, State.WITHDRAWN])
        return Q(representative__user_id=user.pk) | Q(Exists(asked.exclude(answer=Consent.REFUSED))) | of_stations

    def _by_unit(self, user: Any) -> Q:
        if not user.unit_codes:
            return Q()
        charges = self.model._meta.get_field("charges").related_model
        return Q(Exists(charges.objects.filter(suggestion_id=OuterRef("pk"), unit__code__in=user.unit_codes)))

    def waiting_for_unit(self) -> "SuggestionQuerySet":
        """Keep those whose clock runs."""
        return self.filter(state=State.ASSIGNED)

    def late_first(self, today: date) -> "SuggestionQuerySet":
        """Order: missed limits, then running ones by date, then what waits for somebody else, newest first."""
        rank = Case(
            When(state=State.ASSIGNED, due_on__lt=today, then=Value(0)),
            When(state=State.ASSIGNED, then=Value(1)),
            When(state__in=[State.CLOSED, State.WITHDRAWN], then=Value(3)),
            default=Value(2),
            output_field=IntegerField(),
        )
        running = Case(When(state=State.ASSIGNED, then=F("due_on")))
        return self.annotate(rank=rank).order_by("rank", running.asc(nulls_last=True), "-changed_at", "-pk")


def _by_region(user: Any) -> Q:
    condition = Q()
    for role in (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER):
        for prefix in user.prefixes(role):
            condition |= Q(station__region__code__startswith=prefix)
    return condition
