"""Writing notices. The only way in: a draft becomes rows in the caller's transaction, delivery follows after commit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from notices.drafts import Draft, rows_of, write
from notices.models import Notice
from notices.nudge import nudge
from notices.states import State

__all__ = ["Draft", "post", "post_many", "rows_of", "wake"]


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
    station_code: str = "",
    subject: str = "",
    context: dict[str, Any] | None = None,
) -> int:
    """Write one draft; see `Draft` and `post_many`."""
    draft = Draft(
        kind=kind, at=at, dedupe=dedupe, user=user, user_id=user_id, phone=phone, email=email, channel=channel,
        region_code=region_code, station_code=station_code, subject=subject, context=context,
    )  # fmt: skip
    return post_many([draft])


def post_many(drafts: Iterable[Draft]) -> int:
    """Write all drafts and return how many rows were offered; the worker is woken after commit.

    What was written before under the same key is skipped. Raises `kinds.UnknownKind` and, for a draft that names
    nobody and could never arrive, nothing: a resident without a phone is simply not told.
    """
    rows = write(drafts)
    wake(rows)
    return len(rows)


def wake(rows: Iterable[Notice]) -> None:
    """Wake the worker after commit when one of the rows waits for it."""
    if any(row.state == State.PENDING for row in rows):
        nudge()
