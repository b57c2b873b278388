"""Which messages exist. An app registers its kinds when it is imported; an unknown kind is an error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notices.states import Channel


class UnknownKind(LookupError):
    """Somebody posted a notice of a kind nobody registered."""


@dataclass(frozen=True)
class Kind:
    """A sort of message.

    `template_prefix` is a template path without ".txt"; a channel may have its own text in
    "<prefix>.sms.txt" or "<prefix>.email.txt". `channels` are tried for a draft that names none: each for which
    the person has an address. An `urgent` kind is sent before others, but not in quiet hours either.
    """

    name: str
    title: str
    template_prefix: str
    channels: tuple[str, ...] = (Channel.IN_SITE,)
    urgent: bool = False

    def texts(self, channel: str) -> list[str]:
        """Template paths for `channel` in the order they are tried."""
        prefix = self.template_prefix.removesuffix(".txt").rstrip("/")
        return [f"{prefix}.{channel.lower()}.txt", f"{prefix}.txt", f"{prefix}/{self.name}.txt"]


_KINDS: dict[str, Kind] = {}
_LINKS: dict[str, Callable[[str], str]] = {}


def register(kind: Kind) -> Kind:
    """Make `kind` known. The same kind again is harmless; another one of the same name raises ValueError."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"notice kind {kind.name} is registered twice")
    return kind


def get(name: str) -> Kind:
    """The kind called `name`; raises UnknownKind."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def known() -> Sequence[Kind]:
    """All registered kinds by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def link(word: str, address: Callable[[str], str]) -> None:
    """Say where a subject leads: for "opinion:12", `link("opinion", lambda pk: reverse(…, args=[pk]))`."""
    _LINKS[word] = address


def address_of(subject: str) -> str:
    """The desk page a subject such as "opinion:12" leads to; "" when nobody said."""
    word, _, key = subject.partition(":")
    return _LINKS[word](key) if key and word in _LINKS else ""
