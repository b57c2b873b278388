"""How every verb of a ballot runs: lock the fresh row, check its state, then the person, then the input.

Whatever belongs to a ballot is written under its lock, so that no voice comes in beside the closing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rules
from django.db import transaction

from core.workflow import NotAllowed
from projects.ballots.models import Ballot
from projects.ballots.states import TABLE


@contextmanager
def act(verb: str, ballot_id: int, actor: Any) -> Iterator[Ballot]:
    """Lock the ballot, check verb against state and actor, run the body, keep what it set.

    Raises WrongState, NotAllowed, or what the body raises.
    """
    with transaction.atomic():
        ballot = Ballot.objects.select_for_update(of=("self",)).select_related("region").get(pk=ballot_id)
        TABLE.check(verb, ballot.state)
        permit(verb, actor, ballot)
        source = ballot.state
        yield ballot
        TABLE.check_arrival(verb, source, ballot.state)
        ballot.save()


def permit(verb: str, actor: Any, ballot: Ballot) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"projects.{verb}_ballot", actor, ballot):
        raise NotAllowed("这一步不归您办。")
