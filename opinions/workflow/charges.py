"""Which unit holds a matter in which part, and who decides on what it asks. Reads only."""

from typing import Any

from django.db.models import QuerySet

from opinions.models import Assignment, Opinion


def open_lead(opinion: Opinion) -> "QuerySet[Assignment]":
    """Return the open lead assignment as a queryset of at most one row."""
    return opinion.assignments.filter(role=Assignment.Part.LEAD, ended_at=None)


def deciders(opinion: Opinion) -> list[int]:
    """Return the ids of those who are told of a unit's wish: whoever handed the matter out, else the first contact."""
    lead = open_lead(opinion).first()
    return [lead.assigned_by_id if lead and lead.assigned_by_id else opinion.first_contact_id]


def charges_of(opinion: Opinion, user: Any) -> "QuerySet[Assignment]":
    """Return the open co-handling charges of this user's units, the oldest first."""
    held = opinion.assignments.filter(role=Assignment.Part.CO, ended_at=None, unit__code__in=user.unit_codes)
    return held.select_related("unit").order_by("pk")


def missing_parts(opinion: Opinion) -> list[str]:
    """Return the units whose part is not there yet: what the lead and the reviewer are shown."""
    waiting = opinion.assignments.filter(role=Assignment.Part.CO, ended_at=None, part_at=None)
    return list(waiting.order_by("pk").values_list("unit__short_name", flat=True))
