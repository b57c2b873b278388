"""The sweep of limits over many open matters of which one in a hundred is due, beside one UPDATE of the same rows.

`python -m bench.sweep [--rows 1000000] [--rounds 5]` makes a database of its own. The floors are what the database
needs to mark the same limits, or to touch the same matters, with one committed statement and nothing else: no card,
no line of history, no notice. Every round does floors and sweep on rows of the same number that nobody has told of.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("EMBEDDED_DB", "liaison_bench_sweep")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ.update({"DEMO": "1", "DEBUG": "", "BEHIND_PROXY": "1"})

ROOT = Path(__file__).resolve().parents[1]
SHARE = 100  # one in so many is due
MATTERS = """
INSERT INTO opinions_opinion (receipt, station_id, region_id, location, channel, title, body, body_folded, people,
  state, kind, category_id, round, is_public, needs_county, lead_unit_id, outcome, satisfaction, is_reopened,
  has_returned, first_contact_id, name, phone, phone_hash, hide_identity, consent_version, created_at, accepted_at,
  assigned_at, step_due_at, reply_due_at, is_provisional, changed_at)
SELECT 'W' || lpad(upper(to_hex(n)), 9, '0'), o.station_id, o.region_id, '', o.channel, o.title, o.body, '', 1,
  'HANDLING', o.kind, o.category_id, 1, true, false, o.lead_unit_id, '', '', false, false, o.first_contact_id, '', '',
  '', true, '', %(start)s, %(start)s, %(start)s, %(later)s, %(later)s, false, %(start)s
FROM generate_series(1, %(rows)s) n
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM opinions_opinion
      WHERE lead_unit_id IS NOT NULL AND category_id IS NOT NULL) o
  ON o.place = n %% (SELECT count(*) FROM opinions_opinion WHERE lead_unit_id IS NOT NULL AND category_id IS NOT NULL)
"""
LIMITS = """
INSERT INTO opinions_deadline (opinion_id, step, round, started_at, working_days, due_at, is_provisional)
SELECT id, 'REPLY', 1, created_at, 10, reply_due_at, false FROM opinions_opinion WHERE receipt LIKE 'W0%'
"""
PART = "opinion_id IN (SELECT id FROM opinions_opinion WHERE receipt LIKE 'W0%%' AND id %% %(parts)s = %(part)s)"


def section(rows: int) -> None:
    """Measure in a process and a database of its own, and print; the hook of `python -m bench`."""
    environ = os.environ | {"EMBEDDED_DB": "liaison_bench_sweep"}
    subprocess.run([sys.executable, "-m", "bench.sweep", "--rows", str(rows)], cwd=ROOT, env=environ, check=False)


def prepare(rows: int, at: datetime) -> None:
    """Write the demo county and `rows` open matters in hand, all due in half a year."""
    from django.db import connection  # noqa: PLC0415 - only after setup

    from dashboards.demo.county import seed_demo  # noqa: PLC0415
    from opinions.models import Deadline  # noqa: PLC0415

    seed_demo(at - timedelta(minutes=5), "bench only 2026")
    Deadline.objects.filter(ended_at=None).update(ended_at=at)  # the demo's own late matters are not measured
    values: dict[str, Any] = {"rows": rows, "start": at - timedelta(days=30), "later": at + timedelta(days=180)}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE opinions_opinion DISABLE TRIGGER opinion_words_of_new")
        cursor.execute(MATTERS, values)
        cursor.execute("ALTER TABLE opinions_opinion ENABLE TRIGGER opinion_words_of_new")
        cursor.execute(LIMITS)
        cursor.execute("VACUUM ANALYZE opinions_opinion")
        cursor.execute("VACUUM ANALYZE opinions_deadline")


def make_due(part: int, at: datetime) -> int:
    """Let one part in a hundred pass its limit a moment ago; return how many."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        sql = f"UPDATE opinions_deadline SET due_at = %(due)s WHERE ended_at IS NULL AND {PART}"
        cursor.execute(sql, {"due": at - timedelta(hours=1), "parts": SHARE, "part": part})
        count = cursor.rowcount
        for table in ("opinions_deadline", "opinions_opinion"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
    return count


def floor(table: str, part: int, at: datetime) -> float:
    """Time one committed UPDATE of the due limits, or of their matters."""
    from django.db import connection  # noqa: PLC0415

    marks = "UPDATE opinions_deadline SET soon_told_at = %(at)s WHERE ended_at IS NULL AND due_at <= %(at)s"
    matters = (
        "UPDATE opinions_opinion o SET changed_at = %(at)s FROM opinions_deadline d "
        "WHERE d.opinion_id = o.id AND d.ended_at IS NULL AND d.due_at <= %(at)s"
    )

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(marks if table == "limits" else matters, {"at": at})

    return timed(run)


def timed(run: Callable[[], object]) -> float:
    """Return the seconds a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def finish(part: int, at: datetime) -> None:
    """End the limits of a round, so that the next one begins as this one did."""
    from opinions.models import Deadline  # noqa: PLC0415

    Deadline.objects.filter(ended_at=None, due_at__lte=at).update(ended_at=at)


def fresh_parts() -> list[int]:
    """Return the hundredths whose limits still run."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT opinion_id %% {SHARE} FROM opinions_deadline WHERE ended_at IS NULL ORDER BY 1", []
        )
        return [part for (part,) in cursor.fetchall()]


