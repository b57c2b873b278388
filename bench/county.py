"""The data the bench runs on: the seeded county, and as many plain opinions as asked for, written by SQL."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench.floor import TABLES
from dashboards.demo.county import seed_demo
from dashboards.rollup import recount
from opinions.models import Opinion

PASSWORD = "bench only 2026"

# Each copy lies in another place than its original, and what is closed on another day of the last two years: so the
# sums of the county board meet nearly every pair of place and subject on nearly every day, as in a real county. One
# copy in twenty still runs: a matter takes weeks, and the copies fill two years.
MANY = """
INSERT INTO opinions_opinion (receipt, station_id, region_id, location, channel, title, body,
  body_folded, people,
  state, kind, category_id, round, is_public, needs_county, lead_unit_id, outcome, satisfaction,
  is_reopened, has_returned,
  first_contact_id, name, phone, phone_hash, hide_identity, consent_version, created_at, accepted_at,
  assigned_at,
  replied_at, fed_back_at, closed_at, step_due_at, reply_due_at, is_provisional, changed_at,
  merged_into_id)
SELECT 'B' || lpad(upper(to_hex(n)), 9, '0'), p.station_id, p.region_id, o.location, o.channel, o.title,
  o.body,
  o.body_folded, o.people, o.state, o.kind, o.category_id, o.round, o.is_public, false, o.lead_unit_id,
  o.outcome,
  o.satisfaction, o.is_reopened, o.has_returned, o.first_contact_id, '', '', '', true, '',
  o.created_at - back.days, o.accepted_at - back.days, o.assigned_at - back.days, o.replied_at - back.days,
  o.fed_back_at - back.days, o.closed_at - back.days, o.step_due_at, o.reply_due_at - back.days,
  o.is_provisional, o.changed_at - back.days, o.merged_into_id
FROM generate_series(%(first)s, %(last)s) n
JOIN originals o ON CASE WHEN n %% 20 = 0 THEN o.is_open AND o.turn = n / 20 %% %(open)s
  ELSE NOT o.is_open AND o.turn = n %% (%(width)s - %(open)s) END
JOIN originals p ON p.place = n * 31 / %(width)s %% %(width)s,
LATERAL (SELECT make_interval(days => CASE WHEN o.closed_at IS NULL THEN 0
  ELSE 15 + n / 3 %% 715 - (current_date - o.created_at::date) END) AS days) AS back
"""
ORIGINALS = """
CREATE TEMPORARY TABLE originals AS
SELECT *, closed_at IS NULL AS is_open, row_number() OVER (ORDER BY id) - 1 AS place,
  row_number() OVER (PARTITION BY closed_at IS NULL ORDER BY id) - 1 AS turn
FROM opinions_opinion WHERE id <= %s AND merged_into_id IS NULL
"""
SUMS = [f"dashboards_{name}" for name in ("boardchange", "daycount", "monthcount", "dayanswers", "monthanswers")]
TRIGGERS = ("opinion_words_of_new", "board_follow_new")


def prepare() -> None:
    """Write the demo county and the floor's tables."""
    seed_demo(timezone.now() - timedelta(minutes=5), PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute("INSERT INTO bench_message (code, body, made) VALUES ('FLOOR', '有事找代表', now())")


def grow(count: int) -> int:
    """Bring the opinions to `count` by copying the demo's rows under new receipts; returns how many there are."""
    have = Opinion.objects.count()
    originals = Opinion.objects.filter(merged_into=None).exclude(receipt__startswith="B0")
    last, width = originals.order_by("-id").values_list("id", flat=True)[0], originals.count()
    still_open = originals.filter(closed_at=None).count()
    if count > have:
        with connection.cursor() as cursor:
            # The copies are not searched (`bench.search` measures that with words of its own) and counted in one go.
            for trigger in TRIGGERS:
                cursor.execute(f"ALTER TABLE opinions_opinion DISABLE TRIGGER {trigger}")
            cursor.execute("DROP TABLE IF EXISTS originals")
            cursor.execute(ORIGINALS, [last])
            cursor.execute(MANY, {"first": have + 1, "last": count, "width": width, "open": still_open})
            for trigger in TRIGGERS:
                cursor.execute(f"ALTER TABLE opinions_opinion ENABLE TRIGGER {trigger}")
            cursor.execute("VACUUM ANALYZE opinions_opinion")
            cursor.execute(f"TRUNCATE {', '.join(SUMS)}")
        recount()
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {', '.join(SUMS)}")
    return Opinion.objects.count()


def session_of(username: str) -> str:
    """Sign an account in and return its session cookie."""
    user = User.objects.get(username=username)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
