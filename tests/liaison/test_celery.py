"""Background work: what runs when, and that a queue that is away costs a request next to nothing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.schedules import crontab

from liaison.celery import app
from liaison.runtime.places import places

ROOT = Path(__file__).resolve().parents[2]
PUBLISH = """
import time
import django
django.setup()
from kombu.exceptions import OperationalError
from notices.tasks import deliver
began = time.monotonic()
try:
    deliver.apply_async(retry=False, ignore_result=True)
    print("sent", end=" ")
except (OperationalError, OSError):
    print("away", end=" ")
print(time.monotonic() - began)
"""


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes the call and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def publish(redis_url: str) -> tuple[str, float]:
    """Publish one task in a fresh process; returns what happened and how many seconds it took."""
    environ = dict(os.environ, REDIS_URL=redis_url, DJANGO_SETTINGS_MODULE="liaison.settings", PYTHONPATH=str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    word, seconds = done.stdout.split()
    return word, float(seconds)


def test_every_line_of_the_schedule_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [line["task"] for line in app.conf.beat_schedule.values() if line["task"] not in app.tasks] == []


def test_what_was_not_run_in_time_is_dropped_for_the_next_run() -> None:
    """After an hour without worker, no pile of sweeps waits: each line expires before it would pile up."""
    for name, line in app.conf.beat_schedule.items():
        assert line["options"]["expires"] > 0, name


def test_notices_and_deadlines_are_looked_at_within_minutes() -> None:
    schedule = app.conf.beat_schedule
    assert schedule["deliver-notices"]["schedule"] <= 60
    assert schedule["sweep-deadlines"]["schedule"] <= 300


def test_the_schedule_is_read_on_the_countys_clock() -> None:
    assert str(app.conf.timezone) == "Asia/Shanghai"
    daily = [line["schedule"] for line in app.conf.beat_schedule.values() if isinstance(line["schedule"], crontab)]
    assert all(schedule.remaining_estimate(app.now()) <= timedelta(days=1) for schedule in daily)


def test_only_json_travels() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.result_backend is None


def test_a_task_of_a_killed_worker_runs_again() -> None:
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit


def test_a_queue_that_answers_takes_the_task(settings: Any) -> None:
    word, seconds = publish(f"{places().redis_url()}?virtual_host=11")
    assert word == "sent"
    assert seconds < 1


@pytest.mark.parametrize("url", ["unix:///tmp/liaison-no-such.sock", "redis://127.0.0.1:1/0"])
def test_a_queue_that_is_away_costs_less_than_a_second(url: str) -> None:
    word, seconds = publish(url)
    assert word == "away"
    assert seconds < 1


def test_a_queue_that_hangs_costs_about_a_second_and_no_more(silent: str) -> None:
    word, seconds = publish(silent)
    assert word == "away"
    assert seconds < 1.5
