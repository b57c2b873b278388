"""The three keys of the portal on one machine: made once, kept in the state folder, readable by its owner only.

A real installation gives SECRET_KEY, FIELD_KEYS and HASH_KEY in the environment and never comes here.
"""

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

NAMES = ("SECRET_KEY", "FIELD_KEYS", "HASH_KEY")


def secrets_file(state: Path) -> Path:
    """Where the keys of this state folder lie."""
    return state / "secrets.json"


def read_secrets(state: Path) -> dict[str, str]:
    """The stored keys, or nothing when none were made yet."""
    path = secrets_file(state)
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: str(stored[name]) for name in NAMES if stored.get(name)}


def ensure_secrets(state: Path) -> dict[str, str]:
    """The stored keys, made now when missing. Existing keys stay: data encrypted with them would be lost."""
    stored = read_secrets(state)
    if len(stored) == len(NAMES):
        return stored
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "HASH_KEY": secrets.token_urlsafe(32),
    }
    complete = {**made, **stored}
    path = secrets_file(state)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(complete, stream)
    try:
        os.link(draft, path)  # fails when another process was first, whose keys then count
    except FileExistsError:
        if not stored:
            complete = read_secrets(state)
        else:
            os.replace(draft, path)
    draft.unlink(missing_ok=True)
    return complete
