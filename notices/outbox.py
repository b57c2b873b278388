"""Writing notices. The only way in: a draft becomes rows in the caller's transaction, delivery follows after commit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import User
from core.fields import keyed_hash
from notices import kinds
from notices.models import Notice
from notices.nudge import nudge
from notices.rules_cache import current_rules
from notices.states import Channel, State

PURPOSE = "notice-address"
_TEXT_LIMIT = 200


@dataclass(frozen=True)
class Draft:
    """One message to one person, before it is written.

    Name the person by `user` (or `user_id`), `phone` or `email`. Without `channel` one notice is made for every
    channel of the kind that reaches the person; with `user_id` alone that is the in-site channel only.
    `dedupe` names the occasion: the same occasion, person and channel is written once, ever. `subject` is a
    reference such as "opinion:12"; `context` holds plain values for the template and no names or phones.
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
    subject: str = ""
    context: dict[str, Any] | None = field(default=None, repr=False)


def post(
    kind: str,
    *,
    at: datetime,
    dedupe: str,
    user: User | None = None,
    user_id: int | None = None,
    phone: str = "",
    email: str = "",
    channel: str | None = None,
    region_code: str = "",
    subject: str = "",
    context: dict[str, Any] | None = None,
) -> int:
    """Write one draft; see `Draft` and `post_many`."""
    draft = Draft(
        kind=kind, at=at, dedupe=dedupe, user=user, user_id=user_id, phone=phone, email=email, channel=channel,
        region_code=region_code, subject=subject, context=context,
    )  # fmt: skip
    return post_many([draft])


def post_many(drafts: Iterable[Draft]) -> int:
    """Write all drafts with one INSERT … ON CONFLICT DO NOTHING and return how many rows were offered.

    What was written before under the same key is skipped. Raises `kinds.UnknownKind` and, for a draft that names
    nobody and could never arrive, nothing: a resident without a phone is simply not told.
    """
    rows = [row for draft in drafts for row in _rows(draft)]
    if not rows:
        return 0
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.state == State.PENDING for row in rows):
        nudge()
    return len(rows)


def _rows(draft: Draft) -> Iterator[Notice]:
    kind = kinds.get(draft.kind)
    for channel in (draft.channel,) if draft.channel else kind.channels:
        address = _address(draft, channel)
        if channel == Channel.IN_SITE and _user_id(draft) is None:
            continue
        if channel != Channel.IN_SITE and not address:
            continue
        yield _row(draft, str(channel), address)


def _row(draft: Draft, channel: str, address: str) -> Notice:
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
        dedupe=draft.dedupe,
        state=State.SENT if in_site else State.PENDING,
        not_before=leaves,
        next_try_at=leaves,
        sent_at=draft.at if in_site else None,
        created_at=draft.at,
    )


def _user_id(draft: Draft) -> int | None:
    return draft.user.pk if draft.user else draft.user_id


def _address(draft: Draft, channel: str) -> str:
    if channel == Channel.SMS:
        return draft.phone or (draft.user.phone if draft.user else "")
    if channel == Channel.EMAIL:
        return draft.email or (draft.user.email if draft.user else "")
    return ""


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
