"""Two delivering processes at once: real connections, real commits, each message once."""

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from notices import delivery, senders
from notices.channels import Outgoing
from notices.delivery import LEASE, deliver_due
from notices.gates import Gates
from notices.models import Channel, Notice, State
from notices.outbox import Draft, post_many

pytestmark = pytest.mark.usefixtures("committed")
COUNT = 60


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys that reached the gateway, from every thread."""
    keys: list[str] = []

    class Gateway:
        def send(self, message: Outgoing, at: datetime) -> None:
            keys.append(message.key)

    monkeypatch.setitem(senders.SENDERS, Channel.SMS, Gateway)
    return keys


def write(noon: datetime, count: int = COUNT) -> None:
    post_many([Draft("news", noon, f"x:{number}", phone=f"1381234{number:04}") for number in range(count)])


def in_threads(work: Callable[[], Any], count: int = 3) -> list[Any]:
    """Run `work` in threads that start together, each with its own connection; their results."""
    results: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait(timeout=10)
        try:
            results.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == count
    return results


def drain(noon: datetime, limit: int = 5) -> int:
    total = 0
    while done := deliver_due(noon, limit=limit).sent:
        total += done
    return total


def test_three_workers_send_each_message_once(sent: list[str], noon: datetime) -> None:
    write(noon)
    totals = in_threads(lambda: drain(noon))
    assert sum(totals) == COUNT
    assert len(sent) == len(set(sent)) == COUNT
    assert set(Notice.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_rows_that_another_holds_are_skipped_not_waited_for(sent: list[str], noon: datetime) -> None:
    write(noon, 4)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM notices_notice ORDER BY id LIMIT 2 FOR UPDATE")
        [other] = in_threads(lambda: deliver_due(noon).sent, count=1)
        cursor.execute("ROLLBACK")
    assert other == 2
    assert deliver_due(noon).sent == 2
    assert len(set(sent)) == 4


def test_two_that_find_a_dead_workers_claims_send_each_once(sent: list[str], noon: datetime) -> None:
    write(noon, 12)
    assert len(delivery._claim(noon, 12, Gates.load())) == 12  # and then the worker died
    later = noon + LEASE
    assert sum(in_threads(lambda: drain(later))) == 12
    assert len(sent) == len(set(sent)) == 12


def test_the_same_occasion_written_at_once_is_one_row(noon: datetime) -> None:
    in_threads(lambda: write(noon, 10), count=4)
    assert Notice.objects.count() == 10


def _killed_after_claim(noon: datetime) -> None:
    """A worker process that claims and is gone, as by kill -9."""
    connections.close_all()
    delivery._claim(noon, 5, Gates.load())
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_loses_nothing(sent: list[str], noon: datetime) -> None:
    write(noon, 5)
    connections.close_all()  # the child must not share this connection
    child = multiprocessing.get_context("fork").Process(target=_killed_after_claim, args=(noon,))
    child.start()
    child.join(timeout=30)
    assert child.exitcode == -9
    assert Counter(Notice.objects.values_list("state", flat=True)) == {State.CLAIMED: 5}
    assert deliver_due(noon + timedelta(minutes=1)).is_idle
    assert drain(noon + LEASE) == 5
    assert len(set(sent)) == 5
