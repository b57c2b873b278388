"""What packages further on put on a matter's page: links to what came of it, and buttons that make something of it.

The page asks whoever registered; it does not know what lies behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from opinions.models import Opinion


@dataclass(frozen=True)
class Link:
    """An address with its words; `stands` says how it stands there, `is_act` makes it a button on top of the page."""

    address: str
    words: str
    stands: str = ""
    is_act: bool = False


_ASKED: list[Callable[[Any, Opinion], list[Link]]] = []


def register(ask: Callable[[Any, Opinion], list[Link]]) -> None:
    """Let `ask(user, opinion)` be asked for every matter's page."""
    if ask not in _ASKED:
        _ASKED.append(ask)


def links(user: Any, opinion: Opinion) -> list[Link]:
    """Return all links for this user and matter."""
    return [link for ask in _ASKED for link in ask(user, opinion)]
