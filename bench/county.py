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
from opinions.models import Opinion

PASSWORD = "bench only 2026"

MANY = """
INSERT INTO opinions_opinion (receipt, station_id, region_id, location, channel, title, body,
  body_folded, people,
  state, kind, category_id, round, is_public, needs_county, lead_unit_id, outcome, satisfaction,
  is_reopened, has_returned,
  first_contact_id, name, phone, phone_hash, hide_identity, consent_version, created_at, accepted_at,
  assigned_at,
  replied_at, fed_back_at, closed_at, step_due_at, reply_due_at, is_provisional, changed_at)
SELECT 'B' || lpad(upper(to_hex(n)), 9, '0'), o.station_id, o.region_id, o.location, o.channel, o.title,
  o.body,
  o.body_folded, o.people, o.state, o.kind, o.category_id, o.round, o.is_public, false, o.lead_unit_id,
  o.outcome,
  o.satisfaction, o.is_reopened, o.has_returned, o.first_contact_id, '', '', '', true, '', o.created_at,
  o.accepted_at,
  o.assigned_at, o.replied_at, o.fed_back_at, o.closed_at, o.step_due_at, o.reply_due_at,
  o.is_provisional, o.changed_at
FROM generate_series(%s, %s) n
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM opinions_opinion
  WHERE id <= %s AND merged_into_id IS NULL) o
  ON o.place = n %% %s
"""


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
    if count > have:
        with connection.cursor() as cursor:
            # The copies are not searched; `bench.search` measures that with words of its own.
            cursor.execute("ALTER TABLE opinions_opinion DISABLE TRIGGER opinion_words_of_new")
            cursor.execute(MANY, [have + 1, count, last, width])
            cursor.execute("ALTER TABLE opinions_opinion ENABLE TRIGGER opinion_words_of_new")
            cursor.execute("ANALYZE opinions_opinion")
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
