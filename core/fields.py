"""Encrypted columns and keyed hashes for personal data.

A value is encrypted with the first key of `settings.FIELD_KEYS` and can be read with any of them, so keys rotate: put
the new key first, run `manage.py rotate_field_keys`, remove the old key. The database can neither search nor sort
such a column; whoever needs to find a value stores `keyed_hash(value, purpose)` beside it.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import lookups

ALLOWED_LOOKUPS = frozenset({"exact", "isnull"})


class UnreadableValue(Exception):
    """A stored value cannot be decrypted with any of the present keys.

    Raised rather than shown as blank: a blank would be saved back and the telephone number lost for good.
    """


class EncryptedTextField(models.TextField):
    """A text column stored encrypted; Python sees plain str. "" is stored as "" so that "not given" can be asked.

    Lookups: only `isnull` and `exact ""`; anything else raises FieldError, because it could never match.
    """

    description = "encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what goes to the database."""
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt what comes from the database. Raises UnreadableValue when no key fits."""
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> "type[models.Lookup[Any]] | None":
        """The lookup class, None (Django then raises FieldError) where a lookup makes no sense."""
        if lookup_name == "exact":
            return EmptyOnly
        return super().get_lookup(lookup_name) if lookup_name in ALLOWED_LOOKUPS else None


class EmptyOnly(lookups.Exact):
    """`exact` on an encrypted column: answers only whether it is empty."""

    def get_prep_lookup(self) -> Any:
        """Refuse a comparison with a value: each encryption of it is different."""
        if self.rhs != "":
            raise FieldError("An encrypted column can only be compared with an empty string; use its keyed hash.")
        return ""


def encrypt(text: str) -> str:
    """`text` encrypted with the newest key."""
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """The text of `token`. Raises UnreadableValue when no key fits or the token was changed."""
    try:
        return _cipher(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnreadableValue("A stored value fits none of FIELD_KEYS.") from error


def keyed_hash(value: str, purpose: str) -> str:
    """HMAC-SHA256 of `value` as 64 hex digits, "" for "".

    `purpose` keeps the hashes of one column useless for another: the same telephone number in two tables cannot be
    matched by somebody who only holds the tables.
    """
    if not value:
        return ""
    return hmac.new(settings.HASH_KEY.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
