"""From a draft to rows: who is reached by which channel, when the message may leave, and what is kept of its values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from core.fields import keyed_hash
from notices import kinds
from notices.kinds import Kind
from notices.models import Notice, WechatBinding
from notices.rules_cache import current_rules
from notices.states import Channel, State

PURPOSE = "notice-address"
BINDING = "wechat-binding"
_TEXT_LIMIT = 200


@dataclass(frozen=True)
class Draft:
    """One message to one person, before it is written.

    Name the person by `user` (or `user_id`), `phone` or `email`. Without `channel` one notice is made for every
    channel of the kind that reaches the person; with `user_id` alone that is the in-site channel only. With a
    `channel`, `address` may say what that channel understands.
    `dedupe` names the occasion: the same occasion, person and channel is written once, ever. `subject` is a
    reference such as "opinion:12"; `context` holds plain values for the template and no names or phones, and
    may hold `path`, the receiver's own page, and `groups`, the WeCom groups that the matter concerns.
    """

    kind: str
    at: datetime
    dedupe: str
    user: User | None = field(default=None, repr=False)
    user_id: int | None = None
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    channel: str | None = None
    region_code: str = ""
    station_code: str = ""
    subject: str = ""
    context: dict[str, Any] | None = field(default=None, repr=False)
    address: str = field(default="", repr=False)


def write(drafts: Iterable[Draft]) -> list[Notice]:
    """Write all drafts with one INSERT … ON CONFLICT DO NOTHING and return the rows that were offered.

    What was written before under the same key is skipped. Raises `kinds.UnknownKind`.
    """
    rows = rows_of(drafts)
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def rows_of(drafts: Iterable[Draft]) -> list[Notice]:
    """Return the rows of drafts without writing them. Raises `kinds.UnknownKind`."""
    return [row for draft in drafts for row in _rows(draft)]


def _rows(draft: Draft) -> Iterator[Notice]:
    kind = kinds.get(draft.kind)
    for channel in (draft.channel,) if draft.channel else kind.channels:
        address = _address(draft, channel)
        if channel == Channel.IN_SITE and _user_id(draft) is None:
            continue
        if channel != Channel.IN_SITE and not address:
            continue
        yield _row(draft, kind, str(channel), address)


def _row(draft: Draft, kind: Kind, channel: str, address: str) -> Notice:
    in_site = channel == Channel.IN_SITE
    leaves = draft.at if in_site else current_rules().quiet.next_allowed(draft.at)
    return Notice(
        kind=draft.kind,
        channel=channel,
        user_id=_user_id(draft),
        address=address,
        address_hash=keyed_hash(address, PURPOSE),
        subject=draft.subject[:120],
        context=plain(draft.context or {}),
        region_code=draft.region_code,
        station_code=draft.station_code,
        dedupe=draft.dedupe,
        state=State.SENT if in_site else State.PENDING,
        not_before=leaves,
        next_try_at=leaves,
        sent_at=draft.at if in_site else None,
        created_at=draft.at,
        pass_on_at=pass_on_at(draft.at, kind) if in_site else None,
    )


def pass_on_at(at: datetime, kind: Kind) -> datetime | None:
    """When an in-site notice that nobody reads goes on; None for one that stays where it is."""
    family = kinds.family_of(kind.name)
    if family is None:
        return at if kind.pass_on else None
    return current_rules().pass_on_at(at, is_daily=family.is_daily)


def _user_id(draft: Draft) -> int | None:
    return draft.user.pk if draft.user else draft.user_id


def _address(draft: Draft, channel: str) -> str:
    if draft.address:
        return draft.address
    if channel == Channel.WECHAT:
        return openid_of(_user_id(draft), draft.phone)
    if channel == Channel.SMS:
        return draft.phone or (draft.user.phone if draft.user else "")
    if channel == Channel.EMAIL:
        return draft.email or (draft.user.email if draft.user else "")
    return ""


def openid_of(user_id: int | None, phone: str) -> str:
    """The WeChat account of a colleague, or of who has this telephone; "" when none is known or none is connected."""
    if not settings.WECHAT_APP_ID or not (user_id or phone):
        return ""
    whose = {"user_id": user_id} if user_id else {"phone_hash": keyed_hash(phone, BINDING)}
    binding = WechatBinding.objects.filter(**whose).first()
    return binding.openid if binding else ""


def plain(context: dict[str, Any]) -> dict[str, Any]:
    """The context as JSON can hold it, texts on one line and of bounded length.

    A value typed by somebody can so neither add a line to a message nor hide one: line breaks, control and
    direction characters go.
    """
    return {key: _plain(value) for key, value in context.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value[:50]]
    text = "".join(" " if character.isspace() else character for character in str(value))
    return " ".join("".join(c for c in text if c.isprintable()).split())[:_TEXT_LIMIT]
