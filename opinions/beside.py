"""What packages further on put on the page of a matter or of a service post's record: links to what came of it, and
buttons that make something of it.

The page asks whoever registered; it does not know what lies behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model


@dataclass(frozen=True)
class Link:
    """An address with its words; `stands` says how it stands there, `is_act` makes it a button on top of the page."""

    address: str
    words: str
    stands: str = ""
    is_act: bool = False


Ask = Callable[[Any, Any], list[Link]]
_ASKED: dict[type[Model], list[Ask]] = {}


def register(model: type[Model], ask: Ask) -> None:
    """Let `ask(user, row)` be asked for every page of a row of `model`."""
    known = _ASKED.setdefault(model, [])
    if ask not in known:
        known.append(ask)


def links(user: Any, row: Model) -> list[Link]:
    """Return all links for this user and row."""
    return [link for ask in _ASKED.get(type(row), ()) for link in ask(user, row)]
