"""Calling messages back: what has not left is taken away, and who was reached already is named to be told better."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Value
from django.db.models.functions import Concat

from notices.models import Notice
from notices.states import Channel, State

# An in-site notice counts as unsent while nobody has read it and it has not gone on by another channel.
_UNSENT = Q(state__in=[State.PENDING, State.PARKED]) | Q(
    channel=Channel.IN_SITE, read_at=None, pass_on_at__isnull=False, merged_into=None
)


@dataclass(frozen=True)
class Reached:
    """Whom the messages had reached: accounts by id, and whether somebody without an account."""

    users: tuple[int, ...]
    is_outside: bool


def call_back(subject: str, kinds: Iterable[str], *, written_at: datetime, mark: str) -> Reached:
    """Take away what was written at that moment about the subject and has not left; return who has it already.

    What has left stays as it was sent, under a key with `mark`, so that the same occasion can be told again.
    """
    rows = Notice.objects.filter(subject=subject, kind__in=list(kinds), created_at=written_at)
    rows.filter(_UNSENT).delete()
    left = list(rows.values_list("user_id", flat=True))
    rows.update(dedupe=Concat("dedupe", Value(f":{mark}")))
    return Reached(tuple(sorted({user for user in left if user})), None in left)
