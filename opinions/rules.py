"""Every permission of the app, one sentence each. `workflow` asks here; views only hide what would be refused.

The predicates look at the row's station, region and open assignment; an object out of sight never reaches them in a
view, because views fetch through `visible_to`.
"""

from typing import Any

import rules

from accounts.models import Role
from opinions.actors import RESIDENT, SYSTEM
from opinions.models import Undo
from opinions.supervision.querysets import SEES_CARDS


@rules.predicate
def is_resident(user: Any, opinion: Any) -> bool:
    """The person who holds the receipt."""
    return user is RESIDENT


@rules.predicate
def is_system(user: Any, opinion: Any) -> bool:
    """The portal's own clock."""
    return user is SYSTEM


@rules.predicate
def is_station_staff(user: Any, opinion: Any) -> bool:
    """Staff of the station that answers for the matter, or of the town above it."""
    if user.has_role(Role.STATION_STAFF) and opinion.station.code in user.station_codes:
        return True
    return user.has_role(Role.TOWN_STAFF) and opinion.region_id.startswith(user.prefixes(Role.TOWN_STAFF))


@rules.predicate
def is_county_staff(user: Any, opinion: Any) -> bool:
    """County committee staff whose prefix holds the place."""
    return user.has_role(Role.COUNTY_STAFF) and opinion.region_id.startswith(user.prefixes(Role.COUNTY_STAFF))


@rules.predicate
def is_lead_handler(user: Any, opinion: Any) -> bool:
    """A handler of the unit that leads the matter now."""
    return (
        user.has_role(Role.UNIT_HANDLER)
        and opinion.lead_unit is not None
        and (opinion.lead_unit.code in user.unit_codes)
    )


@rules.predicate
def is_any_handler(user: Any, opinion: Any) -> bool:
    """A handler of any unit with an open assignment, lead or co-handling."""
    return user.has_role(Role.UNIT_HANDLER) and (
        opinion.assignments.filter(ended_at=None, unit__code__in=user.unit_codes).exists()
    )


@rules.predicate
def is_assigner(user: Any, opinion: Any) -> bool:
    """Whoever decides what a unit asks: the county where it handed the matter out, else the station."""
    lead = opinion.assignments.filter(role="LEAD", ended_at=None).first()
    if lead is not None and lead.is_from_county:
        return is_county_staff(user, opinion)
    return is_station_staff(user, opinion)


@rules.predicate
def is_co_handler(user: Any, opinion: Any) -> bool:
    """A handler of a unit that helps with the matter now."""
    return user.has_role(Role.UNIT_HANDLER) and (
        opinion.assignments.filter(ended_at=None, role="CO", unit__code__in=user.unit_codes).exists()
    )


@rules.predicate
def is_promise_keeper(user: Any, opinion: Any) -> bool:
    """Whoever may move a promise: the county where it handed the matter out last, else the station."""
    lead = opinion.assignments.filter(role="LEAD").order_by("-pk").first()
    if lead is not None and lead.is_from_county:
        return is_county_staff(user, opinion)
    return is_station_staff(user, opinion)


@rules.predicate
def is_shown_to_unit(user: Any, opinion: Any) -> bool:
    """The resident agreed that the unit may know him, and the unit still has something to do for him."""
    return not opinion.hide_identity and opinion.is_open


@rules.predicate
def did_it_last(user: Any, opinion: Any) -> bool:
    """Whoever did the last step that may be taken back."""
    return Undo.objects.filter(opinion_id=opinion.pk, user_id=user.pk).exists()


@rules.predicate
def needs_station_only(user: Any, opinion: Any) -> bool:
    """The matter was not handed up to the county."""
    return not opinion.needs_county


