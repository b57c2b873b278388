"""Which messages exist. An app registers its kinds when it is imported; an unknown kind is an error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notices.states import PHONE, Channel

# Channels that other people may read over one's shoulder: they never fall back to a text with the matter in it.
GUARDED = {Channel.WECOM: "notices/wecom.txt", Channel.WECHAT: "notices/wechat.txt", PHONE: "notices/phone.txt"}


class UnknownKind(LookupError):
    """Somebody posted a notice of a kind nobody registered."""


@dataclass(frozen=True)
class Kind:
    """A sort of message.

    `template_prefix` is a template path without ".txt"; a channel may have its own text in
    "<prefix>.sms.txt" or "<prefix>.email.txt". `channels` are tried for a draft that names none: each for which
    the person has an address. An `urgent` kind is sent before others, but not in quiet hours either.

    `pass_on` names channels that repeat an in-site notice which was not read in time; notices of one `family`
    become one message there. `words` are the placeholders that the county may use in the kind's texts.
    """

    name: str
    title: str
    template_prefix: str
    channels: tuple[str, ...] = (Channel.IN_SITE,)
    urgent: bool = False
    pass_on: tuple[str, ...] = ()
    family: str = ""
    words: tuple[str, ...] = ()

    def texts(self, channel: str) -> list[str]:
        """Template paths for `channel` in the order they are tried."""
        prefix = self.template_prefix.removesuffix(".txt").rstrip("/")
        own = f"{prefix}.{channel.lower()}.txt"
        if channel in GUARDED:
            return [own, GUARDED[channel]]
        return [own, f"{prefix}.txt", f"{prefix}/{self.name}.txt"]

    @property
    def text_channels(self) -> tuple[str, ...]:
        """The channels whose text the county may edit; a kind that goes to a telephone has a script as well."""
        wanted = dict.fromkeys([*self.channels, *self.pass_on])
        return tuple(wanted) + ((PHONE,) if Channel.SMS in wanted else ())


@dataclass(frozen=True)
class Family:
    """Notices that become one message: "有 15 件" and the title. `is_daily` ones wait for the morning, others for
    some minutes. `subject` says where the one message leads to.
    """

    name: str
    title: str
    subject: str = ""
    is_daily: bool = False

    @property
    def kind(self) -> str:
        """The kind of the one message."""
        return f"digest_{self.name}"


Told = Callable[[str, str, Any, datetime], None]
Lost = Callable[[str, str, datetime, datetime], None]
_KINDS: dict[str, Kind] = {}
_FAMILIES: dict[str, Family] = {}
_LINKS: dict[str, Callable[[str], str]] = {}
_TOLD: dict[str, Told] = {}
_LOST: dict[str, Lost] = {}
_ARRIVED: dict[str, Lost] = {}


def register(kind: Kind) -> Kind:
    """Make `kind` known. The same kind again is harmless; another one of the same name raises ValueError."""
    if _KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"notice kind {kind.name} is registered twice")
    return kind


def register_family(family: Family) -> Family:
    """Make `family` known, together with the kind of its one message."""
    if _FAMILIES.setdefault(family.name, family) != family:
        raise ValueError(f"notice family {family.name} is registered twice")
    outside = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)
    words = ("subject", "count", "tally", "list", "link")
    register(Kind(family.kind, family.title, "notices/digest", pass_on=outside, words=words))
    return family


def get(name: str) -> Kind:
    """The kind called `name`; raises UnknownKind."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def known() -> Sequence[Kind]:
    """All registered kinds by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def family_of(name: str) -> Family | None:
    """The family of the kind called `name`; None for a kind that stands alone or is no longer known."""
    kind = _KINDS.get(name)
    return _FAMILIES.get(kind.family) if kind else None


def link(word: str, address: Callable[[str], str]) -> None:
    """Say where a subject leads: for "opinion:12", `link("opinion", lambda pk: reverse(…, args=[pk]))`."""
    _LINKS[word] = address


def address_of(subject: str) -> str:
    """The desk page a subject such as "opinion:12" leads to; "" when nobody said."""
    word, _, key = subject.partition(":")
    return _LINKS[word](key) if key and word in _LINKS else ""


def when_told(word: str, act: Told) -> None:
    """Say what else happens when somebody was told by telephone: `act(key, kind, actor, at)` for "opinion:<key>"."""
    _TOLD[word] = act


def tell(subject: str, kind: str, actor: Any, at: datetime) -> None:
    """Let the subject's app know that its person was told; nothing when nobody asked for it."""
    word, _, key = subject.partition(":")
    if key and word in _TOLD:
        _TOLD[word](key, kind, actor, at)


def when_lost(word: str, act: Lost) -> None:
    """Say what else happens when a message did not arrive: `act(key, kind, written_at, at)` for "opinion:<key>"."""
    _LOST[word] = act


def lose(subject: str, kind: str, written_at: datetime, at: datetime) -> None:
    """Let the subject's app know that its person did not get the message; nothing when nobody asked for it."""
    word, _, key = subject.partition(":")
    if key and word in _LOST:
        _LOST[word](key, kind, written_at, at)


def when_arrived(word: str, act: Lost) -> None:
    """Say what else happens when a telephone took a message: `act(key, kind, written_at, at)` for "opinion:<key>"."""
    _ARRIVED[word] = act


def arrive(subject: str, kind: str, written_at: datetime, at: datetime) -> None:
    """Let the subject's app know that its person has the message now; nothing when nobody asked for it."""
    word, _, key = subject.partition(":")
    if key and word in _ARRIVED:
        _ARRIVED[word](key, kind, written_at, at)
