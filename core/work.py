"""Proof of work for a form that is sent unusually often: the device counts for a second, the person does nothing.

No puzzle and nothing from another host. A challenge is signed, runs out after ten minutes and opens the door once.
"""

import json
from datetime import datetime, timedelta

import altcha
from django.conf import settings

from core import limits
from core.fields import keyed_hash

HARDEST = 60_000  # tries at most: about a second on a slow phone
LIVES = timedelta(minutes=10)


def new_challenge(at: datetime) -> str:
    """Return a challenge as JSON for the page; it runs out `LIVES` after `at`."""
    options = altcha.ChallengeOptionsV1(hmac_key=_signing_key(), max_number=HARDEST, expires=at + LIVES)
    return json.dumps(vars(altcha.create_challenge_v1(options)))


def is_solved(answer: str) -> bool:
    """Tell whether `answer` (base64 of JSON) solves a challenge of ours that is still open and was not used before."""
    if not answer or len(answer) > 2000:
        return False
    try:
        solved, _ = altcha.verify_solution_v1(answer, _signing_key(), check_expires=True)
    except (TypeError, ValueError, AttributeError, KeyError):  # whatever a stranger puts into the field
        return False
    return bool(solved) and limits.is_first("work", answer, seconds=int(LIVES.total_seconds()))


def _signing_key() -> str:
    return keyed_hash(settings.SECRET_KEY, "proof of work")
