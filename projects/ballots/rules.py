"""Who may do what at a ballot, one sentence each; the verbs beside ask here."""

from typing import Any

import rules

from accounts.models import Role
from projects.rules import is_resident


@rules.predicate
def runs_ballots_there(user: Any, ballot: Any) -> bool:
    """County committee staff whose prefix holds the county."""
    prefixes = user.prefixes(Role.COUNTY_STAFF)
    return bool(prefixes) and ballot.region_id.startswith(prefixes)


@rules.predicate
def reads_ballots(user: Any) -> bool:
    """County committee staff and leaders; which ballots is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)


for _verb in ("open", "print", "enter", "discard", "close", "cancel"):
    rules.add_perm(f"projects.{_verb}_ballot", runs_ballots_there)
rules.add_perm("projects.vote_ballot", is_resident)  # whoever holds a slip
rules.add_perm("projects.read_ballots", reads_ballots)
