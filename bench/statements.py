"""How many SQL statements each kind of request runs, counted in this process with the real views."""

import uuid
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from opinions.models import Opinion
from opinions.states import State
from stations.models import Station


def counted() -> dict[str, int]:
    """Return the statements of each work by its name in the table; the second request of each is counted, because the
    first asks for what a process keeps.
    """
    receipt = Opinion.objects.filter(state=State.CLOSED).order_by("-id")[0].receipt
    visitor, clerk, county = Client(), _signed_in("station"), _signed_in("county")
    etag = visitor.get(f"/t/{receipt}/").headers.get("ETag", "")
    stations = list(Station.objects.values_list("code", flat=True))
    asked: dict[str, Callable[[], object]] = {
        "submit": lambda: _submit(visitor, stations),
        "track": lambda: visitor.get(f"/t/{receipt}/"),
        "track, unchanged": lambda: visitor.get(f"/t/{receipt}/", headers={"if-none-match": etag}),
        "station page": lambda: visitor.get("/s/mingnan/"),
        "desk list": lambda: clerk.get("/desk/opinions/?state=CLOSED"),
        "county board, exact": lambda: county.get("/county/?fresh=1"),
        "county board, kept": lambda: county.get("/county/"),
    }
    return {name: _count(ask) for name, ask in asked.items()}


def _signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend="accounts.sessions.AccountBackend")
    return client


def _submit(client: Client, stations: list[str]) -> object:
    """Send a message from an address of its own to any station, each of which takes so many an hour; see it taken."""
    message = {"body": "东街路口三盏路灯不亮。", "phone": "13800001234", "consent": "on", "hide_identity": "on"}
    key = uuid.uuid4()
    caller = f"10.{key.bytes[0]}.{key.bytes[1]}.{key.bytes[2]}"
    answer = client.post(
        f"/s/{stations[key.int % len(stations)]}/message/",
        message | {"body": f"第 {key.int} 盏路灯不亮。", "client_key": str(key)},
        headers={"x-real-ip": caller},
    )
    if answer.status_code != 303:
        raise SystemExit(f"the message was not taken: {answer.status_code}")
    return answer


def _count(ask: Callable[[], object]) -> int:
    ask()
    with CaptureQueriesContext(connection) as seen:
        ask()
    words = [row["sql"].split(None, 1)[0].upper() for row in seen.captured_queries]
    return sum(word not in ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT") for word in words)
