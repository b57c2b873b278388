"""Who may do what with notices."""

import rules

from accounts.models import Role
from accounts.rules import is_role
from notices.querysets import CARETAKERS

rules.add_perm("notices.view_inbox", rules.is_authenticated)
rules.add_perm("notices.view_parked", is_role(*CARETAKERS))
rules.add_perm("notices.try_again", is_role(*CARETAKERS))
rules.add_perm("notices.mark_told", is_role(*CARETAKERS))
rules.add_perm("notices.change_noticetext", is_role(Role.COUNTY_STAFF))
rules.add_perm("notices.change_grouprobot", is_role(Role.COUNTY_STAFF))
rules.add_perm("notices.change_deliveryrules", is_role(Role.SYSTEM_ADMIN))
