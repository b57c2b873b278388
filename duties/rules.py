"""Every permission of the rosters, one sentence each. `workflow` asks here; views only hide what would be refused.

The thing asked about is a station, a roster, a shift or a swap; each leads to the station it belongs to.
"""

from typing import Any

import rules

from accounts.actors import SYSTEM
from accounts.models import Role
from duties.models import Shift, SwapRequest
from stations.models import Station

READERS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.REPRESENTATIVE)


def station_of(thing: Any) -> Station:
    """The station that a station, roster, shift or swap belongs to."""
    if isinstance(thing, Station):
        return thing
    return thing.from_shift.station if isinstance(thing, SwapRequest) else thing.station  # type: ignore[no-any-return]


def is_person(user: Any, representative: Any) -> bool:
    """Whether this account is the representative's own."""
    return representative is not None and user.pk is not None and representative.user_id == user.pk


@rules.predicate
def is_station_staff(user: Any, thing: Any) -> bool:
    """Staff of the station, or of the town above it."""
    station = station_of(thing)
    if user.has_role(Role.STATION_STAFF) and station.code in user.station_codes:
        return True
    return user.has_role(Role.TOWN_STAFF) and station.region_id.startswith(user.prefixes(Role.TOWN_STAFF))


@rules.predicate
def is_system(user: Any, thing: Any) -> bool:
    """The portal's own clock, and what follows by itself from other work."""
    return user is SYSTEM


@rules.predicate
def has_the_shift(user: Any, shift: Any) -> bool:
    """The representative whose duty it is."""
    return isinstance(shift, Shift) and user.has_role(Role.REPRESENTATIVE) and is_person(user, shift.representative)


@rules.predicate
def is_asked(user: Any, swap: Any) -> bool:
    """The colleague who was asked."""
    return isinstance(swap, SwapRequest) and user.has_role(Role.REPRESENTATIVE) and is_person(user, swap.colleague)


@rules.predicate
def asked_and_waits(user: Any, swap: Any) -> bool:
    """Whoever asked, as long as nobody has answered: what is agreed is no longer his alone."""
    is_open = isinstance(swap, SwapRequest) and swap.state == "ASKED"
    return is_open and user.has_role(Role.REPRESENTATIVE) and is_person(user, swap.asker)


@rules.predicate
def reads_rosters(user: Any) -> bool:
    """Staff of stations, towns and the county, leaders, and representatives; which ones is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(*READERS)


@rules.predicate
def is_representative(user: Any) -> bool:
    """Representatives: they have duties of their own."""
    return user.is_authenticated and user.has_role(Role.REPRESENTATIVE)


@rules.predicate
def arranges_for_the_county(user: Any) -> bool:
    """County committee staff."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF)


STATION = is_station_staff
PERMISSIONS = {
    "propose": STATION,
    "publish": STATION,
    "add_shift": STATION,
    "change_shift": STATION,
    "drop_shift": STATION,
    "confirm": has_the_shift | STATION,
    "cannot_come": has_the_shift | STATION,
    "substitute": STATION,
    "ask_swap": has_the_shift,
    "trade": STATION,
    "mark_held": STATION | is_system,
    "mark_absent": STATION,
    "agree": is_asked,
    "refuse": is_asked,
    "take_back": asked_and_waits | STATION,
    "arrange": STATION,
    "lapse": STATION,
    "arrange_station": STATION,
    "see_absence": has_the_shift | STATION,
}

rules.add_perm("duties.read", reads_rosters)
rules.add_perm("duties.have_own", is_representative)
rules.add_perm("duties.edit_rules", arranges_for_the_county)
for _verb, _predicate in PERMISSIONS.items():
    rules.add_perm(f"duties.{_verb}", _predicate)
