"""One HTTP request to a gateway: bounded in time and size, no redirects, every failure a sentence without secrets."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from notices.channels import SendFailure

if TYPE_CHECKING:
    from requests import Response

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 4.0, 8.0, 15.0
MOST_BYTES = 64 * 1024
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class Answer:
    """Status, the JSON object of the body (empty when it is none), and how long the other side wants us to wait."""

    status: int
    data: dict[str, Any]
    wait: timedelta = timedelta(0)

    @property
    def is_accepted(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def is_refused(self) -> bool:
        """A 4xx that says "not this one"; those that say "not now" are none."""
        return 400 <= self.status < 500 and self.status not in (408, 425, 429)


def post(address: str, body: bytes, who: str, headers: dict[str, str] | None = None) -> Answer:
    """Send JSON. Raises SendFailure, naming the other side by `who`, when no whole answer came."""
    return _ask("POST", address, who, data=body, headers={"Content-Type": "application/json"} | (headers or {}))


def get(address: str, who: str, params: dict[str, str]) -> Answer:
    """Ask for JSON; as `post`."""
    return _ask("GET", address, who, params=params)


def as_json(value: object) -> bytes:
    """A value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _ask(method: str, address: str, who: str, **what: Any) -> Answer:
    import requests  # noqa: PLC0415 - heavy; only the worker talks to gateways

    ends = time.monotonic() + WHOLE_SECONDS
    with requests.Session() as session:
        # Nothing of the machine's own: no password file, and a proxy only where the settings name one.
        session.trust_env = False
        if settings.OUTGOING_PROXY:
            session.proxies = {"http": settings.OUTGOING_PROXY, "https": settings.OUTGOING_PROXY}
        try:
            with session.request(
                method, address, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True, **what
            ) as answer:
                return Answer(answer.status_code, _object(_read(answer, ends, who)), _wait(answer))
        except requests.Timeout as error:
            raise SendFailure(f"{who}没有及时回答。") from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise SendFailure(f"{who}连不上，或者中途断了。") from error
        except (requests.RequestException, ValueError) as error:
            raise SendFailure(f"{who}的回答看不懂，或者地址不对。") from error


def _read(answer: "Response", ends: float, who: str) -> bytes:
    """The body up to its limit. A server that sends a byte now and then must not hold the worker: a larger piece would
    be waited for until it is whole.
    """
    found = bytearray()
    for piece in answer.iter_content(1):
        found += piece
        if len(found) > MOST_BYTES:
            raise SendFailure(f"{who}的回答太长。")
        if time.monotonic() > ends:
            raise SendFailure(f"{who}没有及时回答。")
    return bytes(found)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wait(answer: "Response") -> timedelta:
    named = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(named), _LONGEST_WAIT) if named.isdecimal() and len(named) < 9 else 0)
