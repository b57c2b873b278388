"""The only writer of rosters, shifts, swaps and their history: one verb, one function.

Every verb takes ids and keyword `actor` and `at`, locks the roster, checks state, permission and input in this order,
and writes rows, history lines and notices in one transaction. It raises `core.workflow.VerbError` with a sentence.
"""

from duties.workflow.arranging import add_rhythm, allow_posts, block_days, drop_rhythm, unblock_days
from duties.workflow.rosters import propose, publish
from duties.workflow.shifts import (
    add_shift,
    cannot_come,
    change_people,
    change_shift,
    confirm,
    drop_shift,
    mark_absent,
    mark_held,
    substitute,
)
from duties.workflow.swaps import agree, arrange, ask_swap, refuse, take_back

__all__ = [
    "add_rhythm",
    "add_shift",
    "agree",
    "allow_posts",
    "arrange",
    "ask_swap",
    "block_days",
    "cannot_come",
    "change_people",
    "change_shift",
    "confirm",
    "drop_rhythm",
    "drop_shift",
    "mark_absent",
    "mark_held",
    "propose",
    "publish",
    "refuse",
    "substitute",
    "take_back",
    "unblock_days",
]
