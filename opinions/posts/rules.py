"""Who may do what with a record of a service post, and how much of it he reads: one sentence each."""

from typing import Any

import rules

from accounts.models import Role
from duties.rules import is_station_staff, reads_rosters
from opinions.posts.states import VERB_LABELS


@rules.predicate
def works_there(user: Any, record: Any) -> bool:
    """Staff of the very station; the town above it reads no names."""
    return user.has_role(Role.STATION_STAFF) and record.station.code in user.station_codes


@rules.predicate
def is_his_own(user: Any, record: Any) -> bool:
    """The representative who served at the post."""
    if not user.has_role(Role.REPRESENTATIVE) or record.representative is None:
        return False
    return bool(record.representative.user_id == user.pk)


@rules.predicate
def wrote_it(user: Any, record: Any) -> bool:
    """Whoever wrote it down heard it all."""
    return record.recorder_id is not None and record.recorder_id == user.pk


for _verb in VERB_LABELS:
    _who = (works_there if _verb == "reveal" else is_station_staff) | is_his_own
    rules.add_perm(f"opinions.{_verb}_post_record", _who)
rules.add_perm("opinions.read_post_records", reads_rosters)
# The county and its leaders read what a record is about; what was said stays between station, town and representative.
rules.add_perm("opinions.read_post_words", is_station_staff | is_his_own | wrote_it)
rules.add_perm("opinions.read_post_people", works_there | is_his_own | wrote_it)
