"""Who sees which ballots at the desk. Deny by default; what everybody may read stands on the public page."""

from typing import Any, Self

from django.db.models import Count, Q, QuerySet

from accounts.models import Role


class BallotQuerySet(QuerySet):
    """票决."""

    def visible_to(self, user: Any) -> Self:
        """Keep the ballots of counties under a prefix of county staff and leaders."""
        condition = Q()
        if getattr(user, "is_authenticated", False) and user.is_active:
            for prefix in user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER):
                condition |= Q(region__code__startswith=prefix)
        return self.filter(condition) if condition else self.none()

    def with_counts(self) -> Self:
        """Add how many candidates there are and how many passed; a page costs the same for 1 and 30 rows."""
        rows = self.select_related("region").order_by("-opened_at", "-pk")
        return rows.annotate(candidates=Count("items"), passed=Count("items", filter=Q(items__result="PASSED")))
