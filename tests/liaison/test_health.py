"""Pages for those who watch: alive, ready with the reason, measured."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from liaison import health
from notices.models import Gate, Notice
from notices.states import Channel, State

NOTHING_WAITS = {"unsent": 0, "overdue": 0, "parked": 0, "waiting_seconds": 0}
UNREACHABLE = "unix:///tmp/liaison-nothing-here.sock"


@pytest.fixture
def silent_queue() -> Iterator[str]:
    """A server that takes the call and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_alive_without_any_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"ok\n"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_watchers_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.django_db
def test_no_watcher_sees_an_old_answer(client: Client, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_database_and_queue_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "reasons": {}, "notices": NOTHING_WAITS}


@pytest.mark.django_db
def test_a_queue_that_is_away_is_named_and_the_backlog_still_shown(client: Client, settings: Any) -> None:
    settings.REDIS_URL = UNREACHABLE
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "留言照收" in answer.json()["reasons"]["queue"]
    assert answer.json()["notices"] == NOTHING_WAITS


@pytest.mark.django_db
def test_a_queue_that_hangs_is_a_queue_that_is_away(settings: Any, silent_queue: str) -> None:
    settings.REDIS_URL = silent_queue
    assert "连不上" in health.queue_fault()


@pytest.mark.django_db
def test_a_database_that_is_away_is_named(client: Client) -> None:
    with patch.object(health.connection, "cursor", side_effect=OperationalError("gone")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "数据库" in answer.json()["reasons"]["database"]
    assert answer.json()["notices"] == {}


@pytest.mark.django_db
def test_reasons_hold_no_address_and_no_password(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://:topsecret@127.0.0.1:1/0"
    body = client.get("/readyz").content.decode()
    assert "topsecret" not in body
    assert "127.0.0.1" not in body


@pytest.mark.django_db
def test_figures_for_this_machine(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "liaison_database_up 1.0" in text
    assert "liaison_queue_up 1.0" in text
    assert 'liaison_notices{state="unsent"} 0.0' in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["10.1.2.3", "", "not-an-address", "::2"])
def test_no_figures_for_others(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403


@pytest.mark.django_db
def test_a_call_through_the_front_server_is_not_this_machine(client: Client) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403


@pytest.mark.django_db
def test_with_a_token_set_the_token_decides(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "measure-me"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    far = client.get("/metrics", headers={"Authorization": "Bearer measure-me"}, REMOTE_ADDR="10.1.2.3")
    assert far.status_code == 200


def test_a_token_in_any_script_is_compared_safely(settings: Any) -> None:
    settings.METRICS_TOKEN = "measure-me"
    request = RequestFactory().get("/metrics", headers={"Authorization": "Bearer 测量"})
    assert health._may_measure(request) is False


def waiting_notice(number: int, state: State, minutes: int) -> None:
    """A notice in a state, due since so many minutes (negative: not yet)."""
    then = timezone.now() - timedelta(minutes=minutes)
    Notice.objects.create(
        kind="test",
        channel=Channel.SMS,
        address_hash=str(number),
        dedupe=str(number),
        state=state,
        created_at=min(then, timezone.now()),
        not_before=then,
        next_try_at=then,
        sent_at=then if state == State.SENT else None,
    )


@pytest.mark.django_db
def test_the_backlog_tells_a_standing_worker_from_a_quiet_night(client: Client) -> None:
    waiting_notice(1, State.PENDING, 90)
    waiting_notice(2, State.PENDING, 5)
    waiting_notice(3, State.PENDING, -300)
    waiting_notice(4, State.PARKED, 10)
    waiting_notice(5, State.SENT, 10)
    found = client.get("/readyz").json()["notices"]
    assert (found["unsent"], found["overdue"], found["parked"]) == (3, 2, 1)
    assert 90 * 60 <= found["waiting_seconds"] < 91 * 60


@pytest.mark.django_db
def test_the_backlog_is_measured_too(client: Client) -> None:
    waiting_notice(1, State.PENDING, 90)
    text = client.get("/metrics").content.decode()
    assert 'liaison_notices{state="overdue"} 1.0' in text
    assert re.search(r"liaison_notice_wait_seconds 54\d\d\.0", text)


@pytest.mark.django_db
def test_watching_costs_two_statements(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        client.get("/readyz")


@pytest.mark.django_db
def test_channels_that_rest_are_counted_while_they_rest(client: Client) -> None:
    now = timezone.now()
    Gate.objects.create(name="SMS", failures=5, paused_until=now + timedelta(minutes=5))
    Gate.objects.create(name="EMAIL", failures=5, paused_until=now - timedelta(minutes=5))
    Gate.objects.create(name="WECHAT", failures=1)
    assert "liaison_channels_resting 1.0" in client.get("/metrics").content.decode()
