"""Who sees which polls at the desk. Deny by default."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import Role
from stations.models import Service


class PollQuerySet(QuerySet):
    """Polls on finished projects."""

    def visible_to(self, user: Any) -> Self:
        """Keep the polls of projects that one sees; a representative also sees those of the county as a whole."""
        from projects.models import ProjectIdea  # noqa: PLC0415 - the models import this module

        seen = Q(idea__in=ProjectIdea.objects.visible_to(user))
        if getattr(user, "is_authenticated", False) and user.is_active and user.has_role(Role.REPRESENTATIVE):
            for county in Service.objects.of(user).places(6):
                seen |= Q(idea__station=None, idea__region__code__startswith=county)
        return self.filter(seen)

    def taking(self) -> Self:
        """Keep what is not closed yet."""
        return self.filter(closed_at=None)
