"""Where the embedded runtime keeps its things."""

from pathlib import Path

import pytest

from liaison.runtime import places
from liaison.runtime.places import Places

LONG = Path("/home/某人/一个 带空格的目录") / ("很长的文件夹名字" * 6) / "checkout"
UNIX_SOCKET_LIMIT = 107


@pytest.fixture(autouse=True)
def _no_given_places(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIAISON_STATE_BASE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_two_checkouts_share_nothing() -> None:
    one, other = places.places("main", Path("/srv/one")), places.places("main", Path("/srv/two"))
    assert one.state != other.state
    assert one.sockets != other.sockets
    assert one.database != other.database


def test_the_same_checkout_finds_its_data_again() -> None:
    assert places.places("main", Path("/srv/one")) == places.places("main", Path("/srv/one"))


def test_tests_and_demo_of_one_checkout_have_servers_of_their_own() -> None:
    main, test = places.places("main", Path("/srv/one")), places.places("test", Path("/srv/one"))
    assert main.state == test.state
    assert main.sockets != test.sockets
    assert main.database != test.database
    assert main.queue != test.queue


@pytest.mark.parametrize("checkout", [LONG, Path("/x"), Path("/a b/c,d")])
def test_socket_paths_stay_short_and_plain_wherever_the_checkout_lies(checkout: Path) -> None:
    found = places.places("main", checkout)
    for socket in (found.sockets / ".s.PGSQL.5432", found.queue_socket):
        assert len(str(socket).encode()) < UNIX_SOCKET_LIMIT
        assert str(socket).isascii()
        assert " " not in str(socket)
        assert "," not in str(socket)


def test_nothing_lies_inside_the_checkout() -> None:
    found = places.places("main")
    assert places.CHECKOUT not in found.state.parents
    assert places.CHECKOUT not in found.sockets.parents


def test_root_keeps_data_where_another_user_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "is_root", lambda: True)
    assert places.base_folder() == Path("/var/lib/liaison")


def test_an_ordinary_user_keeps_data_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places.base_folder() == tmp_path / ".local" / "state" / "liaison"


def test_the_state_folder_of_the_desktop_standard_is_respected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert places.base_folder() == tmp_path / "liaison"


def test_a_user_without_a_home_still_finds_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setenv("HOME", "/nonexistent")
    assert places.base_folder().name.startswith("liaison-state-")


def test_the_flavour_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIAISON_FLAVOUR", "test")
    assert places.places().flavour == "test"
    monkeypatch.delenv("LIAISON_FLAVOUR")
    assert places.places().flavour == "main"


def test_addresses_are_spelled_as_the_environment_would() -> None:
    found = Places("main", Path("/s"), Path("/tmp/liaison-0-abc"))
    assert found.database_url("liaison") == "postgresql://postgres@/liaison?host=%2Ftmp%2Fliaison-0-abc"
    assert found.redis_url() == "unix:///tmp/liaison-0-abc/redis.sock"
    assert found.lock("users") == Path("/s/users-main.lock")
