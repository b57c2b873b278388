"""Every permission of the app, one sentence each. `workflow` asks here; views only hide what would be refused."""

from typing import Any

import rules

from accounts.models import Role
from opinions.actors import RESIDENT, SYSTEM
from projects.states import AT_WORK, State
from stations.models import Service

READERS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER, Role.REPRESENTATIVE)
WRITERS = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.REPRESENTATIVE)


@rules.predicate
def is_resident(user: Any, idea: Any) -> bool:
    """Whoever holds the receipt, or a public page open."""
    return user is RESIDENT


@rules.predicate
def is_system(user: Any, idea: Any) -> bool:
    """The portal itself: the clock, or what follows when the idea that others stood under is withdrawn."""
    return user is SYSTEM


@rules.predicate
def looks_after(user: Any, thing: Any) -> bool:
    """Staff of the station that has the idea, of the town above it, and of the county."""
    station = thing.station
    if user.has_role(Role.STATION_STAFF) and station is not None and station.code in user.station_codes:
        return True
    prefixes = user.prefixes(Role.TOWN_STAFF, Role.COUNTY_STAFF)
    return bool(prefixes) and thing.region_id.startswith(prefixes)


@rules.predicate
def runs_the_list(user: Any, idea: Any) -> bool:
    """County committee staff whose prefix holds the place: both the government's list and the year's are its own."""
    prefixes = user.prefixes(Role.COUNTY_STAFF)
    return bool(prefixes) and idea.region_id.startswith(prefixes)


@rules.predicate
def puts_aside(user: Any, idea: Any) -> bool:
    """Whoever looks after an idea; once it stands on the list to the government, the county alone."""
    return bool(runs_the_list(user, idea) if idea.state in (State.LISTED, *AT_WORK) else looks_after(user, idea))


@rules.predicate
def builds(user: Any, idea: Any) -> bool:
    """A handler of the unit that builds it."""
    return user.has_role(Role.UNIT_HANDLER) and idea.work.unit.code in user.unit_codes


@rules.predicate
def inspects(user: Any, idea: Any) -> bool:
    """A representative who serves in the town of the project, or anywhere in the county where it is the county's."""
    if not user.has_role(Role.REPRESENTATIVE):
        return False
    return any(town.startswith(idea.region_id[:9]) for town in Service.objects.of(user).places(9))


@rules.predicate
def supervises(user: Any) -> bool:
    """Staff, leaders and representatives, and the units that build."""
    return user.is_authenticated and user.has_role(*READERS, Role.UNIT_HANDLER)


@rules.predicate
def oversees(user: Any) -> bool:
    """Town and county staff and the county's leaders: whoever has several places to compare or to answer for."""
    return user.is_authenticated and user.has_role(Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)


@rules.predicate
def serves_there(user: Any, thing: Any) -> bool:
    """A representative who serves at the station that has, or would get, the idea."""
    station = thing.station
    return user.has_role(Role.REPRESENTATIVE) and station is not None and station.services.of(user).exists()


@rules.predicate
def serves_the_county(user: Any, thing: Any) -> bool:
    """A representative of the county, where a project belongs to no single station."""
    is_for_all = thing.station is None and user.has_role(Role.REPRESENTATIVE)
    return is_for_all and thing.region_id[:6] in Service.objects.of(user).places(6)


@rules.predicate
def is_own(user: Any, idea: Any) -> bool:
    """The representative who proposed it himself."""
    return user.has_role(Role.REPRESENTATIVE) and idea.recorded_by_id == user.pk


@rules.predicate
def reads_ideas(user: Any) -> bool:
    """Staff, leaders and representatives; which ideas is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(*READERS)


@rules.predicate
def writes_ideas(user: Any) -> bool:
    """Whoever may bring in an idea at the desk."""
    return user.is_authenticated and user.has_role(*WRITERS)


@rules.predicate
def prints_sheets(user: Any) -> bool:
    """Staff of stations, towns and the county: they lay the paper out."""
    return user.is_authenticated and user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)


@rules.predicate
def runs_campaigns(user: Any) -> bool:
    """County committee staff."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF)


@rules.predicate
def runs_this_campaign(user: Any, region_code: Any) -> bool:
    """County committee staff whose prefix holds the county."""
    prefixes = user.prefixes(Role.COUNTY_STAFF)
    return bool(prefixes) and str(region_code).startswith(prefixes)


PERMISSIONS = {
    "propose": is_resident | looks_after | serves_there,
    "pool": looks_after,
    "reword": looks_after,
    "shelve": puts_aside,
    "merge": looks_after,
    "unmerge": looks_after | is_system,
    "take_in": looks_after,
    "let_go": looks_after | is_system,
    "second": is_resident,
    "withdraw": is_resident | is_own,
    "open_poll": looks_after,
    "hand_out": looks_after,
    "vote": is_resident | serves_there | serves_the_county,
    "evaluate": looks_after | is_system,
    "report_rectified": looks_after | builds,
    "recount": is_system,
    "reveal": looks_after,
    "screen": looks_after,
    "list": runs_the_list,
    "adopt": runs_the_list,
    "enrol": runs_the_list,
    "ballot": runs_the_list,
    "start": runs_the_list,
    "report": builds | runs_the_list,
    "change_plan": runs_the_list,
    "inspect": inspects | runs_the_list,
    "complete": runs_the_list,
}
rules.add_perm("projects.supervise", supervises)
rules.add_perm("projects.oversee", oversees)
rules.add_perm("projects.read", reads_ideas)
rules.add_perm("projects.write", writes_ideas)
rules.add_perm("projects.print", prints_sheets)
rules.add_perm("projects.run_campaigns", runs_campaigns)
rules.add_perm("projects.run_campaign", runs_this_campaign)
for _verb, _predicate in PERMISSIONS.items():
    rules.add_perm(f"projects.{_verb}_idea", _predicate)
