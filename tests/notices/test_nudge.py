"""Nudging the worker: once after commit, and harmless when the broker is away."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase
from kombu.exceptions import OperationalError

from liaison.celery import app
from notices import kinds, nudge, tasks
from notices.kinds import Family, Kind
from notices.models import Channel, Notice, State
from notices.outbox import post


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: calls.append(options))
    return calls


@pytest.mark.django_db
def test_once_per_transaction_and_only_after_commit(published: list[dict[str, Any]]) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        for _ in range(5):
            nudge.nudge()
        assert published == []
    assert len(published) == 1
    assert published[0]["retry"] is False


@pytest.mark.usefixtures("committed")
def test_a_rolled_back_transaction_nudges_nobody(published: list[dict[str, Any]], noon: datetime) -> None:
    with transaction.atomic():
        post("news", at=noon, dedupe="a", phone="13812341234")
        transaction.set_rollback(True)
    assert published == []
    with transaction.atomic():
        post("news", at=noon, dedupe="a", phone="13812341234")
    assert len(published) == 1


def _away(error: Exception) -> Callable[..., None]:
    def publish(**_: Any) -> None:
        raise error

    return publish


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError(), TimeoutError()])
@pytest.mark.usefixtures("committed")
def test_broker_away_is_logged_and_remembered(
    monkeypatch: pytest.MonkeyPatch, noon: datetime, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(tasks.deliver, "apply_async", _away(error))
    post("news", at=noon, dedupe="a", phone="13812341234")
    assert Notice.objects.get().state == State.PENDING
    assert nudge.is_failing()
    assert "13812341234" not in caplog.text


def test_after_a_failure_requests_do_not_pay_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def publish(**_: Any) -> None:
        tries.append(1)
        raise OperationalError

    monkeypatch.setattr(tasks.deliver, "apply_async", publish)
    for _ in range(20):
        nudge._publish()
    assert len(tries) == 1
    monkeypatch.setattr(nudge, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **_: None)
    nudge._publish()
    assert not nudge.is_failing()


@pytest.mark.usefixtures("committed")
def test_a_broker_that_is_really_away_costs_little_and_beat_delivers(noon: datetime, monkeypatch: Any) -> None:
    away = app.connection_for_write("redis://127.0.0.1:1/0", transport_options={"max_retries": 0})
    real = tasks.deliver.apply_async
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: real(connection=away, **options))
    began = time.monotonic()
    post("news", at=noon, dedupe="a", phone="13812341234", context={"title": "路灯"})
    assert time.monotonic() - began < 3
    assert nudge.is_failing()
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon)
    assert tasks.deliver() == 1


@pytest.mark.django_db
def test_the_periodic_run_sends_batch_after_batch(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon)
    monkeypatch.setattr(tasks, "BATCH", 2)
    for number in range(5):
        post("news", at=noon, dedupe=f"x:{number}", phone=f"1381234000{number}")
    assert tasks.deliver() == 5
    assert tasks.deliver() == 0


@pytest.mark.django_db
def test_a_run_ends_even_when_work_is_left(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon)
    monkeypatch.setattr(tasks, "RUN_SECONDS", -1.0)
    post("news", at=noon, dedupe="x", phone="13812341234")
    assert tasks.deliver() == 0


@pytest.mark.django_db
def test_the_nightly_run_erases(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    post("news", at=noon.replace(year=2020), dedupe="x", phone="13812341234")
    Notice.objects.update(state=State.PARKED)
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon)
    assert tasks.purge_old() == 2


def test_beat_knows_both_tasks() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {tasks.deliver.name, tasks.purge_old.name} <= scheduled


def test_in_a_storm_one_run_a_second_is_asked_for_and_none_begins_too_early(
    published: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(nudge.time, "monotonic", lambda: now[0])
    asked: list[tuple[float, float]] = []
    for tick in range(300):
        now[0] = 1000.0 + tick / 100
        before = len(published)
        nudge._publish()
        asked += [(now[0], now[0] + (call["countdown"] or 0.0)) for call in published[before:]]
    assert len(asked) <= 5
    for tick in range(300):
        message = 1000.0 + tick / 100
        assert any(message <= run <= message + nudge.GATHER_SECONDS + 0.01 for _, run in asked), message


def test_one_run_puts_together_and_sends(
    noon: datetime, monkeypatch: pytest.MonkeyPatch, person: Any, mailoutbox: Any
) -> None:
    kinds.register_family(Family("arrivals", "新来的事"))
    kinds.register(Kind("new", "收到一条", "probe/plain", pass_on=(Channel.EMAIL,), family="arrivals"))
    clerk = person("clerk", email="clerk@example.test")
    for number in range(7):
        post("new", at=noon, dedupe=f"n:{number}", user=clerk, context={"title": str(number)})
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon)
    assert tasks.deliver() == 0
    monkeypatch.setattr("notices.tasks.timezone.now", lambda: noon + timedelta(minutes=10))
    assert tasks.deliver() == 1
    assert [letter.subject for letter in mailoutbox] == ["有 7 件新来的事"]
    assert tasks.deliver() == 0


@pytest.mark.django_db
def test_what_waits_to_be_put_together_is_worked_off_in_one_run(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [3, 2, 1, 0]
    monkeypatch.setattr(tasks, "gather", lambda at: left.pop(0))
    tasks.deliver()
    assert left == []
