"""The measuring: servers, rounds, medians, the table."""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import django
import psutil

from liaison.runtime.embedded import ensure

ROOT = Path(__file__).resolve().parents[1]
PORTAL = int(os.environ.get("BENCH_PORT", "8991"))
FLOOR = PORTAL + 1
WORKERS = 2
AGAIN = ("page floor", "desk list", "board floor", "county board, exact", "county board, kept", "track")


@dataclass(frozen=True)
class Work:
    """One row of the table: what is asked, of which server, and the floor it is held against."""

    name: str
    port: int
    make: Callable[[int], bytes]
    expected: int
    floor: str = ""
    bar: float = 0.0


def bench(options: argparse.Namespace) -> int:
    """Prepare, measure at both sizes, print. Returns 1 when an answer had a wrong status."""
    spots = ensure()
    _empty(spots)
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - only after setup

    from bench import county, export, rosters, search, statements, sweep  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from liaison.runtime.prepare import collect  # noqa: PLC0415

    collect()
    county.prepare()
    _forget_limits()
    small = county.grow(1_000)
    counted = statements.counted()
    rows: list[dict[str, object]] = []
    with _server(PORTAL, "liaison.settings"), _server(FLOOR, "bench.floor_settings"):
        works = _works(county)
        rows += _measure(works, options, f"{small:,}")
        memory = _memory()
        large = county.grow(options.rows)
        again = [work for work in works if work.name in AGAIN]
        rows += _measure(again, options, f"{large:,}")
    for row in rows:
        row["statements"] = counted.get(str(row["work"]))
    _print(rows, memory)
    if not options.pages:
        search.section(options.rows)
        sweep.section(options.rows)
        rosters.section()
        print(export.line(export.measured(min(options.rows, 100_000), options.rounds)))
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    return 1 if any(row["wrong"] for row in rows) else 0


def _forget_limits() -> None:
    """Start each measurement with an empty hour: the bench writes more to one station than its limit allows."""
    from django.core.cache import cache  # noqa: PLC0415 - only after setup

    cache.delete_pattern("limit:message-*")  # type: ignore[attr-defined]


def _empty(spots: object) -> None:
    """Drop and make the bench's own database."""
    import psycopg2  # noqa: PLC0415 - before Django holds a connection

    name = os.environ["EMBEDDED_DB"]
    link = psycopg2.connect(spots.database_url("postgres"))  # type: ignore[attr-defined]
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    link.close()


@contextmanager
def _server(port: int, settings: str) -> Iterator[None]:
    """Run the real web server on a port until the block ends."""
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "ALLOWED_HOSTS": "localhost,127.0.0.1"}
    environ["MALLOC_ARENA_MAX"] = "1"  # as in Procfile: threads that wait for one lock need no memory of their own each
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "liaison.wsgi:application",
    ]  # fmt: skip
    child = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True)
    try:
        _wait(port)
        yield
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(20)


def _wait(port: int) -> None:
    from bench.load import Wire, get  # noqa: PLC0415

    for _ in range(100):
        try:
            Wire(port).ask(get("/template/" if port == FLOOR else "/healthz"))
            return
        except (ConnectionError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"the server on port {port} did not start")


def _works(county: object) -> list[Work]:
    from bench.load import Wire, get  # noqa: PLC0415
    from opinions.models import Opinion  # noqa: PLC0415
    from opinions.states import State  # noqa: PLC0415
    from stations.models import Station  # noqa: PLC0415

    receipt = Opinion.objects.filter(state=State.CLOSED, lead_unit__isnull=False).order_by("-id")[0].receipt
    clerk = f"Cookie: sessionid={county.session_of('station')}"  # type: ignore[attr-defined]
    staff = f"Cookie: sessionid={county.session_of('county')}"  # type: ignore[attr-defined]
    _status, head, _body = Wire(PORTAL).ask(get(f"/t/{receipt}/"))
    found = re.search(rb"(?i)etag:\s*([^\r\n]+)", head)
    etag = found.group(1).decode() if found else ""
    words = "东街路口三盏路灯不亮，请帮忙问问归谁管。" * 6
    stations = list(Station.objects.order_by("pk").values_list("code", flat=True))
    message = {"body": words, "location": "东街", "phone": "13800001234", "consent": "on", "hide_identity": "on"}
    return [
        Work("submit floor", FLOOR, _submitter(FLOOR, "/submit/", {"body": words}), 303),
        Work("submit", PORTAL, _submitter(PORTAL, "/s/{}/message/", message, stations), 303, "submit floor", 0.5),
        Work("page floor", FLOOR, lambda n: get("/page/"), 200),
        Work("template floor", FLOOR, lambda n: get("/template/"), 200),
        Work("track", PORTAL, lambda n: get(f"/t/{receipt}/", _address(n)), 200, "page floor", 0.5),
        Work("track, unchanged", PORTAL, lambda n: get(f"/t/{receipt}/", _address(n), f"If-None-Match: {etag}"), 304,
             "template floor", 0.8),
        Work("station page", PORTAL, lambda n: get("/s/mingnan/", _address(n)), 200, "page floor", 0.5),
        Work("desk list", PORTAL, lambda n: get("/desk/opinions/?state=CLOSED", clerk), 200, "page floor", 0.2),
        Work("board floor", FLOOR, lambda n: get("/board/"), 200),
        Work("county board, exact", PORTAL, lambda n: get("/county/?fresh=1", staff), 200, "board floor", 0.67),
        Work("county board, kept", PORTAL, lambda n: get("/county/", staff), 200, "page floor"),
    ]  # fmt: skip


