"""The demo's preparations: done once, done again only when something changed, and the text at the end."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from accounts.models import Role, RoleGrant, User
from liaison.runtime import prepare


@pytest.fixture
def collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Static files of the test's own, and a note of every collection."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "out"
    settings.STATIC_ROOT.mkdir()
    runs: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: runs.append(name))
    monkeypatch.setattr(prepare, "get_finders", lambda: [_finder(source)])
    return runs


def _finder(folder: Path) -> Any:
    class Storage:
        def path(self, name: str) -> str:
            return str(folder / name)

    class Finder:
        def list(self, ignore: list[str]) -> list[tuple[str, Storage]]:
            return [(path.name, Storage()) for path in sorted(folder.iterdir())]

    return Finder()


def grant(role: str, username: str, **scope: str) -> RoleGrant:
    user = User.objects.create(username=username, name=f"{username}某")
    return RoleGrant.objects.create(user=user, role=role, granted_at=timezone.now(), **scope)


def test_static_files_are_collected_once(collected: list[str]) -> None:
    prepare.collect()
    prepare.collect()
    assert collected == ["collectstatic"]


@pytest.mark.parametrize("change", ["write", "add", "remove"])
def test_any_change_of_a_static_file_collects_again(collected: list[str], tmp_path: Path, change: str) -> None:
    prepare.collect()
    source = tmp_path / "source"
    if change == "write":
        (source / "a.css").write_text("a{color:red}")
    elif change == "add":
        (source / "b.css").write_text("b{}")
    else:
        (source / "a.css").unlink()
    prepare.collect()
    assert collected == ["collectstatic", "collectstatic"]


@pytest.fixture
def really(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder of static files of the test's own, collected by the real command with fingerprints."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "out"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "liaison.assets.FingerprintedStorage"}}
    finders.get_finder.cache_clear()
    (source / "a.css").write_text("a{color:red}")
    yield source
    finders.get_finder.cache_clear()


def collected_files(settings: Any, pattern: str) -> set[str]:
    return {path.name for path in Path(settings.STATIC_ROOT).glob(pattern)}


def write(path: Path, words: str, later: int) -> None:
    """Write a file as it would be written later: collecting goes by the time of writing."""
    path.write_text(words)
    os.utime(path, (time.time() + later, time.time() + later))


def test_a_running_server_still_finds_the_files_it_was_started_with(settings: Any, really: Path) -> None:
    prepare.collect()
    [first] = collected_files(settings, "a.????????????.css")
    days_ago = time.time() - (prepare.KEPT_DAYS + 20) * 24 * 3600
    os.utime(Path(settings.STATIC_ROOT) / first, (days_ago, days_ago))  # it was in use for long
    write(really / "a.css", "a{color:blue}", 5)
    prepare.collect()
    assert len(collected_files(settings, "a.????????????.css")) == 2
    assert first in collected_files(settings, "a.????????????.css")


def test_files_of_long_ago_are_removed_and_those_in_use_never(settings: Any, really: Path) -> None:
    (really / "same.css").write_text("b{}")
    prepare.collect()
    root = Path(settings.STATIC_ROOT)
    [first] = collected_files(settings, "a.????????????.css")
    [same] = collected_files(settings, "same.????????????.css")
    write(really / "a.css", "a{color:blue}", 5)
    prepare.collect()
    long_ago = time.time() - (prepare.KEPT_DAYS + 1) * 24 * 3600
    for path in root.rglob("*.css*"):
        os.utime(path, (long_ago, long_ago))
    write(really / "a.css", "a{color:green}", 10)
    prepare.collect()
    assert first not in collected_files(settings, "*")
    assert {same, "same.css", "staticfiles.json", ".collected"} <= collected_files(settings, "*")
    assert len(collected_files(settings, "a.????????????.css")) == 2  # the last but one may still be asked for


@pytest.mark.django_db
def test_tables_that_are_up_to_date_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: runs.append(name))
    prepare.migrate()
    assert runs == []


@pytest.mark.django_db
def test_one_account_is_shown_for_each_role() -> None:
    grant(Role.COUNTY_STAFF, "county", region_code="411625000000")
    grant(Role.COUNTY_STAFF, "county2", region_code="411625000000")
    grant(Role.TOWN_STAFF, "town", region_code="411625001000")
    shown = prepare.accounts()
    assert [username for username, _, _ in shown] == ["county", "town"]
    assert shown[0][2] == Role.COUNTY_STAFF.label


@pytest.mark.django_db
def test_who_left_is_not_shown() -> None:
    left = grant(Role.COUNTY_STAFF, "left", region_code="411625000000")
    RoleGrant.objects.filter(pk=left.pk).update(revoked_at=timezone.now())
    gone = grant(Role.TOWN_STAFF, "gone", region_code="411625001000")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert prepare.accounts() == []


@pytest.mark.django_db
def test_who_has_no_password_is_not_shown_as_an_account_to_try() -> None:
    actor = grant(Role.UNIT_HANDLER, "dw-zhujian", unit_code="zhujian")
    actor.user.set_unusable_password()
    actor.user.save(update_fields=["password"])
    grant(Role.UNIT_HANDLER, "unit", unit_code="chengguan")
    assert [username for username, _, _ in prepare.accounts()] == ["unit"]


@pytest.mark.django_db
def test_the_text_names_addresses_accounts_and_the_password(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_URL = "http://localhost:8123"
    monkeypatch.setenv("DEMO_PASSWORD", "hui-for-all")
    monkeypatch.setattr(prepare, "entry_code", lambda: "K7QM4XWD")
    grant(Role.COUNTY_STAFF, "county", region_code="411625000000")
    text = prepare.banner()
    for part in ("http://localhost:8123/q/K7QM4XWD/", "http://localhost:8123/accounts/login/", "hui-for-all", "county"):
        assert part in text
    assert "Ctrl-C" in text


@pytest.mark.django_db
def test_without_a_code_no_empty_address_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "entry_code", lambda: "")
    assert "/q/" not in prepare.banner()