@rules.predicate
def may_submit(user: Any, station: Any) -> bool:
    """A resident anywhere; staff, representatives and grid workers where they serve (代录)."""
    if user is RESIDENT:
        return True
    if user.has_role(Role.STATION_STAFF) and station.code in user.station_codes:
        return True
    if (
        user.has_role(Role.REPRESENTATIVE)
        and station.services.filter(representative__user_id=user.pk, until=None).exists()
    ):
        return True
    prefixes = user.prefixes(Role.TOWN_STAFF) + user.prefixes(Role.GRID_WORKER) + user.prefixes(Role.COUNTY_STAFF)
    return any(station.region_id.startswith(prefix) or prefix.startswith(station.region_id) for prefix in prefixes)


@rules.predicate
def serves_here(user: Any, opinion: Any) -> bool:
    """A representative who serves at the matter's station."""
    return (
        user.has_role(Role.REPRESENTATIVE)
        and opinion.station.services.filter(representative__user_id=user.pk, until=None).exists()
    )


@rules.predicate
def reads_for_the_county(user: Any) -> bool:
    """County committee staff and leaders."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)


@rules.predicate
def arranges_for_the_county(user: Any) -> bool:
    """County committee staff: whoever changes what counts for the whole county."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF)


rules.add_perm("opinions.see_calendar", reads_for_the_county)
rules.add_perm("opinions.edit_calendar", arranges_for_the_county)

STATION = is_station_staff
PERMISSIONS = {
    "submit": may_submit,
    "accept": STATION,
    "decline": STATION,
    "merge": STATION,
    "unmerge": STATION | is_system,
    "take_in": STATION,
    "let_go": STATION | is_system,
    "share_answer": is_system,
    "answer_on_spot": STATION,
    "refer": STATION,
    "assign": is_county_staff | (STATION & needs_station_only),
    "sign": is_lead_handler,
    "co_sign": is_co_handler,
    "give_part": is_co_handler,
    "request_return": is_lead_handler,
    "grant_return": is_assigner,
    "refuse_return": is_assigner,
    "report_progress": is_any_handler,
    "request_extension": is_lead_handler,
    "grant_extension": is_assigner,
    "refuse_extension": is_assigner,
    "report_fulfilment": is_lead_handler,
    "reply": is_lead_handler,
    "approve_reply": STATION,
    "reject_reply": STATION,
    "feed_back": STATION,
    "miss": STATION,
    "bounce": is_system,
    "arrive": is_system,
    "rate": is_resident | STATION,
    "close_unrated": is_system,
    "move_promise": is_promise_keeper,
    "fulfil": STATION,
    "look_back": STATION | is_county_staff,
    "withdraw": is_resident,
    "add_words": is_resident | STATION,
    "explain": serves_here,
    "press": serves_here | STATION | is_county_staff,
    "visit": serves_here,
    "recount": is_system,
    "suggest": is_system,
    "supervise": is_system,
    "clear_card": is_county_staff,
    "reopen": is_county_staff,
    "take_back_accept": STATION & did_it_last,
    "take_back_decline": STATION & did_it_last,
    "take_back_assign": (is_county_staff | STATION) & did_it_last,
    "take_back_merge": STATION & did_it_last,
    "reveal": STATION | is_county_staff | (is_lead_handler & is_shown_to_unit),
}


@rules.predicate
def supervises_or_is_supervised(user: Any) -> bool:
    """Whoever holds an office that reads cards; which ones he sees is asked of `visible_to`."""
    return user.has_role(*SEES_CARDS)


@rules.predicate
def rings_residents(user: Any) -> bool:
    """Station and town staff: they tell residents and write ratings down."""
    return user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF)


rules.add_perm("opinions.see_deadlines", reads_for_the_county)
rules.add_perm("opinions.edit_deadlines", arranges_for_the_county)
rules.add_perm("opinions.see_cards", supervises_or_is_supervised)
rules.add_perm("opinions.see_callbacks", rings_residents)
for _verb, _predicate in PERMISSIONS.items():
    rules.add_perm(f"opinions.{_verb}_opinion", _predicate)
