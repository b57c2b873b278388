"""What of a matter the public sees: the day of the answer, the road of merged matters, the like of it nearby.

When a unit must sign is the office's own.
"""

import copy
from datetime import datetime
from typing import Any

from opinions.models import Opinion
from opinions.states import WITH_UNIT
from opinions.workflow.seconding import MAY_BE_SECONDED
from stations.queries import guess_category_id

MOST_NEARBY = 3


def for_public(opinion: Opinion) -> Opinion:
    """Return the row as the public reads it; while a unit has the matter its limit is the answer's. Never saved."""
    shown = copy.copy(opinion)
    shown.step_due_at = limit_for_public(opinion)
    return shown


def limit_for_public(opinion: Any) -> datetime | None:
    """Return the limit the public reads."""
    if opinion.state in WITH_UNIT and opinion.reply_due_at is not None:
        return opinion.reply_due_at  # type: ignore[no-any-return]
    return opinion.step_due_at  # type: ignore[no-any-return]


def nearby(opinion: Opinion) -> list[Opinion]:
    """Return up to three published matters of the same place and subject that can still be seconded; one statement."""
    category_id = opinion.category_id or guess_category_id(opinion.body)
    if category_id is None:
        return []
    same = Opinion.objects.public().filter(station_id=opinion.station_id, region_id=opinion.region_id)
    found = same.filter(category_id=category_id, state__in=MAY_BE_SECONDED).exclude(pk=opinion.pk)
    return list(
        found.select_related("lead_unit").defer("body", "body_folded", "name", "phone").order_by("-pk")[:MOST_NEARBY]
    )
