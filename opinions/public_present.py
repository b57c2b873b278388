"""What of a matter's limits the public sees: the day of the answer. When a unit must sign is the office's own."""

import copy

from opinions.models import Opinion
from opinions.states import WITH_UNIT


def for_public(opinion: Opinion) -> Opinion:
    """Return the row as the public reads it; while a unit has the matter its limit is the answer's. Never saved."""
    shown = copy.copy(opinion)
    if opinion.state in WITH_UNIT and opinion.reply_due_at is not None:
        shown.step_due_at = opinion.reply_due_at
    return shown
