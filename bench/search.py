"""`python -m bench.search [--rows 1000000]`: how long the register's search takes inside the database.

The texts are real messages from `../shared/data/messages.jsonl.gz` beside the checkout; without that file there is
nothing to measure, and it says so. The bench makes a database of its own, brings it to that many matters over three
years, and asks 200 questions cut from the rows' own text, for a reader of the county, of a town and of a station.
Each question is the two statements of the list: the count up to its cap and the first page. All are asked once and then
once more: the first time many rows come from the disk or the system's memory, the second time from the database's own.
Last, what the search adds to the insert of a message: the time of its trigger.
"""

import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT.parent / "shared" / "data" / "messages.jsonl.gz"
READERS = {"county": "county", "town": "town", "station": "station"}
# How many questions of which kind: the length of a word, two words, a receipt, words that stand nowhere.
KINDS = {"1": 30, "2": 50, "3": 30, "4": 30, "6": 10, "two": 30, "receipt": 10, "none": 10}
SEED = 20260301
_HAN = re.compile("[\u4e00-\u9fff]+")

_TEXTS = "CREATE UNLOGGED TABLE bench_words (place int PRIMARY KEY, title text, body text, folded text)"
# Closed matters first, so that of the rows before the last month only those are copied.
_FRAME = """
CREATE TABLE bench_frame AS
SELECT *, row_number() OVER (ORDER BY closed_at IS NULL, id) - 1 AS place FROM opinions_opinion
WHERE merged_into_id IS NULL
"""
_ROWS = """
INSERT INTO opinions_opinion (receipt, station_id, region_id, location, channel, title, body, body_folded, people,
  state, kind, category_id, round, is_public, needs_county, lead_unit_id, outcome, satisfaction, is_reopened,
  has_returned, first_contact_id, name, phone, phone_hash, hide_identity, consent_version, created_at, accepted_at,
  assigned_at, replied_at, fed_back_at, closed_at, step_due_at, reply_due_at, is_provisional, changed_at)
SELECT 'B' || lpad(upper(to_hex(n)), 9, '0'), o.station_id, o.region_id, r.short_name || n %% 700 || '号', o.channel,
  w.title, w.body, w.folded || ' ' || r.short_name || n %% 700 || '号', o.people, o.state, o.kind, o.category_id,
  o.round, o.is_public, false, o.lead_unit_id, o.outcome, o.satisfaction, o.is_reopened, o.has_returned,
  o.first_contact_id, '', '', '', true, '', o.created_at + d, o.accepted_at + d, o.assigned_at + d, o.replied_at + d,
  o.fed_back_at + d, o.closed_at + d, o.step_due_at + d, o.reply_due_at + d, o.is_provisional, o.changed_at + d
FROM (SELECT n, random() AS chance, floor(random() * %(texts)s) AS text_place FROM generate_series(1, %(rows)s) n) g
JOIN bench_frame o ON o.place = floor(chance * CASE WHEN n < 0.97 * %(rows)s THEN %(closed)s ELSE %(frame)s END)
JOIN stations_region r ON r.code = o.region_id
JOIN bench_words w ON w.place = text_place
CROSS JOIN LATERAL (SELECT now() - interval '1100 days' * (1 - n / %(rows)s::float) - o.created_at AS d) shift
ORDER BY n
"""
_WORDS = """
INSERT INTO opinions_opinionwords (opinion_id, region_code, station_id, folded)
SELECT id, region_id, station_id, body_folded FROM opinions_opinion ORDER BY id ON CONFLICT (opinion_id) DO NOTHING
"""


def section(rows: int) -> None:
    """Measure in a process and a database of its own, and print; the hook of `python -m bench`."""
    subprocess.run([sys.executable, "-m", "bench.search", "--rows", str(rows)], cwd=ROOT, check=False)


def main() -> int:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="measure the database as the last run left it")
    options = parser.parse_args()
    if not MESSAGES.exists():
        print(f"search: left out, because there are no real messages at {MESSAGES.relative_to(ROOT.parent)}")
        return 0
    os.environ["EMBEDDED_DB"] = "liaison_bench_search"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    os.environ.update({"DEMO": "1", "DEBUG": ""})
    import django  # noqa: PLC0415 - reads the environment set above

    from bench import runner  # noqa: PLC0415
    from liaison.runtime.embedded import ensure  # noqa: PLC0415

    spots = ensure()
    if not options.keep:
        runner._empty(spots)
    django.setup()
    texts = _texts()
    if not options.keep:
        _fill(options.rows, texts)
    _measure(texts)
    _measure_inserts()
    return 0


