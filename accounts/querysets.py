"""Which accounts, grants and audit lines somebody may see. Deny by default."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet):
    """Accounts."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Accounts the system or security administrator looks after: his prefix, and those tied to no region yet."""
        prefixes = user.prefixes(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
        if not prefixes:
            return self.none()
        wanted = Q(region_code="")
        for prefix in prefixes:
            wanted |= Q(region_code__startswith=prefix)
        return self.filter(wanted)

    def with_role(self, *roles: str) -> "UserQuerySet":
        """Active accounts that hold one of `roles` now."""
        return self.filter(is_active=True, grants_set__role__in=roles, grants_set__revoked_at__isnull=True).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; a business caller uses `accounts.services.create_user`, which also audits."""

    use_in_migrations = False

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new account with a hashed password; without one nobody can sign in to it."""
        if not username:
            raise ValueError("A user name is required.")
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account somebody means who types `username`; case does not matter."""
        return self.get(username__iexact=username)


class AuditQuerySet(models.QuerySet):
    """Audit lines, newest first."""

    def visible_to(self, user: "User") -> "AuditQuerySet":
        """Everything for the audit administrator, nothing for anyone else."""
        return self.all() if user.has_role(Role.AUDIT_ADMIN) else self.none()

    def between(self, start: datetime | None, end: datetime | None) -> "AuditQuerySet":
        """Lines at or after `start` and before `end`; None leaves that side open."""
        found = self
        if start is not None:
            found = found.filter(at__gte=start)
        if end is not None:
            found = found.filter(at__lt=end)
        return found
