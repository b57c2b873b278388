"""Who may bring an older ledger into which station, and who answers in batches."""

from typing import Any

import rules

from accounts.models import Role
from opinions.filters import SEES_PHONES
from stations.models import Station
from stations.rules import LOOKS_AFTER


@rules.predicate
def answers_for_a_unit(user: Any) -> bool:
    """A handler of some unit."""
    return user.has_role(Role.UNIT_HANDLER)


rules.add_perm("opinions.import_ledger", LOOKS_AFTER)
rules.add_perm("opinions.answer_batch", answers_for_a_unit)


def stations_for(user: Any) -> list[Station]:
    """Return the stations whose older ledgers a user may bring in: his own, or those of his town or county."""
    if not user.has_role(*SEES_PHONES):
        return []
    rows = Station.objects.visible_to(user).filter(is_active=True).select_related("region").order_by("region_id", "id")
    return [row for row in rows if rules.has_perm("opinions.import_ledger", user, row)]