def _texts() -> list[tuple[str, str, str]]:
    """Read title, body and folded text of each real message."""
    from core.text import fold, tidy  # noqa: PLC0415

    found = []
    with gzip.open(MESSAGES, "rt", encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            title, body = tidy(message["title"])[:80], tidy(message["body"])[:5000]
            found.append((title, body, fold(f"{title} {body}")))
    return found


def _fill(rows: int, texts: list[tuple[str, str, str]]) -> None:
    """Write the matters without the search's trigger, then their words and the index in one go, as the migration."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from psycopg2.extras import execute_values  # noqa: PLC0415

    from bench import county  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    county.prepare()
    began = time.monotonic()
    with connection.cursor() as cursor, search_set_aside(cursor):
        cursor.execute(f"SELECT setseed(0.5); {_TEXTS}; {_FRAME}; ANALYZE bench_frame")
        values = [(place, *text) for place, text in enumerate(texts)]
        execute_values(cursor.cursor, "INSERT INTO bench_words VALUES %s", values, page_size=500)
        cursor.execute("SELECT count(*), count(closed_at) FROM bench_frame")
        frame, closed = cursor.fetchone()
        cursor.execute(_ROWS, {"rows": rows, "texts": len(texts), "frame": frame, "closed": closed})
        cursor.execute("VACUUM ANALYZE opinions_opinion")
        written = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM opinions_opinionwords")
        cursor.execute("SELECT pg_size_pretty(pg_relation_size('opinion_words_grams'))")
        (size,) = cursor.fetchone()
    print(f"rows in {written - began:.0f} s; words and index in {time.monotonic() - written:.0f} s, index {size}")


@contextmanager
def search_set_aside(cursor: Any) -> Iterator[None]:
    """Write very many rows inside, without their words; afterwards the words follow and the index is built once."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'opinion_words_grams'")
    (definition,) = cursor.fetchone()
    cursor.execute("DROP INDEX opinion_words_grams")
    cursor.execute("ALTER TABLE opinions_opinion DISABLE TRIGGER opinion_words_of_new")
    yield
    cursor.execute("ALTER TABLE opinions_opinion ENABLE TRIGGER opinion_words_of_new")
    cursor.execute(_WORDS)
    cursor.execute(f"SET maintenance_work_mem = '512MB'; {definition}; RESET maintenance_work_mem")
    cursor.execute("ALTER INDEX opinion_words_grams ALTER COLUMN 1 SET STATISTICS 1000")
    cursor.execute("ANALYZE opinions_opinionwords")


def questions(texts: list[tuple[str, str, str]], receipts: list[str]) -> list[str]:
    """Cut the questions from the texts: any place in any message, so that frequent words come often and rare ones too.

    Words that stand nowhere are made of characters that do.
    """
    chance = random.Random(SEED)
    runs = [run for *_two, folded in texts for run in _HAN.findall(folded)]
    whole = "\n".join(folded for *_two, folded in texts)

    def cut(length: int) -> str:
        while True:
            run = chance.choice(runs)
            if len(run) >= length:
                start = chance.randrange(len(run) - length + 1)
                return run[start : start + length]

    def nowhere() -> str:
        while (word := "".join(cut(1) for _ in range(chance.choice((2, 3, 4))))) in whole:
            pass
        return word

    makers = {"two": lambda: f"{cut(2)} {cut(2)}", "receipt": lambda: chance.choice(receipts), "none": nowhere}
    return [makers[kind]() if kind in makers else cut(int(kind)) for kind, many in KINDS.items() for _ in range(many)]


