"""How every verb of a council runs: lock the fresh meeting, check its state, then the person, then the input.

Whatever belongs to a meeting is written under its lock, so that nothing comes in beside the closing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import rules
from django.db import transaction

from core.workflow import BadInput, NotAllowed
from projects.council.models import AgendaItem, Council
from projects.council.states import TABLE


@contextmanager
def act(verb: str, council_id: int, actor: Any, at: datetime, asked: Any = None) -> Iterator[Council]:
    """Lock the meeting, check verb against state and actor, run the body, keep what it set.

    `asked`: the row that the rule looks at instead of the meeting. Raises WrongState, NotAllowed, or what the body
    raises.
    """
    with transaction.atomic():
        council = Council.objects.select_for_update(of=("self",)).select_related("station", "region").get(pk=council_id)
        TABLE.check(verb, council.state)
        permit(verb, actor, council if asked is None else asked)
        source = council.state
        yield council
        TABLE.check_arrival(verb, source, council.state)
        council.changed_at = max(at, council.changed_at)
        council.save()


def permit(verb: str, actor: Any, thing: Any) -> None:
    """Refuse an actor whom the rule of the verb does not name."""
    if not rules.has_perm(f"projects.{verb}_council", actor, thing):
        raise NotAllowed("这一步不归您办。")


def item_of(council: Council, item_id: int) -> AgendaItem:
    """Return an item of this meeting's agenda. Raises BadInput."""
    found = council.items.select_related("idea").filter(pk=item_id).first()
    if found is None:
        raise BadInput("这一件不在这次会的议程上，请刷新页面再看。")
    return found
