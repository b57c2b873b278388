"""The keys of one machine: made once, never replaced, never readable by others."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.fernet import Fernet

from liaison.runtime.secrets import NAMES, ensure_secrets, read_secrets, secrets_file


def test_nothing_is_read_where_nothing_was_made(tmp_path: Path) -> None:
    assert read_secrets(tmp_path) == {}


def test_all_three_keys_are_made_and_found_again(tmp_path: Path) -> None:
    made = ensure_secrets(tmp_path)
    assert set(made) == set(NAMES)
    assert read_secrets(tmp_path) == made
    assert ensure_secrets(tmp_path) == made


def test_two_machines_have_different_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = ensure_secrets(tmp_path / "a"), ensure_secrets(tmp_path / "b")
    assert all(one[name] != other[name] for name in NAMES)


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    assert stat.S_IMODE(secrets_file(tmp_path).stat().st_mode) == 0o600


def test_the_field_key_encrypts(tmp_path: Path) -> None:
    box = Fernet(ensure_secrets(tmp_path)["FIELD_KEYS"])
    assert box.decrypt(box.encrypt("田大山".encode())).decode() == "田大山"


def test_a_missing_key_is_added_and_the_others_stay(tmp_path: Path) -> None:
    kept = {"SECRET_KEY": "s" * 60, "FIELD_KEYS": Fernet.generate_key().decode()}
    secrets_file(tmp_path).write_text(json.dumps(kept), encoding="utf-8")
    complete = ensure_secrets(tmp_path)
    assert complete["FIELD_KEYS"] == kept["FIELD_KEYS"]
    assert complete["HASH_KEY"]
    assert read_secrets(tmp_path) == complete


def test_many_who_start_at_once_end_up_with_the_same_keys(tmp_path: Path) -> None:
    def read(_: int) -> str:
        return ensure_secrets(tmp_path)["FIELD_KEYS"]

    with ThreadPoolExecutor(1) as pool:
        assert len(set(pool.map(read, range(8)))) == 1
    assert not list(tmp_path.glob(".secrets*"))
