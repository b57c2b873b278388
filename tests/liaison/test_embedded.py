"""The embedded servers for real: started, shared, kept alive, stopped – in a state folder of the test's own."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from liaison.runtime import embedded, guardian, postgres, queue
from liaison.runtime.places import CHECKOUT, Places, places

pytestmark = [pytest.mark.timeout(120), pytest.mark.slow]

HOLD = "from liaison.runtime.embedded import ensure; ensure('test'); print('up', flush=True); input()"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """Places under a folder with a blank and Chinese in its name; whatever runs there is stopped afterwards."""
    home = Path(tempfile.mkdtemp(prefix="liaison-state-"))
    home.chmod(0o711)  # pytest's own folders are closed; under root the service account must pass through
    base = home / "状态 folder"
    monkeypatch.setenv("LIAISON_STATE_BASE", str(base))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    spots = places("test")
    yield spots
    for process in processes_of(spots):
        process.kill()
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(spots.sockets, ignore_errors=True)


def processes_of(spots: Places) -> list[psutil.Process]:
    """Everything that runs on these places."""
    marks = (str(spots.state), str(spots.sockets))
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "pid"]):
        words = process.info["cmdline"] or []
        line, base = " ".join(words), (process.info["environ"] or {}).get("LIAISON_STATE_BASE", "")
        is_guardian = "liaison.runtime.guardian" in words and base == str(spots.state.parent)
        if is_guardian or any(mark in line for mark in marks):
            found.append(process)
    return found


def start_holder() -> subprocess.Popen[str]:
    """Another program that uses the servers until it is told to go."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "up\n"
    return holder


def query(spots: Places, text: str, database: str = "liaison") -> object:
    connection = psycopg2.connect(spots.database_url(database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def pid_of(spots: Places, word: str) -> int:
    """The process whose program is called so."""
    return next(process.pid for process in processes_of(spots) if process.name().startswith(word))


def leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate("\n", timeout=30)


def test_servers_start_serve_and_stop_with_their_last_user(own: Places) -> None:
    first = start_holder()
    second = start_holder()
    assert query(own, "SHOW server_encoding") == "UTF8"
    assert query(own, "SHOW listen_addresses") == ""
    assert queue.connect(own).ping() is True
    leave(first)
    time.sleep(guardian.POLL_SECONDS * 3)
    assert query(own, "SELECT 1") == 1, "the second user still has it"
    leave(second)
    assert eventually(lambda: not processes_of(own))
    assert not own.sockets.exists()


def test_data_is_there_after_a_stop(own: Places) -> None:
    holder = start_holder()
    query(own, "CREATE TABLE 留言 (t text)")
    query(own, "INSERT INTO 留言 VALUES ('洺南街道')")
    leave(holder)
    assert eventually(lambda: not processes_of(own))
    holder = start_holder()
    assert query(own, "SELECT t FROM 留言") == "洺南街道"
    leave(holder)


def test_a_killed_user_leaves_nothing_running(own: Places) -> None:
    holder = start_holder()
    holder.kill()
    holder.wait()
    assert eventually(lambda: not processes_of(own))


def test_a_killed_database_comes_back_by_itself(own: Places) -> None:
    holder = start_holder()
    query(own, "CREATE TABLE kept (n int)")
    query(own, "CHECKPOINT")  # the tests' server may lose what it has not written; the demo's may not
    os.kill(int((own.database / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    assert eventually(lambda: embedded._database_answers(own))
    assert query(own, "SELECT count(*) FROM kept") == 0
    leave(holder)


def test_a_killed_queue_comes_back_by_itself(own: Places) -> None:
    holder = start_holder()
    os.kill(pid_of(own, "redis-server"), signal.SIGKILL)
    assert eventually(lambda: embedded._queue_answers(own))
    leave(holder)


def test_a_killed_guardian_is_replaced_and_its_servers_taken_over(own: Places) -> None:
    holder = start_holder()
    query(own, "CREATE TABLE kept (n int)")
    os.kill(pid_of(own, "python"), signal.SIGKILL)
    leave(holder)
    assert embedded._database_answers(own), "the old server is an orphan now"
    again = start_holder()
    assert query(own, "SELECT count(*) FROM kept") == 0
    leave(again)
    assert eventually(lambda: not processes_of(own))


def test_a_guardian_that_was_just_ending_is_followed_by_another(own: Places) -> None:
    """Two commands one right after the other: the second finds the first one's guardian still letting go."""
    embedded.make_state_folder(own)
    ending = os.open(own.lock("guardian"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(ending, fcntl.LOCK_EX)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        time.sleep(1.5)
        assert holder.poll() is None, "it waits instead of giving up"
    finally:
        os.close(ending)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "up"
    assert query(own, "SELECT 1") == 1
    leave(holder)
    assert eventually(lambda: not processes_of(own))


def test_the_database_never_runs_as_root_and_nobody_else_reaches_its_socket(own: Places) -> None:
    holder = start_holder()
    owner = psutil.Process(int((own.database / "postmaster.pid").read_text().splitlines()[0])).uids().effective
    assert owner != 0
    assert own.sockets.stat().st_mode & 0o077 == 0
    assert own.sockets.stat().st_uid == owner
    leave(holder)


def test_with_addresses_in_the_environment_nothing_is_started(own: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@y/z")
    monkeypatch.setenv("REDIS_URL", "redis://y/0")
    assert embedded.wanted() == []
    embedded.ensure("test")
    assert not processes_of(own)
    assert not own.state.exists()


def test_a_server_that_cannot_start_is_said_with_its_own_words(own: Places) -> None:
    embedded.make_state_folder(own)
    own.database.write_text("not a folder")
    done = subprocess.run([sys.executable, "-c", HOLD], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "RuntimeFault" in done.stderr
    assert str(own.log) in done.stderr


def test_somebody_elses_socket_folder_is_refused(own: Places, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(postgres.RuntimeFault, match="belongs to somebody else"):
        postgres.own_folder(tmp_path / "link")
