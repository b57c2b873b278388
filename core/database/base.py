"""Django's PostgreSQL, asking whether a kept connection still lives only when it has been silent.

Before every request Django would ask `SELECT 1`, which costs a resident's page a tenth of its time. A connection that
answered a moment ago is taken at its word; a database that was restarted needs longer than that to come back.
"""

from time import monotonic
from typing import Any

from django.db.backends.postgresql import base

TRUSTED_FOR = 1.0  # seconds since the last answer


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answered_at = float("-inf")
        self.health_check_done = False

    def close_if_health_check_failed(self) -> None:
        """Ask once per request, unless the connection answered within the last moment."""
        if self._has_just_answered():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _has_just_answered(self) -> bool:
        return monotonic() - self._answered_at < TRUSTED_FOR and not self.errors_occurred

    def close_if_unusable_or_obsolete(self) -> None:
        """At the end of a request that went well, note that the connection answers."""
        if self.connection is not None and not self.errors_occurred and self.health_check_done:
            self._answered_at = monotonic()
        super().close_if_unusable_or_obsolete()
