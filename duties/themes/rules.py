"""Who sets a month's theme and who notes what was done, one sentence each."""

from typing import Any

import rules

from accounts.models import Role
from duties.rules import READERS, is_station_staff
from duties.themes.states import VERB_LABELS


@rules.predicate
def keeps_the_theme(user: Any, theme: Any) -> bool:
    """The county's staff for the county's theme; staff of the station or its town for the station's own."""
    if theme.station_id is not None:
        return bool(is_station_staff(user, theme))
    return user.has_role(Role.COUNTY_STAFF) and theme.county_id.startswith(user.prefixes(Role.COUNTY_STAFF))


@rules.predicate
def reads_themes(user: Any) -> bool:
    """Whoever reads rosters."""
    return user.is_authenticated and user.has_role(*READERS)


@rules.predicate
def reads_the_county(user: Any) -> bool:
    """County staff and leaders: the month over all stations."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)


for _verb in VERB_LABELS:
    rules.add_perm(f"duties.{_verb}", is_station_staff if _verb.endswith("note") else keeps_the_theme)
rules.add_perm("duties.read_themes", reads_themes)
rules.add_perm("duties.read_county_themes", reads_the_county)
