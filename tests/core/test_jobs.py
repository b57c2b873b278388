"""Background jobs: started once, shown as they move, over once and for all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import User
from core import jobs
from core.models import Job, JobState
from core.tasks import forget_job_files

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 8, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def job() -> Job:
    """A queued export of ten rows."""
    return jobs.queue("export", "意见台账", owner=None, at=AT, total=10)


def _fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_new_job_waits(job: Job) -> None:
    assert (job.state, job.done, job.percent, job.is_over) == (JobState.QUEUED, 0, 0, False)
    assert str(job) == "意见台账"
    assert job.created_at == AT


def test_a_job_has_an_owner() -> None:
    owner = User.objects.create(username="clerk", name="田大山")
    job = jobs.queue("export", "台账", owner=owner, at=AT)
    assert list(owner.jobs.all()) == [job]


def test_a_task_delivered_twice_starts_once(job: Job) -> None:
    assert jobs.start(job.pk, at=AT)
    assert not jobs.start(job.pk, at=LATER)
    assert _fresh(job).started_at == AT


def test_progress_shows(job: Job) -> None:
    jobs.start(job.pk, at=AT)
    assert jobs.advance(job.pk, 3, at=LATER)
    assert _fresh(job).percent == 30
    assert jobs.advance(job.pk, 5, 20, at=LATER)
    moved = _fresh(job)
    assert (moved.percent, moved.total, moved.moved_at) == (25, 20, LATER)


def test_a_job_without_a_total_shows_no_percentage() -> None:
    assert jobs.queue("zip", "海报", owner=None, at=AT).percent == 0


def test_a_job_that_was_not_started_does_not_move(job: Job) -> None:
    assert not jobs.advance(job.pk, 3, at=LATER)
    assert not jobs.finish(job.pk, at=LATER)
    assert _fresh(job).state == JobState.QUEUED


def test_finishing_keeps_the_file(job: Job, settings: Any) -> None:
    jobs.start(job.pk, at=AT)
    assert jobs.finish(job.pk, at=LATER, file_name="意见台账.xlsx", content=b"rows", message="共 10 行")
    done = _fresh(job)
    assert (done.state, done.percent, done.done, done.finished_at) == (JobState.DONE, 100, 10, LATER)
    assert done.file.read() == b"rows"
    assert Path(done.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert done.message == "共 10 行"


def test_a_job_finishes_once(job: Job, settings: Any) -> None:
    jobs.start(job.pk, at=AT)
    assert jobs.finish(job.pk, at=LATER, message="第一次")
    assert not jobs.finish(job.pk, at=LATER, file_name="second.xlsx", content=b"x", message="第二次")
    assert _fresh(job).message == "第一次"
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.xlsx"))


@pytest.mark.parametrize("started", [True, False])
def test_failing_says_why(job: Job, started: bool) -> None:
    if started:
        jobs.start(job.pk, at=AT)
    assert jobs.fail(job.pk, "第 3 行的日期不对。" + "长" * 400, at=LATER)
    failed = _fresh(job)
    assert (failed.state, failed.is_over, len(failed.message)) == (JobState.FAILED, True, 300)


def test_a_job_that_is_over_stays_over(job: Job) -> None:
    jobs.start(job.pk, at=AT)
    jobs.finish(job.pk, at=LATER)
    assert not jobs.fail(job.pk, "晚了", at=LATER)
    assert not jobs.advance(job.pk, 1, at=LATER)
    assert not jobs.start(job.pk, at=LATER)
    assert _fresh(job).state == JobState.DONE


def test_an_interrupted_job_is_closed_however_often_it_is_looked_for(job: Job) -> None:
    jobs.start(job.pk, at=AT)
    assert jobs.fail_interrupted(AT + timedelta(minutes=29)) == 0
    assert jobs.fail_interrupted(AT + timedelta(minutes=31)) == 1
    assert jobs.fail_interrupted(AT + timedelta(minutes=32)) == 0
    assert "重新发起" in _fresh(job).message


def test_a_job_that_moves_is_not_interrupted(job: Job) -> None:
    jobs.start(job.pk, at=AT)
    jobs.advance(job.pk, 1, at=AT + timedelta(minutes=20))
    assert jobs.fail_interrupted(AT + timedelta(minutes=40)) == 0


def test_a_waiting_job_is_not_interrupted(job: Job) -> None:
    assert jobs.fail_interrupted(AT + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "PAUSED"},
        {"done": 11},
        {"state": "DONE"},
        {"state": "FAILED", "finished_at": None},
        {"finished_at": LATER},
    ],
)
def test_the_database_refuses_what_must_never_be(job: Job, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**wrong)


def test_newest_first() -> None:
    first = jobs.queue("export", "一", owner=None, at=AT)
    second = jobs.queue("export", "二", owner=None, at=LATER)
    assert list(Job.objects.all()) == [second, first]


def _done(job: Job, at: datetime, name: str = "a.zip") -> Job:
    jobs.start(job.pk, at=at)
    jobs.finish(job.pk, at=at, file_name=name, content=b"PK")
    return _fresh(job)


def test_a_file_is_kept_for_a_week_and_then_removed(job: Job) -> None:
    done = _done(job, AT)
    path = Path(done.file.path)
    assert forget_job_files.name == "core.tasks.forget_job_files"
    assert jobs.forget_files(AT + timedelta(days=7)) == 0
    assert path.exists()
    assert jobs.forget_files(AT + timedelta(days=7, seconds=1)) == 1
    assert not path.exists()
    assert (_fresh(job).file.name, _fresh(job).state) == ("", JobState.DONE)
    assert jobs.forget_files(AT + timedelta(days=8)) == 0


def test_a_file_that_is_already_gone_does_no_harm_to_the_others(job: Job) -> None:
    other = jobs.queue("zip", "海报", owner=None, at=AT)
    for row in (job, other):
        _done(row, AT)
    Path(_fresh(job).file.path).unlink()
    assert jobs.forget_files(AT + timedelta(days=30)) == 2
    assert not _fresh(other).file


def test_a_job_without_a_file_and_one_that_runs_are_left_alone(job: Job) -> None:
    jobs.start(job.pk, at=AT)
    assert jobs.forget_files(AT + timedelta(days=99)) == 0
    assert jobs.file_until(_fresh(job)) is None


def test_the_nightly_run_removes_what_is_old(job: Job) -> None:
    _done(job, AT)
    with time_machine.travel(AT + timedelta(days=9)):
        assert forget_job_files() == 1
