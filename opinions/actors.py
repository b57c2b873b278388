"""Who acts when no account does: the resident behind a receipt, and the portal's own clock."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """An actor without an account. `label` is what the history shows."""

    label: str
    pk: None = None
    is_authenticated: bool = False
    is_active: bool = True

    def has_role(self, *roles: Any) -> bool:
        """Hold no role, ever."""
        return False

    def prefixes(self, *roles: Any) -> tuple[str, ...]:
        """Reach no region."""
        return ()


RESIDENT = Actor("群众")
SYSTEM = Actor("系统")
