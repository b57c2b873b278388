"""Where the embedded runtime keeps its things. Pure computation: nothing is made or started here.

Data never lies in the checkout: its path may hold blanks or 150 characters, and deleting a checkout must not delete a
county's messages. The folder's name is derived from the checkout's path, so two checkouts never share anything.
Sockets lie in a short folder of their own because a socket's path may have 107 bytes at most.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[2]
MAIN, TEST = "main", "test"


@dataclass(frozen=True)
class Places:
    """Folders and addresses of one checkout and one flavour (`main` keeps data safe, `test` is fast)."""

    flavour: str
    state: Path
    sockets: Path

    @property
    def database(self) -> Path:
        """PostgreSQL's data folder."""
        return self.state / f"postgres-{self.flavour}"

    @property
    def queue(self) -> Path:
        """Redis' data folder."""
        return self.state / f"redis-{self.flavour}"

    @property
    def queue_socket(self) -> Path:
        """The socket on which Redis listens."""
        return self.sockets / "redis.sock"

    @property
    def log(self) -> Path:
        """What the guardian and both servers wrote."""
        return self.state / f"runtime-{self.flavour}.log"

    def lock(self, name: str) -> Path:
        """The lock file of that name."""
        return self.state / f"{name}-{self.flavour}.lock"

    def database_url(self, name: str) -> str:
        """Address of a database in the embedded server, as DATABASE_URL would spell it."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.sockets), safe='')}"

    def redis_url(self) -> str:
        """Address of the embedded queue."""
        return f"unix://{self.queue_socket}"


def is_root() -> bool:
    """Whether this process runs as root, so that PostgreSQL needs another user."""
    return os.geteuid() == 0


def fingerprint(checkout: Path = CHECKOUT) -> str:
    """Ten characters that name this checkout and no other."""
    return hashlib.sha256(str(checkout).encode()).hexdigest()[:10]


def base_folder() -> Path:
    """The folder under which all checkouts of this user keep their state.

    Root's lies outside /root, because the database's own user must be able to enter it.
    """
    if given := os.environ.get("LIAISON_STATE_BASE"):
        return Path(given).resolve()
    if is_root():
        return Path("/var/lib/liaison")
    if given := os.environ.get("XDG_STATE_HOME"):
        return Path(given).resolve() / "liaison"
    home = Path.home()
    if os.access(home, os.W_OK):
        return home / ".local" / "state" / "liaison"
    return Path(tempfile.gettempdir()) / f"liaison-state-{os.geteuid()}"


def places(flavour: str | None = None, checkout: Path = CHECKOUT) -> Places:
    """The places of this checkout; the flavour comes from LIAISON_FLAVOUR unless it is given."""
    chosen = flavour or os.environ.get("LIAISON_FLAVOUR", MAIN)
    state = base_folder() / fingerprint(checkout)
    # The state's own path is part of the name: two state folders of one checkout must not meet on one socket.
    short = hashlib.sha256(f"{state}:{chosen}".encode()).hexdigest()[:12]
    return Places(flavour=chosen, state=state, sockets=Path("/tmp") / f"liaison-{os.geteuid()}-{short}")
