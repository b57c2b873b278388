"""Who sends a request: session, account and roles, read with three statements that are put together once per process.

Django's own classes do the rest; every page of the desk begins here, so this is where a millisecond counts.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from accounts.models import User
from core.prepared import Prepared

_SESSION = ("session_key", "session_data", "expire_date")
# A telephone number is deciphered only where it is needed.
_ACCOUNT = tuple(field.attname for field in User._meta.concrete_fields if field.name != "phone")
_session = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list(*_SESSION),
    "mark",
    datetime(1970, 1, 1, tzinfo=UTC),
)
_account = Prepared(lambda pk: User.objects.filter(pk=pk).values_list(*_ACCOUNT), 8_888_888)


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        rows = _session(self.session_key, timezone.now())
        if not rows:
            self._session_key = None
            return None
        return Session.from_db(DEFAULT_DB_ALIAS, _SESSION, rows[0])


class AccountBackend(ModelBackend):
    """Sign-in by user name and password."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, while it may sign in."""
        rows = _account(user_id)
        user = User.from_db(DEFAULT_DB_ALIAS, _ACCOUNT, rows[0]) if rows else None
        return user if user is not None and self.user_can_authenticate(user) else None