def measure(rounds: int) -> dict[str, float]:
    """Return the medians in seconds, and how many limits each round told of."""
    from django.utils import timezone  # noqa: PLC0415

    from notices.models import Notice  # noqa: PLC0415
    from opinions import sweeps  # noqa: PLC0415

    at = timezone.now()
    found: dict[str, list[float]] = {"limits": [], "matters": [], "sweep": [], "idle": [], "due": [], "notices": []}
    for number, part in enumerate(fresh_parts()[:rounds], 1):
        found["due"].append(make_due(part, at))
        found["limits"].append(floor("limits", part, at))
        found["matters"].append(floor("matters", part, at))
        make_due(part, at)  # vacuumed again, as before the floors
        before = Notice.objects.count()
        found["sweep"].append(timed(lambda: sweeps.sweep_deadlines(at)))
        found["notices"].append(Notice.objects.count() - before)
        found["idle"].append(timed(lambda: sweeps.sweep_deadlines(at)))
        finish(part, at)
        print(f"round {number} of {rounds}", file=sys.stderr)
    return {name: statistics.median(values) for name, values in found.items()}


def table(rows: int, figures: dict[str, float]) -> str:
    """Return the figures as a table of the docs."""
    due, notices = int(figures["due"]), int(figures["notices"])
    lines = [
        "| work | open | due | ms | of the limits' UPDATE | of the matters' UPDATE |",
        "|---|---|---|---|---|---|",
    ]
    names = {
        "limits": "one UPDATE of the due limits",
        "matters": "one UPDATE of their matters",
        "sweep": f"sweep: marks, cards, history, {notices:,} notices",
        "idle": "sweep again, nothing due",
    }
    for key, name in names.items():
        of_limits, of_matters = figures[key] / figures["limits"], figures[key] / figures["matters"]
        lines.append(
            f"| {name} | {rows:,} | {due:,} | {figures[key] * 1000:,.0f} | {of_limits:.2f} × | {of_matters:.2f} × |"
        )
    return "\n".join(lines)


def main() -> int:
    """Read the arguments, prepare a database, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.sweep", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="measure the database as the last run left it")
    options = parser.parse_args()
    import django  # noqa: PLC0415 - Django reads the environment set above

    from bench.runner import _empty  # noqa: PLC0415
    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    spots = ensure()
    if not options.keep:
        _empty(spots)
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if not options.keep:
        prepare(options.rows, timezone.now())
    print(table(options.rows, measure(options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
