"""Who acts when no account does: the resident behind a receipt, and the portal's own clock."""

from accounts.actors import SYSTEM, Actor

__all__ = ["RESIDENT", "SYSTEM", "Actor"]

RESIDENT = Actor("群众")
