"""Tables of the core: the county's own calendar days and background jobs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CalendarDay(models.Model):
    """One day that differs from, or adds to, the calendar library: entered when the State Council announces a year.

    Whoever changes days calls `WorkCalendar.forget()` and recomputes the running deadlines.
    """

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40, help_text="如“国庆节”“调休上班”，会写在期限的计算过程里。")
    source = models.CharField(
        "依据", max_length=120, blank=True, help_text="如“国务院办公厅关于 2027 年节假日安排的通知”。"
    )

    class Meta:
        """Oldest day first."""

        ordering = ("date",)
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"


class JobState(models.TextChoices):
    """The life of a background job."""

    QUEUED = "QUEUED", "排队中"
    RUNNING = "RUNNING", "进行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "没有完成"


class Job(models.Model):
    """Work that takes longer than a request: an export, an import, a batch of posters. Written by `core.jobs` only."""

    State = JobState

    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="jobs", verbose_name="发起人"
    )
    state = models.CharField("状态", max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    file = models.FileField("结果文件", upload_to="jobs/%Y/%m/", blank=True)
    message = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    moved_at = models.DateTimeField("最近进展", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        """Newest first; what must never be false is a constraint."""

        ordering = ("-created_at", "-id")
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        indexes = (models.Index(fields=("owner", "-created_at"), name="core_job_owner"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="core_job_state_known"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="core_job_done_within_total"),
            models.CheckConstraint(
                condition=Q(state__in=("DONE", "FAILED"), finished_at__isnull=False)
                | Q(state__in=("QUEUED", "RUNNING"), finished_at__isnull=True),
                name="core_job_finished_has_time",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        """Progress 0–100; a job without a total is at 0 until it is done."""
        if self.state == JobState.DONE:
            return 100
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)
