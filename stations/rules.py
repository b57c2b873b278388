"""Who may do what with stations and their codes, one sentence each."""

from typing import Any

import rules

from accounts.models import Role
from accounts.rules import is_role

DESK = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)


@rules.predicate
def is_staff_of(user: Any, station: Any) -> bool:
    """Staff of this station."""
    return user.is_authenticated and station is not None and station.code in user.station_codes


@rules.predicate
def is_staff_above(user: Any, station: Any) -> bool:
    """Town or county staff whose prefix holds the station."""
    if not user.is_authenticated or station is None:
        return False
    prefixes = user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF)
    return any(station.region_id.startswith(prefix) for prefix in prefixes)


LOOKS_AFTER = is_staff_of | is_staff_above

rules.add_perm("stations.open_desk", is_role(*DESK))
for _act in ("change_station", "appoint_representative", "create_code", "revoke_code", "print_code"):
    rules.add_perm(f"stations.{_act}", LOOKS_AFTER)
