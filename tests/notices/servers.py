"""A real HTTP server for the gateway tests: it answers, dawdles, hangs or hangs up as it is told, and remembers."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The JSON of the body."""
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


Act = Callable[["Handler"], None]


@dataclass
class Fake:
    """The other side. `acts` are used up one after the other, then `always` answers."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    always: Act = field(default=lambda handler: answer(200, {})(handler))
    ended: threading.Event = field(default_factory=threading.Event)

    def next_act(self) -> Act:
        """What to do with the present request."""
        return self.acts.pop(0) if self.acts else self.always


class Handler(BaseHTTPRequestHandler):
    """Reads the whole request, notes it, then does what the fake was told."""

    fake: Fake
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.fake.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        self.fake.next_act()(self)

    do_GET = do_POST = _handle

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


def answer(status: int, data: Any = None, **headers: str) -> Act:
    """Answer with JSON."""

    def act(handler: Handler) -> None:
        body = data if isinstance(data, bytes) else json.dumps(data if data is not None else {}).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def hang(handler: Handler) -> None:
    """Say nothing until the test is over."""
    handler.fake.ended.wait(20)
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Hang up in the middle, hard."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def half(handler: Handler) -> None:
    """Promise more than comes, then hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"acc')
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Send a byte now and then, never the end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(100):
        if handler.fake.ended.is_set():
            break
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            break
        time.sleep(0.1)
    handler.close_connection = True


def slowly(seconds: float, then: Act) -> Act:
    """Take some time first."""

    def act(handler: Handler) -> None:
        handler.fake.ended.wait(seconds)
        then(handler)

    return act


@contextmanager
def running() -> Iterator[Fake]:
    """A server on a port of its own."""
    fake = Fake()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def closed_port() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
