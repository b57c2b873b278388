"""Background jobs with progress: the only writer of `Job`.

queue → start → advance … → finish or fail. Every change is a conditional UPDATE, so a task delivered twice by the
queue starts once, and a job that is over stays over.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile, File
from django.db.models import Q, QuerySet

from core.models import Job, JobState

STALE_AFTER = timedelta(minutes=30)
FILE_KEPT = timedelta(days=7)  # a result is fetched within days or made anew
_INTERRUPTED = "任务中断了，没有做完，请重新发起。"
_LONGEST_MESSAGE = 300  # characters, as the column


def queue(kind: str, title: str, *, owner: Any, at: datetime, total: int = 0) -> Job:
    """Record a job that a task will pick up; `owner` is a user or None."""
    return Job.objects.create(kind=kind, title=title, owner=owner, created_at=at, total=total)


def start(job_id: int, *, at: datetime) -> bool:
    """Claim the job. False when another worker has it or it is over: then do nothing."""
    queued = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    return bool(queued.update(state=JobState.RUNNING, started_at=at, moved_at=at))


def advance(job_id: int, done: int, total: int | None = None, *, at: datetime) -> bool:
    """Show progress; `total` replaces the known total. False when the job is not running (any more): then stop."""
    changes: dict[str, Any] = {"done": done, "moved_at": at}
    if total is not None:
        changes["total"] = total
    return bool(Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(**changes))


def finish(job_id: int, *, at: datetime, file_name: str = "", content: bytes | File = b"", message: str = "") -> bool:
    """Close the job, with its result file when it has one; a large one is handed over as a File.

    False when it was not running; the file is then dropped.
    """
    job = _running(job_id).first()
    if job is None:
        return False
    if file_name:
        job.file.save(file_name, content if isinstance(content, File) else ContentFile(content), save=False)
    changes = {"state": JobState.DONE, "finished_at": at, "moved_at": at, "message": message[:_LONGEST_MESSAGE]}
    if _running(job_id).update(file=job.file.name or "", done=job.total, **changes):
        return True
    if file_name:
        job.file.delete(save=False)
    return False


def fail(job_id: int, message: str, *, at: datetime) -> bool:
    """Close the job with a sentence for its owner. False when it was over already."""
    waiting = Job.objects.filter(pk=job_id, state__in=(JobState.QUEUED, JobState.RUNNING))
    return bool(waiting.update(state=JobState.FAILED, finished_at=at, message=message[:_LONGEST_MESSAGE]))


def fail_interrupted(at: datetime, older_than: timedelta = STALE_AFTER) -> int:
    """Close jobs that were started but have not moved since `older_than` (their worker died). Returns how many."""
    silent = Job.objects.filter(Q(moved_at__lt=at - older_than), state=JobState.RUNNING)
    return silent.update(state=JobState.FAILED, finished_at=at, message=_INTERRUPTED)


def forget_files(at: datetime) -> int:
    """Remove the result files of jobs that ended more than FILE_KEPT ago; the jobs stay. Returns how many."""
    old = Job.objects.filter(finished_at__lt=at - FILE_KEPT).exclude(file="")
    for job in old:
        job.file.delete(save=False)  # one that is not there any more is no error
        Job.objects.filter(pk=job.pk).update(file="")
    return len(old)


def file_until(job: Job) -> datetime | None:
    """Until when the result file of a job that is over is kept; None while it runs."""
    return job.finished_at + FILE_KEPT if job.finished_at else None


def _running(job_id: int) -> QuerySet[Job]:
    return Job.objects.filter(pk=job_id, state=JobState.RUNNING)
