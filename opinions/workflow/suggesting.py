"""What a matter keeps of the formal suggestion it became part of: a line in its course that the resident reads."""

from collections.abc import Iterable
from datetime import datetime

from opinions.actors import SYSTEM
from opinions.workflow.engine import act


def note_suggestion(opinion_ids: Iterable[int], *, at: datetime, words: str) -> None:
    """Write the line into each matter, in one order so that two papers never wait for each other; nothing else moves.

    Called inside the transaction of the suggestion's own verb.
    """
    for opinion_id in sorted(opinion_ids):
        with act("suggest", opinion_id, SYSTEM, at) as doing:
            doing.say(words)
