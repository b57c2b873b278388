"""Who sees which themes and notes. The theme of a county is no secret at the desk."""

from datetime import date
from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from duties.querysets import READS, is_known, serving_at, stations_of
from duties.themes.states import NoteState, ThemeState


class ThemeQuerySet(QuerySet):
    """Themes of months."""

    def visible_to(self, user: Any) -> Self:
        """Keep the counties' themes, which are everybody's on the desk, and those of stations in sight."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            condition |= Q(station__in=serving_at(user))
        return self.filter(condition | Q(station=None)) if condition else self.none()

    def in_force(self) -> Self:
        """Keep those that count."""
        return self.filter(state=ThemeState.SET)


class NoteQuerySet(QuerySet):
    """Notes of what was done."""

    def visible_to(self, user: Any) -> Self:
        """Keep those of stations in sight; a representative sees those where he serves, and those that name him."""
        if not is_known(user):
            return self.none()
        condition = stations_of(user, READS)
        if user.has_role(Role.REPRESENTATIVE):
            named = self.model.representatives.through.objects.filter(representative__user_id=user.pk)
            condition |= Q(station__in=serving_at(user)) | Q(pk__in=named.values("themenote_id"))
        return self.filter(condition) if condition else self.none()

    def standing(self) -> Self:
        """Keep what was not struck out."""
        return self.filter(state=NoteState.STANDS)

    def between(self, first: date, last: date) -> Self:
        """Keep the days from `first` to `last`, both included."""
        return self.filter(day__gte=first, day__lte=last)
