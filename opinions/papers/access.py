"""Who may have which paper, and what it may say of the person: rules of one sentence each."""

from collections.abc import Mapping
from typing import Any

import rules

from accounts.models import Role
from opinions.models import Opinion, Reply
from opinions.papers.kinds import ASSIGNMENT, LETTER, PAPERS, RECEPTION, SURVEY, Paper
from opinions.rules import is_county_staff, is_station_staff

ASKING = (RECEPTION, ASSIGNMENT, LETTER, SURVEY)  # those with a button on the matter's page


@rules.predicate
def was_charged(user: Any, opinion: Any) -> bool:
    """A handler of a unit that has or had the matter."""
    return user.has_role(Role.UNIT_HANDLER) and opinion.assignments.filter(unit__code__in=user.unit_codes).exists()


@rules.predicate
def is_answerer(user: Any, opinion: Any) -> bool:
    """A handler of the unit whose answer stands."""
    answers = opinion.replies.exclude(verdict=Reply.Verdict.REJECTED).filter(unit__code__in=user.unit_codes)
    return user.has_role(Role.UNIT_HANDLER) and answers.exists()


@rules.predicate
def keeps_templates(user: Any) -> bool:
    """County committee staff."""
    return user.has_role(Role.COUNTY_STAFF)


STAFF = is_station_staff | is_county_staff
_WHO: Mapping[str, Any] = {
    RECEPTION.key: STAFF,
    ASSIGNMENT.key: STAFF | was_charged,
    LETTER.key: STAFF | is_answerer,
    SURVEY.key: STAFF,
}
for _kind, _who in _WHO.items():
    rules.add_perm(f"opinions.print_{_kind}", _who)
rules.add_perm("opinions.change_paper", keeps_templates)


def papers_for(user: Any, opinion: Opinion) -> list[Paper]:
    """Return the papers that a user may have of this matter as it stands."""
    return [paper for paper in ASKING if is_ready(paper.key, opinion) and may_print(user, paper.key, opinion)]


def may_print(user: Any, kind: str, opinion: Opinion) -> bool:
    """Tell whether the rule of the paper names this user."""
    return kind in _WHO and rules.has_perm(f"opinions.print_{kind}", user, opinion)


def is_ready(kind: str, opinion: Opinion) -> bool:
    """Tell whether there is something to write: a charge for the 交办单, an answer for letter and survey."""
    if kind == ASSIGNMENT.key:
        return opinion.assigned_at is not None
    if kind in (LETTER.key, SURVEY.key):
        return opinion.replies.exclude(verdict=Reply.Verdict.REJECTED).exists()
    return kind in PAPERS


def goes_to_unit(kind: str) -> bool:
    """Tell whether a paper leaves for the unit: then it says of the person only what the unit may know."""
    return kind == ASSIGNMENT.key
