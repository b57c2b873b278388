"""Two at once, and processes killed between two statements: one wins, nothing is lost, nothing is half done."""

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections

from core.workdays import WorkCalendar
from core.workflow import VerbError
from opinions import deadlines, workflow
from opinions.actors import RESIDENT
from opinions.models import Assignment, Deadline, HistoryEntry, Opinion, Rating
from opinions.states import State
from opinions.workflow import Message
from tests.world import START, WORDS, World, make_world

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lasting(transactional_db: None) -> World:
    """A world other connections and processes can see."""
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run all at the same moment, each on its own connection; return "done" or the sentence of each."""
    start, outcomes = threading.Barrier(len(works)), [""] * len(works)

    def run(number: int) -> None:
        start.wait()
        try:
            works[number]()
            outcomes[number] = "done"
        except VerbError as error:
            outcomes[number] = error.message
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_assigned_twice_at_once_goes_to_one_unit(lasting: World) -> None:
    row = lasting.opinion(State.ACCEPTED)
    outcomes = at_once(
        *(
            lambda unit=unit: workflow.assign(row.pk, actor=lasting.clerk, at=START, lead=unit, demand="修好")
            for unit in (lasting.unit, lasting.co_unit)
        )
    )
    assert sorted(outcome == "done" for outcome in outcomes) == [False, True]
    assert any("刷新" in outcome for outcome in outcomes)
    assert Assignment.objects.filter(opinion=row, ended_at=None).count() == 1


def test_rated_twice_at_once_counts_once(lasting: World) -> None:
    row = lasting.opinion(State.FED_BACK)
    outcomes = at_once(
        *(
            lambda word=word: workflow.rate(row.pk, actor=RESIDENT, at=START, solved="YES", satisfaction=word)
            for word in ("SATISFIED", "FAIR", "DISSATISFIED")
        )
    )
    assert outcomes.count("done") == 1
    assert Rating.objects.filter(opinion=row).count() == 1


def test_accepted_and_withdrawn_at_once_is_one_of_the_two_orders(lasting: World) -> None:
    row = lasting.submit()
    at_once(
        lambda: workflow.accept(row.pk, actor=lasting.clerk, at=START, category=lasting.category),
        lambda: workflow.withdraw(row.pk, actor=RESIDENT, at=START),
    )
    row.refresh_from_db()
    verbs = list(row.history.order_by("id").values_list("verb", flat=True))
    assert verbs in (["submit", "accept", "withdraw"], ["submit", "withdraw"])
    assert row.state == State.WITHDRAWN


def test_the_same_message_tapped_eight_times_at_once_is_one(lasting: World) -> None:
    key = uuid4()
    receipts: list[str] = []

    def send() -> None:
        row = workflow.submit(
            station=lasting.station, actor=RESIDENT, at=START, message=Message(body=WORDS), client_key=key
        )
        receipts.append(row.receipt)

    assert at_once(*[send] * 8) == ["done"] * 8
    assert len(receipts) == 8
    assert set(receipts) == {Opinion.objects.get().receipt}
    assert HistoryEntry.objects.count() == Deadline.objects.count() == 1


CHILD = textwrap.dedent(
    """
    import os, sys, django
    django.setup()
    from django.db import connection
    from opinions import workflow
    from opinions.models import Opinion
    from tests.world import START
    from accounts.models import User
    from stations.models import Unit
    pk, stop_after = int(sys.argv[1]), int(sys.argv[2])
    seen = 0
    def count(execute, sql, params, many, context):
        global seen
        if sql.split()[0] in ("INSERT", "UPDATE"):
            seen += 1
            if seen > stop_after:
                os.kill(os.getpid(), 9)
        return execute(sql, params, many, context)
    with connection.execute_wrapper(count):
        workflow.assign(pk, actor=User.objects.get(username="clerk"), at=START, lead=Unit.objects.get(code="chengguan"),
                        demand="修好")
    print("finished", seen)
    """
)


def kill_between(row: Opinion, stop_after: int) -> subprocess.CompletedProcess[str]:
    """Assign in a child process that is killed before its write number `stop_after + 1`."""
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    url = f"postgres://{database['USER']}@/{name}?host={database['HOST']}"
    if database.get("PASSWORD"):
        pytest.skip("the child process speaks to the embedded server only")
    keys = {
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "HASH_KEY": settings.HASH_KEY,
    }
    env = os.environ | keys | {"DATABASE_URL": url, "REDIS_URL": settings.CACHES["default"]["LOCATION"]}
    env["DJANGO_SETTINGS_MODULE"] = "liaison.settings"
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(row.pk), str(stop_after)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_killed_between_any_two_writes_nothing_is_half_done(lasting: World) -> None:
    row = lasting.opinion(State.ACCEPTED)
    before = (row.history.count(), row.deadlines.count(), row.assignments.count())
    stops = 0
    while True:
        child = kill_between(row, stops)
        if child.returncode == 0:
            break
        assert child.returncode == -9, child.stderr[-2000:]
        row.refresh_from_db()
        assert row.state == State.ACCEPTED
        assert (row.history.count(), row.deadlines.count(), row.assignments.count()) == before
        stops += 1
        assert stops < 30
    assert stops >= 5, "an assignment writes several rows"
    row.refresh_from_db()
    assert row.state == State.ASSIGNED
    assert row.assignments.count() == 1
