"""Who sees which cards: whoever sees the matter, and holds an office that supervises or is supervised."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Role

SEES_CARDS = (Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.TOWN_STAFF, Role.STATION_STAFF, Role.UNIT_HANDLER)


class CardQuerySet(QuerySet):
    """Filters over cards; each returns a queryset and writes nothing."""

    def visible_to(self, user: Any) -> "CardQuerySet":
        """Cut to the cards of matters the user sees; nobody by default, no representative and no grid worker."""
        if not getattr(user, "is_authenticated", False) or not user.is_active or not user.has_role(*SEES_CARDS):
            return self.none()
        matters = self.model._meta.get_field("opinion").related_model
        return self.filter(opinion__in=matters.objects.visible_to(user).values("pk"))

    def open(self) -> "CardQuerySet":
        """Keep what nobody has cleared yet."""
        return self.filter(cleared_at=None)
