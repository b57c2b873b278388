"""What programs call before they touch the database: `ensure()` starts what the environment does not provide.

With DATABASE_URL and REDIS_URL set, nothing happens here. Otherwise the embedded servers of this checkout are started,
or joined when they run already, and live as long as this process (see `guardian`).
"""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import redis
from psycopg2 import sql

from liaison.runtime import queue
from liaison.runtime.places import CHECKOUT, Places, places
from liaison.runtime.postgres import START_SECONDS, RuntimeFault
from liaison.runtime.secrets import ensure_secrets

_held: dict[Path, int] = {}


def wanted() -> list[str]:
    """Which servers the environment leaves to us."""
    names = (("database", "DATABASE_URL"), ("queue", "REDIS_URL"))
    return [name for name, variable in names if not os.environ.get(variable)]


def ensure(flavour: str | None = None) -> Places:
    """Have database and queue running until this process ends; returns where they are. Safe to call many times.

    Raises RuntimeFault with a sentence for the person at the terminal when a server cannot be started.
    """
    spots = places(flavour)
    needed = wanted()
    if not needed or spots.state in _held:
        return spots
    make_state_folder(spots)
    if "database" in needed:
        ensure_secrets(spots.state)
    # Shared by all users for their whole life; the guardian waits until it can have the lock alone.
    users = os.open(spots.lock("users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)
    _held[spots.state] = users
    starting = os.open(spots.lock("start"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(starting, fcntl.LOCK_EX)
        _start(spots, needed)
    except BaseException:
        release()
        raise
    finally:
        os.close(starting)
    return spots


def release() -> None:
    """Let go of the servers; the last one to do so has them stopped within a second."""
    for users in _held.values():
        os.close(users)
    _held.clear()


def wait_until_stopped(spots: Places, seconds: float = 40.0) -> bool:
    """After `release`: wait until the guardian ended. False when others still use the servers, or time ran out."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _is_locked(spots.lock("guardian")):
            return True
        if _has_users(spots):
            return False
        time.sleep(0.1)
    return False


def make_state_folder(spots: Places) -> None:
    """Make the state folder: others may pass through it (the service account must), nobody may list it."""
    spots.state.mkdir(parents=True, exist_ok=True)
    os.chmod(spots.state, 0o711)
    if os.geteuid() == 0:
        os.chmod(spots.state.parent, 0o755)
    note = spots.state / "checkout.txt"
    if not note.exists():
        note.write_text(f"{CHECKOUT}\n", encoding="utf-8")


def _start(spots: Places, needed: list[str]) -> None:
    _wait_until_ready(spots, needed)
    if "database" in needed:
        _make_database(spots, os.environ.get("EMBEDDED_DB", "liaison"))


def _spawn_guardian(spots: Places) -> subprocess.Popen[bytes]:
    with spots.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "liaison.runtime.guardian", spots.flavour],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_ready(spots: Places, needed: list[str]) -> None:
    """Wait for the servers; start a guardian whenever there is none, for one we found may just have been ending."""
    probes = {"database": _database_answers, "queue": _queue_answers}
    guardian = None if _is_locked(spots.lock("guardian")) else _spawn_guardian(spots)
    until = time.monotonic() + START_SECONDS
    while not all(probes[name](spots) for name in needed):
        ended = guardian.poll() if guardian is not None else 0
        if ended == 0 and not _is_locked(spots.lock("guardian")):  # 0: it left the work to another one
            guardian = _spawn_guardian(spots)
        if ended not in (None, 0) or time.monotonic() > until:
            tail = "\n".join(spots.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            raise RuntimeFault(
                f"内置的数据库或队列没有启动，详见 {spots.log} （the embedded servers did not start）：\n{tail}"
            )
        time.sleep(0.05)


def _database_answers(spots: Places) -> bool:
    try:
        psycopg2.connect(spots.database_url("postgres"), connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def _queue_answers(spots: Places) -> bool:
    client = queue.connect(spots)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _make_database(spots: Places, name: str) -> None:
    connection = psycopg2.connect(spots.database_url("postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    finally:
        connection.close()


def _is_locked(path: Path) -> bool:
    """Whether another process holds that lock for itself alone."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _has_users(spots: Places) -> bool:
    """Whether somebody else uses the servers; the guardian's own hold on the file does not count."""
    handle = os.open(spots.lock("users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False  # the guardian has it alone: it is stopping the servers
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
