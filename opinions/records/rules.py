"""Who may add to a record and who vouches for it, one sentence each."""

from typing import Any

import rules

from accounts.models import Role
from duties.rules import is_person, is_station_staff, reads_rosters


@rules.predicate
def is_himself(user: Any, record: Any) -> bool:
    """The representative whose record it is."""
    return user.has_role(Role.REPRESENTATIVE) and is_person(user, record.representative)


@rules.predicate
def is_second_person(user: Any, record: Any) -> bool:
    """Neither who wrote it down nor whom it is about."""
    return record.added_by_id != user.pk and not is_person(user, record.representative)


rules.add_perm("opinions.add_duty_record", is_himself | is_station_staff)
rules.add_perm("opinions.approve_duty_record", is_station_staff & is_second_person)
rules.add_perm("opinions.reject_duty_record", is_station_staff & is_second_person)
rules.add_perm("opinions.read_duty_records", reads_rosters)
