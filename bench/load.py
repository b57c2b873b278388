"""A small load generator: a few connections kept open, each sending prepared requests one after another.

It speaks to 127.0.0.1 only, for a bounded time, and stops by itself.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass
class Result:
    """What one run saw: answers in `seconds`, and how many had another status than expected."""

    answers: int = 0
    wrong: int = 0
    seconds: float = 0.0
    example: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0


class Wire:
    """One HTTP/1.1 connection to this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body. Connects again where the server closed."""
        for _ in range(2):
            try:
                if self.socket is None:
                    self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.sendall(request)
                return self._answer(self.socket)
            except (ConnectionError, BrokenPipeError):
                self.socket = None
        raise ConnectionError(f"port {self.port} does not answer")

    def _answer(self, wire: socket.socket) -> tuple[int, bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = wire.recv(65536)
            if not piece:
                raise ConnectionError
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        length = 0
        if status != 304 and b"content-length:" in lower:
            length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += wire.recv(65536)
        return status, head, body


def get(path: str, *headers: str) -> bytes:
    """Prepare a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    """Prepare a form POST."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(port: int, make: Callable[[int], bytes], expected: int, seconds: float) -> Result:
    """Send what `make(number)` prepares over CONNECTIONS wires for `seconds`."""
    result = Result()
    until = time.monotonic() + seconds

    def work(lane: int) -> None:
        wire, number, wrong, example = Wire(port), lane, 0, ""
        answers = 0
        while time.monotonic() < until:
            status, head, _body = wire.ask(make(number))
            number += CONNECTIONS
            answers += 1
            if status != expected:
                wrong += 1
                example = head.decode("latin-1")[:300]
        with result.lock:
            result.answers += answers
            result.wrong += wrong
            result.example = result.example or example

    started = time.monotonic()
    lanes = [threading.Thread(target=work, args=(lane,)) for lane in range(CONNECTIONS)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    result.seconds = time.monotonic() - started
    return result
