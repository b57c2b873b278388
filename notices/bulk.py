"""In-site notices for many people at once: one INSERT … SELECT, for sweeps over thousands of rows.

They are there with their transaction; what nobody reads in time is passed on like any other, so nothing is nudged.
What was written before is skipped, as in `notices.outbox`. The query is the caller's own text; values travel as
parameters.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from notices import kinds
from notices.drafts import pass_on_at
from notices.states import Channel, State

_INSERT = """
INSERT INTO notices_notice (kind, channel, user_id, address, address_hash, subject, context, region_code,
    station_code, dedupe, state, not_before, attempts, next_try_at, sent_at, last_error, created_at, pass_on_at)
SELECT %(kind)s, %(channel)s, told.user_id, '', '', told.subject, told.context, told.region_code,
    told.station_code, told.dedupe, %(sent)s, %(at)s, 0, %(at)s, %(at)s, '', %(at)s, %(later)s
FROM ({rows}) AS told
ON CONFLICT DO NOTHING
"""


def post_from(kind: str, rows: str, params: Mapping[str, Any], *, at: datetime) -> int:
    """Write an in-site notice for each row of a query and return how many are new.

    `rows` is SQL with the columns user_id, subject, context (jsonb, plain values and no names or phones), region_code,
    station_code and dedupe; its placeholders are named and filled from `params`. Raises `kinds.UnknownKind`.
    """
    later = pass_on_at(at, kinds.get(kind))
    fixed: dict[str, Any] = {"kind": kind, "channel": Channel.IN_SITE.value, "sent": State.SENT.value, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(rows=rows), {**params, **fixed, "later": later})
        return cursor.rowcount
