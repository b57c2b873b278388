"""Who may do what at a council, one sentence each; the verbs beside ask here."""

from typing import Any

import rules

from accounts.models import Role
from projects.rules import READERS, looks_after


@rules.predicate
def is_invited(user: Any, council: Any) -> bool:
    """A representative with a seat, in office."""
    seats = council.seats.filter(representative__user_id=user.pk, representative__is_active=True)
    return user.has_role(Role.REPRESENTATIVE) and seats.exists()


@rules.predicate
def holds_councils(user: Any) -> bool:
    """Staff of stations, towns and the county; which meeting is asked of the verb."""
    return user.is_authenticated and user.has_role(Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)


@rules.predicate
def reads_councils(user: Any) -> bool:
    """Staff, leaders and representatives; which meetings is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(*READERS)


@rules.predicate
def was_asked(user: Any, opinion: Any) -> bool:
    """A handler of the unit that was asked."""
    return user.has_role(Role.UNIT_HANDLER) and opinion.unit.code in user.unit_codes


@rules.predicate
def answers(user: Any) -> bool:
    """Handlers of units; which requests is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(Role.UNIT_HANDLER)


@rules.predicate
def sends_lists(user: Any) -> bool:
    """The county, whose list it is, and its leaders."""
    return user.is_authenticated and user.has_role(Role.COUNTY_STAFF, Role.COUNTY_LEADER)


for _verb in ("plan", "change", "arrange", "check", "ask", "open", "enter", "close"):
    rules.add_perm(f"projects.{_verb}_council", looks_after)
rules.add_perm("projects.score_council", is_invited)
rules.add_perm("projects.answer_council", was_asked)
rules.add_perm("projects.hold_councils", holds_councils)
rules.add_perm("projects.read_councils", reads_councils)
rules.add_perm("projects.answer_feasibility", answers)
rules.add_perm("projects.read_lists", sends_lists)
