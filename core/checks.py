"""Start-up check of the keys that protect personal data."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error

MIN_HASH_KEY_LENGTH = 32  # characters


def check_keys(**_: Any) -> list[CheckMessage]:
    """Errors for missing or malformed FIELD_KEYS and for a short HASH_KEY; an empty list when all is well."""
    problems: list[CheckMessage] = []
    keys = list(getattr(settings, "FIELD_KEYS", []))
    if not keys:
        problems.append(Error("FIELD_KEYS is empty: names and telephone numbers could not be stored.", id="core.E001"))
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            # The key itself is never printed: check output ends up in logs.
            problems.append(Error(f"FIELD_KEYS: key {position} is not a 32-byte urlsafe base64 key.", id="core.E002"))
    if len(getattr(settings, "HASH_KEY", "")) < MIN_HASH_KEY_LENGTH:
        problems.append(Error(f"HASH_KEY needs at least {MIN_HASH_KEY_LENGTH} characters.", id="core.E003"))
    return problems