def _address(number: int) -> str:
    """A caller of its own for each request, so that the limits count as they would for a county of people."""
    return f"X-Real-IP: 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _submitter(port: int, path: str, fields: dict[str, str], places: Sequence[str] = ("",)) -> Callable[[int], bytes]:
    """Fetch the form once for its token; then prepare a POST with a fresh client key each time, to each place in turn:
    one station takes so many messages an hour and no more.
    """
    from bench.load import Wire, get, post  # noqa: PLC0415

    _status, head, body = Wire(port).ask(get(path.format(places[0])))
    cookie = re.search(rb"(?i)set-cookie:\s*(csrftoken=[^;]+)", head)
    token = re.search(rb'name="?csrfmiddlewaretoken"? value="([^"]+)"', body)
    if cookie is None or token is None:
        raise SystemExit(f"no form with a token at {path}: {head[:400]!r}")
    fixed = fields | {"csrfmiddlewaretoken": token.group(1).decode()}

    def make(number: int) -> bytes:
        key = uuid.uuid4()  # new words each time, as from different people
        data = urlencode(fixed | {"client_key": str(key), "body": f"{fixed['body']}{key.hex}"}).encode()
        return post(
            path.format(places[key.int % len(places)]),
            data,
            f"Cookie: {cookie.group(1).decode()}",
            "Origin: http://localhost",
            _address(number),
        )

    return make


def _measure(works: list[Work], options: argparse.Namespace, size: str) -> list[dict[str, object]]:
    from bench.load import run  # noqa: PLC0415

    rates: dict[str, list[float]] = {work.name: [] for work in works}
    wrong = dict.fromkeys(rates, 0)
    for work in works:
        run(work.port, work.make, work.expected, 1.0)
    for number in range(options.rounds):
        for work in works:
            _forget_limits()
            result = run(work.port, work.make, work.expected, options.seconds)
            rates[work.name].append(result.rate)
            wrong[work.name] += result.wrong
            if result.wrong:
                print(f"{work.name}: {result.wrong} wrong answers, such as {result.example!r}", file=sys.stderr)
        print(f"round {number + 1} of {options.rounds} at {size} opinions", file=sys.stderr)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return [
        {
            "work": work.name,
            "opinions": size,
            "per_second": round(medians[work.name], 1),
            "floor": work.floor,
            "of_floor": round(medians[work.name] / medians[work.floor], 2) if work.floor in medians else None,
            "bar": work.bar or None,
            "wrong": wrong[work.name],
        }
        for work in works
    ]


def _memory() -> dict[int, float]:
    """Resident memory of the portal's web workers in MiB, by process id."""
    found = {}
    for process in psutil.process_iter(["cmdline", "memory_info", "pid"]):
        line = " ".join(process.info["cmdline"] or [])
        if "granian" in line and str(PORTAL) in line:
            for child in process.children(recursive=True):
                found[child.pid] = round(child.memory_info().rss / 2**20, 1)
    return found


def _shown(number: object) -> object:
    return "–" if number is None else number


def _print(rows: list[dict[str, object]], memory: dict[int, float]) -> None:
    print("| work | opinions | a second | of its floor | bar | statements |\n|---|---|---|---|---|---|")
    for row in rows:
        share = f"{row['of_floor']} × {row['floor']}" if row["of_floor"] is not None else "–"
        cells = (row["work"], row["opinions"], row["per_second"], share, row["bar"] or "–", _shown(row["statements"]))
        print(f"| {' | '.join(map(str, cells))} |")
    print("\nweb workers, MiB:", ", ".join(map(str, memory.values())))
