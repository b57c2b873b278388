"""`python -m bench.storm [--seconds 180]`: an hour of a storm day, pressed into a few minutes, against the real portal.

2,000 residents open their station's page, the form, send (each fourth with a photo, each tenth taps twice) and follow
their matter; the clerks of up to 50 counters open their lists, take up what waits, accept it and hand it out. Web
server, Celery worker and beat run as in production. Afterwards every receipt that a resident saw is looked for, and
what the clerks did is counted in the database. An unexpected answer, a lost or a doubled message ends it with 1.
"""

import argparse
import io
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("EMBEDDED_DB", "liaison_storm")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ.update({"DEMO": "1", "DEBUG": "", "BEHIND_PROXY": "1"})

import django
import requests
from PIL import Image

from bench import runner
from liaison.runtime.embedded import ensure

RESIDENTS, COUNTERS, HANDS, CLERKS = 2_000, 50, 24, 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
RECEIPT = re.compile(r"/t/([^/]+)/")


class Watch:
    """What came of the asking: seconds by kind of page, surprises, receipts seen, verbs done."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.surprises: list[str] = []
        self.receipts: set[str] = set()
        self.done: dict[str, int] = defaultdict(int)

    def ask(self, session: requests.Session, kind: str, path: str, expected: tuple[int, ...], **more: Any) -> Any:
        """Ask once and note how long it took; any other status than expected is a surprise."""
        method = "POST" if "data" in more else "GET"
        begun = time.monotonic()
        try:
            answer = session.request(
                method, f"http://localhost:{runner.PORTAL}{path}", allow_redirects=False, timeout=60, **more
            )
        except requests.RequestException as error:
            with self.lock:
                self.surprises.append(f"{kind}: {type(error).__name__}")
            return None
        with self.lock:
            self.seconds[kind].append(time.monotonic() - begun)
            if answer.status_code not in expected:
                self.surprises.append(f"{kind} {path}: {answer.status_code}")
                return None
        return answer

    def saw(self, receipt: str) -> None:
        """Note a receipt that a resident has seen."""
        with self.lock:
            self.receipts.add(receipt)


def main() -> int:
    """Prepare the county, let the storm pass, count."""
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long the hour lasts")
    seconds = parser.parse_args().seconds
    spots = ensure()
    runner._empty(spots)
    django.setup()
    stations, before = _county()
    watch = Watch()
    with runner._server(runner.PORTAL, "liaison.settings"):
        queue = _queue()
        try:
            _storm(watch, stations, seconds)
        finally:
            os.killpg(queue.pid, signal.SIGTERM)
            queue.wait(30)
    return _count(watch, before, seconds)


def _county() -> tuple[list[str], int]:
    from django.core.management import call_command  # noqa: PLC0415 - only after setup

    from bench import county  # noqa: PLC0415
    from liaison.runtime.prepare import collect  # noqa: PLC0415
    from opinions.models import Opinion  # noqa: PLC0415
    from stations.models import Station  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    collect()
    county.prepare()
    runner._forget_limits()
    return list(Station.objects.filter(is_active=True).values_list("code", flat=True)), Opinion.objects.count()


def _queue() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "liaison", "worker", "--beat", "--concurrency", "2",
               "--loglevel", "ERROR", "--schedule", f"{os.environ.get('TMPDIR', '/tmp')}/storm-beat"]  # fmt: skip
    return subprocess.Popen(command, cwd=runner.ROOT, start_new_session=True)


def _storm(watch: Watch, stations: list[str], seconds: float) -> None:
    """Spread the residents over the time; meanwhile the counters work without a pause."""
    over = threading.Event()
    begun = time.monotonic()
    clerks = [threading.Thread(target=_clerk, args=(watch, number, over)) for number in range(CLERKS)]
    for clerk in clerks:
        clerk.start()
    with ThreadPoolExecutor(HANDS) as people:
        for number in range(RESIDENTS):
            wait = begun + seconds * number / RESIDENTS - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            people.submit(_resident, watch, number, stations[number % len(stations)])
    over.set()
    for clerk in clerks:
        clerk.join()


def _resident(watch: Watch, number: int, station: str) -> None:
    session = requests.Session()
    session.headers["X-Real-IP"] = f"10.1.{number >> 8}.{number & 255}"
    form = f"/s/{station}/message/"
    watch.ask(session, "station page", f"/s/{station}/", (200,))
    page = watch.ask(session, "message form", form, (200,))
    token = TOKEN.search(page.text) if page is not None else None
    if token is None:
        return
    data = {
        "csrfmiddlewaretoken": token.group(1), "client_key": str(uuid.uuid4()), "consent": "on", "hide_identity": "on",
        "body": f"大风刮倒了路边的树，压着电线，第 {number} 户门前，请快来看看。", "phone": "13800001234",
        "location": f"东街 {number} 号",
    }  # fmt: skip
    more: dict[str, Any] = {"data": data}
    if number % 4 == 0:
        more["files"] = {"photos": ("树.jpg", _photo(number), "image/jpeg")}
    taps = [watch.ask(session, "send", form, (303,), **more) for _ in range(2 if number % 10 == 0 else 1)]
    seen = {_receipt(answer) for answer in taps}
    with watch.lock:
        watch.done["taps"] += len(taps)
        if len(seen) != 1:
            watch.surprises.append(f"two taps, {len(seen)} receipts")
    for receipt in seen - {""}:
        watch.saw(receipt)
        watch.ask(session, "receipt", taps[0].headers["Location"], (200,))
        for _ in range(2):
            watch.ask(session, "track", f"/t/{receipt}/", (200,))


def _receipt(answer: Any) -> str:
    found = RECEIPT.search(answer.headers.get("Location", "")) if answer is not None else None
    return found.group(1) if found else ""


def _photo(number: int) -> bytes:
    made = io.BytesIO()
    paint = random.Random(number)
    Image.new("RGB", (1280, 960), tuple(paint.randrange(256) for _ in range(3))).save(made, "JPEG")
    return made.getvalue()


def _clerk(watch: Watch, number: int, over: threading.Event) -> None:
    """One pair of hands serves several counters in turn: opens the list, accepts, hands out."""
    from bench import county  # noqa: PLC0415 - only after setup

    mine = _accounts()[number::CLERKS]
    desks = []
    for name in mine:
        session = requests.Session()
        session.cookies.set("sessionid", county.session_of(name))
        desks.append(session)
    while not over.is_set():
        for session in desks:
            _counter(watch, session)


def _accounts() -> list[str]:
    from accounts.models import Role, RoleGrant  # noqa: PLC0415

    held = RoleGrant.objects.filter(role__in=[Role.STATION_STAFF, Role.TOWN_STAFF], revoked_at=None)
    return sorted(set(held.values_list("user__username", flat=True)))[:COUNTERS]


def _counter(watch: Watch, session: requests.Session) -> None:
    page = watch.ask(session, "desk list", "/desk/opinions/?state=SUBMITTED", (200,))
    matters = re.findall(r'class="t" href="(/desk/opinions/\d+/)', page.text) if page is not None else []
    for matter in matters[:3]:
        for verb, ok in (("accept", "accepted"), ("assign", "assigned")):
            page = watch.ask(session, "matter", matter, (200, 404))
            form = _form(page.text, f"{matter}{verb}/") if page is not None else None
            if form is None:
                break
            answer = watch.ask(session, verb, f"{matter}{verb}/", (302, 409), data=form)
            if answer is not None and answer.status_code == 302:
                with watch.lock:
                    watch.done[ok] += 1


def _form(text: str, action: str) -> dict[str, str] | None:
    """Return what the page's form would send as it stands, with a demand typed in; None when it offers no such act."""
    from lxml import html  # noqa: PLC0415

    for form in html.fromstring(text).forms:
        if (form.action or "").split("?")[0] == action:
            sent = dict(form.form_values())
            return sent | {"demand": "请尽快到现场处理，确保安全。"} if "demand" in form.fields else sent
    return None


