"""Who commends: the county's staff, and nobody else."""

from typing import Any

import rules

from accounts.models import Role
from duties.commendations.states import VERB_LABELS


@rules.predicate
def commends(user: Any, row: Any) -> bool:
    """The county's staff for people of its stations, but nobody himself."""
    if row.member_id is not None and row.member_id == user.pk:
        return False
    if row.representative is not None and user.pk is not None and row.representative.user_id == user.pk:
        return False
    inside = row.station.region_id.startswith(user.prefixes(Role.COUNTY_STAFF))
    return user.has_role(Role.COUNTY_STAFF) and inside


@rules.predicate
def may_commend(user: Any) -> bool:
    """County committee staff."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF)


@rules.predicate
def reads_drafts(user: Any) -> bool:
    """County staff and leaders."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)


for _verb in VERB_LABELS:
    rules.add_perm(f"duties.{_verb}", commends)
rules.add_perm("duties.may_commend", may_commend)
rules.add_perm("duties.read_commendations", reads_drafts)
