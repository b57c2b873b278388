"""Who may do what with a formal suggestion, one sentence each. `suggestions.workflow` asks here."""

from typing import Any

import rules

from accounts.models import Role
from opinions.rules import is_county_staff as _county_staff_of
from opinions.suggestions.states import Consent


@rules.predicate
def is_author(user: Any, suggestion: Any) -> bool:
    """The representative whose suggestion it is."""
    return user.has_role(Role.REPRESENTATIVE) and suggestion.representative.user_id == user.pk


@rules.predicate
def is_station_staff(user: Any, suggestion: Any) -> bool:
    """Staff of the station where he serves: they write for him, and write down what he says."""
    return user.has_role(Role.STATION_STAFF) and suggestion.station.code in user.station_codes


@rules.predicate
def is_county_staff(user: Any, suggestion: Any) -> bool:
    """County committee staff whose prefix holds the station."""
    return _county_staff_of(user, suggestion.station)


@rules.predicate
def is_lead_handler(user: Any, suggestion: Any) -> bool:
    """A handler of the unit that leads."""
    unit = suggestion.lead_unit
    return user.has_role(Role.UNIT_HANDLER) and unit is not None and unit.code in user.unit_codes


@rules.predicate
def is_asked(user: Any, suggestion: Any) -> bool:
    """A representative who was asked to sign and has not said no."""
    asked = suggestion.cosigners.filter(representative__user_id=user.pk).exclude(answer=Consent.REFUSED)
    return user.has_role(Role.REPRESENTATIVE) and asked.exists()


@rules.predicate
def may_draft(user: Any, station: Any) -> bool:
    """A representative at a station he serves, and the staff of the station for him."""
    if user.has_role(Role.STATION_STAFF) and station.code in user.station_codes:
        return True
    serving = station.services.filter(representative__user_id=user.pk, until=None)
    return user.has_role(Role.REPRESENTATIVE) and serving.exists()


@rules.predicate
def drafts_somewhere(user: Any) -> bool:
    """Whoever can begin a suggestion at all; at which station is asked when he does."""
    return user.is_authenticated and user.has_role(Role.REPRESENTATIVE, Role.STATION_STAFF)


@rules.predicate
def reads_suggestions(user: Any) -> bool:
    """Everybody with a business role but the grid worker; which ones he sees is asked of `visible_to`."""
    return user.is_authenticated and user.has_role(
        Role.REPRESENTATIVE, Role.STATION_STAFF, Role.TOWN_STAFF, Role.UNIT_HANDLER, Role.COUNTY_STAFF,
        Role.COUNTY_LEADER,
    )  # fmt: skip


_HIS = is_author | is_station_staff
PERMISSIONS = {
    "draft": may_draft,
    "write": _HIS,
    "gather": _HIS,
    "leave_out": _HIS,
    "invite": _HIS,
    "let_off": _HIS,
    "answer_invitation": is_asked | is_station_staff,
    "submit": _HIS,
    "send_back": is_county_staff,
    "accept": is_county_staff,
    "withdraw": _HIS,
    "assign": is_county_staff,
    "request_extension": is_lead_handler,
    "grant_extension": is_county_staff,
    "refuse_extension": is_county_staff,
    "reply": is_lead_handler,
    "judge": _HIS,
}
rules.add_perm("opinions.see_suggestions", reads_suggestions)
rules.add_perm("opinions.begin_suggestion", drafts_somewhere)
for _verb, _predicate in PERMISSIONS.items():
    rules.add_perm(f"opinions.{_verb}_suggestion", _predicate)
