"""Who sends a request: session, account and roles, read with three statements that are put together once per process.

Django's own classes do the rest; every page of the desk begins here, so this is where a millisecond counts.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from core.prepared import PreparedRows

_session = PreparedRows(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    "mark",
    datetime(1970, 1, 1, tzinfo=UTC),
)
_account = PreparedRows(lambda pk: User.objects.filter(pk=pk), 8_888_888)  # without the telephone number


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        rows = _session(self.session_key, timezone.now())
        if not rows:
            self._session_key = None
        return rows[0] if rows else None


class AccountBackend(ModelBackend):
    """Sign-in by user name and password."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, while it may sign in."""
        user = next(iter(_account(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
