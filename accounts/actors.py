"""Who acts when no account does: the portal's own clock; apps add theirs, such as the resident behind a receipt."""

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


SYSTEM = Actor("系统")
