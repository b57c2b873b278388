"""The guardian: one process per flavour that keeps PostgreSQL and Redis alive while anybody uses them.

Every user holds a shared lock on one file. Twice a second the guardian tries to take that lock for itself alone; when
it can, nobody is left – also when the last user was killed with -9 – and it stops both servers and ends. A user who
comes in that very moment waits for the lock and then starts a new guardian. A server that dies in use starts again.
"""

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from liaison.runtime import postgres, queue
from liaison.runtime.places import Places, places

logger = logging.getLogger("liaison.guardian")
POLL_SECONDS = 0.5
STOP_SECONDS = 30


@dataclass
class Server:
    """One server under the guardian: how it is called and the process that runs now."""

    name: str
    command: list[str]
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    def keep_alive(self) -> None:
        """Start the server when it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            logger.warning("%s ended with %s, starting it again", self.name, self.process.returncode)
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            self.command,
            cwd="/",
            env=postgres.environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **postgres.identity(),
        )

    def stop(self) -> None:
        """Ask the server to end; kill it when it does not within half a minute."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            logger.warning("%s does not stop, killing it", self.name)
            self.process.kill()
            self.process.wait()


def servers(spots: Places) -> list[Server]:
    """Make the folders and describe both servers."""
    postgres.own_folder(spots.sockets)
    postgres.stop_leftover(spots)
    postgres.prepare(spots)
    postgres.own_folder(spots.queue)
    queue.stop_leftover(spots)
    # SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, clients are told.
    return [
        Server("postgres", postgres.command(spots), signal.SIGINT),
        Server("redis", queue.command(spots), signal.SIGTERM),
    ]


def guard(users: int, running: list[Server], is_asked_to_stop: Callable[[], bool]) -> None:
    """Keep the servers alive until nobody holds the lock `users` (a file descriptor) any more."""
    while True:
        for server in running:
            server.keep_alive()
        time.sleep(POLL_SECONDS)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if is_asked_to_stop():
                return
        else:
            return


def is_only_one(lock: int, patience: float = 2.0) -> bool:
    """Take the guardian's lock for good. A look at it by somebody else lasts a moment only, hence the patience."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True


def main(arguments: list[str]) -> int:
    """Run as `python -m liaison.runtime.guardian FLAVOUR`."""
    spots = places(arguments[0])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the programs that use us; they let go, then we end
    if not is_only_one(os.open(spots.lock("guardian"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)):
        return 0
    users = os.open(spots.lock("users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    running: list[Server] = []
    try:
        running = servers(spots)
        guard(users, running, lambda: bool(asked))
    except postgres.RuntimeFault as fault:
        logger.error("%s", fault)
        return 1
    finally:
        for server in reversed(running):
            server.stop()
        shutil.rmtree(spots.sockets, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
