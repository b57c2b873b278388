"""Who may do what with accounts, and the predicate other apps build their rules from."""

from typing import Any

import rules

from accounts.roles import Role


def is_role(*roles: str) -> rules.Predicate:
    """A predicate: the person holds one of `roles` now, wherever. An anonymous visitor holds none."""

    def holds(user: Any) -> bool:
        return bool(getattr(user, "is_authenticated", False)) and user.has_role(*roles)

    return rules.Predicate(holds, name="is_role:" + ",".join(sorted(roles)))


@rules.predicate
def is_not_self(user: Any, target: Any = None) -> bool:
    """Nobody manages his own account."""
    return target is None or user.pk != target.pk


is_system_admin = is_role(Role.SYSTEM_ADMIN)
is_security_admin = is_role(Role.SECURITY_ADMIN)
is_audit_admin = is_role(Role.AUDIT_ADMIN)

rules.add_perm("accounts.view_user", is_system_admin | is_security_admin)
rules.add_perm("accounts.create_user", is_system_admin)
rules.add_perm("accounts.disable_user", is_system_admin & is_not_self)
rules.add_perm("accounts.enable_user", is_system_admin & is_not_self)
rules.add_perm("accounts.grant_role", is_security_admin & is_not_self)
rules.add_perm("accounts.revoke_role", is_security_admin & is_not_self)
rules.add_perm("accounts.unlock_user", is_security_admin)
rules.add_perm("accounts.reset_password", is_security_admin & is_not_self)
rules.add_perm("accounts.reset_second_factor", is_security_admin & is_not_self)
rules.add_perm("accounts.view_auditentry", is_audit_admin)
