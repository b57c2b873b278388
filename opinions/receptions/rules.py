"""Who may do what with a reception, one sentence each. The workflow asks here with the station or the reception."""

from typing import Any

import rules

from accounts.models import Role
from duties.rules import is_station_staff, reads_rosters
from opinions.receptions.states import VERB_LABELS


@rules.predicate
def is_received_by(user: Any, reception: Any) -> bool:
    """A representative who sits at this reception: he may write visitors down himself."""
    return user.has_role(Role.REPRESENTATIVE) and reception.people.filter(user_id=user.pk).exists()


for _verb in VERB_LABELS:
    _who = is_station_staff | is_received_by if _verb.startswith("receive") else is_station_staff
    rules.add_perm(f"opinions.{_verb}_reception", _who)
rules.add_perm("opinions.read_receptions", reads_rosters)