def _count(watch: Watch, before: int, seconds: float) -> int:
    from opinions.models import HistoryEntry, Opinion  # noqa: PLC0415

    print(f"| asked for | times | p50 ms | p95 ms | longest |\n|---|---|---|---|---|   ({seconds:.0f} s)")
    for kind, took in watch.seconds.items():
        p95 = statistics.quantiles(took, n=20)[18] if len(took) > 1 else took[0]
        cells = (kind, len(took), *(f"{1000 * value:.0f}" for value in (statistics.median(took), p95, max(took))))
        print(f"| {' | '.join(map(str, cells))} |")
    kept = set(Opinion.objects.filter(receipt__in=watch.receipts).values_list("receipt", flat=True))
    lost, made = watch.receipts - kept, Opinion.objects.count() - before
    since = HistoryEntry.objects.filter(at__gte=_started(before))
    verbs = {verb: since.filter(verb=verb).count() for verb in ("accept", "assign")}
    print(f"receipts seen {len(watch.receipts)}, lost {len(lost)}, matters made {made}, taps {watch.done['taps']}")
    done = watch.done["accepted"], watch.done["assigned"]
    print(f"accepted {done[0]} (history {verbs['accept']}), assigned {done[1]} (history {verbs['assign']})")
    for surprise in sorted(set(watch.surprises))[:20]:
        print("surprise:", surprise)
    agree = done == (verbs["accept"], verbs["assign"])
    return 0 if not watch.surprises and not lost and made == len(watch.receipts) and agree else 1


def _started(before: int) -> Any:
    from opinions.models import Opinion  # noqa: PLC0415

    first = Opinion.objects.order_by("pk")[before : before + 1].get()
    return first.created_at


if __name__ == "__main__":
    sys.exit(main())