def _measure(texts: list[tuple[str, str, str]]) -> None:
    from accounts.models import User  # noqa: PLC0415
    from opinions.models import Opinion  # noqa: PLC0415

    receipts = list(Opinion.objects.exclude(receipt__startswith="B").values_list("receipt", flat=True)[:50])
    asked = questions(texts, receipts)
    total = Opinion.objects.count()
    print(f"\nsearch: {len(asked)} questions at {total:,} matters, milliseconds in the database, p50 / p95 / most")
    print("| reader | count | page | both | both, processor |\n|---|---|---|---|---|")
    backend = _Backend()
    for label, username in [*READERS.items(), *((f"{label}, again", name) for label, name in READERS.items())]:
        user = User.objects.get(username=username)
        times = [(words, *_ask(user, words, backend)) for words in asked]
        counts, pages = [count for _words, count, _page in times], [page for _words, _count, page in times]
        both = [(one[0] + two[0], one[1] + two[1]) for one, two in zip(counts, pages, strict=True)]
        columns = ([one[0] for one in counts], [one[0] for one in pages], [one[0] for one in both],
                   [one[1] for one in both])  # fmt: skip
        cells = [f"{_part(values, 0.5):.1f} / {_part(values, 0.95):.1f} / {max(values):.0f}" for values in columns]
        print(f"| {label} | {' | '.join(cells)} |", flush=True)
        slowest = sorted(times, key=lambda one: -one[1][1] - one[2][1])[:8]
        print("   ", "; ".join(f"{words} {one[1]:.0f}+{two[1]:.0f}" for words, one, two in slowest), file=sys.stderr)


class _Backend:
    """The server's process of this connection, and how long it has run on a processor; 0 where Linux does not say."""

    def __init__(self) -> None:
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.schedule = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def ran(self) -> float:
        """Return milliseconds: what other work on the machine does not make longer."""
        return int(self.schedule.read_text().split()[0]) / 1e6 if self.schedule.exists() else 0.0


def _measure_inserts() -> None:
    """Insert the last hundred messages anew, each taken back at the end, and print what the trigger took."""
    from django.db import connection, transaction  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_name = 'opinions_opinion' AND column_name NOT IN ('id', 'receipt', 'client_key')"
        )
        (columns,) = cursor.fetchone()
        cursor.execute("SELECT id FROM opinions_opinion ORDER BY id DESC LIMIT 100")
        keys = [key for (key,) in cursor.fetchall()]
    took, whole = [], []
    for key in keys:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"EXPLAIN (ANALYZE, FORMAT JSON) INSERT INTO opinions_opinion (receipt, {columns})"
                f" SELECT 'X' || lpad(id::text, 9, '0'), {columns} FROM opinions_opinion WHERE id = %s",
                [key],
            )
            plan = cursor.fetchone()[0][0]
            transaction.set_rollback(True)
        took += [one["Time"] for one in plan["Triggers"] if one["Trigger Name"] == "opinion_words_of_new"]
        whole.append(plan["Execution Time"])
    print(f"trigger of an insert: p50 {_part(took, 0.5):.2f} ms, p95 {_part(took, 0.95):.2f} ms", end=" ")
    print(f"of {_part(whole, 0.5):.2f} and {_part(whole, 0.95):.2f} ms for the whole statement")


def _ask(user: Any, words: str, backend: _Backend) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the milliseconds of the count and of the first page: as the server took them, and on the processor."""
    from django.http import QueryDict  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from opinions.filters import MOST_COUNTED, OpinionFilter, default_query  # noqa: PLC0415
    from opinions.models import Opinion  # noqa: PLC0415
    from opinions.views.register import PAGE_ROWS  # noqa: PLC0415
    from opinions.views.rows import COLUMNS  # noqa: PLC0415

    query = QueryDict(mutable=True)
    query["q"] = words
    found = OpinionFilter(default_query(query), queryset=Opinion.objects.visible_to(user), user=user, at=timezone.now())
    count = found.qs.values("pk")[: MOST_COUNTED + 1]
    page = found.in_order(PAGE_ROWS).values_list(*COLUMNS, named=True)[:PAGE_ROWS]
    return _server_time(count, backend), _server_time(page, backend)


def _server_time(rows: Any, backend: _Backend) -> tuple[float, float]:
    before = backend.ran()
    plan = json.loads(rows.explain(format="json", analyze=True, timing=False))[0]
    return float(plan["Planning Time"] + plan["Execution Time"]), backend.ran() - before


def _part(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


if __name__ == "__main__":
    sys.exit(main())
