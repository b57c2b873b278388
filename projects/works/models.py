"""What a project keeps from the yearly list on: who builds it, milestones, reports, changes, inspections and findings.

Fields and constraints only; the verbs beside write these rows. What was reported, changed or found only grows.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from opinions.models import Opinion
from projects.works import measure
from projects.works.querysets import WorkQuerySet
from stations.models import Unit

USER = settings.AUTH_USER_MODEL
MOST_WEIGHT = 1000


def _photo_path(photo: "WorkPhoto", filename: str) -> str:
    return f"works/{photo.token.hex[:2]}/{photo.token.hex}-{filename}"


class Work(models.Model):
    """A project that stands on the yearly list: its unit, money, place and days. The idea beside it holds the state."""

    idea = models.OneToOneField("projects.ProjectIdea", models.PROTECT, related_name="work", primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="works", verbose_name="责任单位")
    leader_post = models.CharField("责任领导职务", max_length=60)  # the post, never the name
    funds = models.DecimalField("资金（万元）", max_digits=12, decimal_places=2)
    funds_source = models.CharField("资金来源", max_length=60, blank=True)
    beneficiaries = models.PositiveIntegerField("受益人数", null=True)
    place = models.CharField("建设地点", max_length=200, blank=True)
    scope = models.CharField("建设内容", max_length=400)
    starts_on = models.DateField("计划开工")
    ends_on = models.DateField("计划完工")
    first_ends_on = models.DateField("原定完工", editable=False)
    begun_on = models.DateField("开工", null=True)
    finished_on = models.DateField("完工", null=True)
    adopted_at = models.DateTimeField("列入年度")
    reported_on = models.DateField("最近报进度", null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "实施"
        constraints = [
            models.CheckConstraint(condition=Q(funds__gte=0), name="work_funds_not_negative"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="work_ends_after_start"),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(begun_on__isnull=False), name="work_finished_after_begun"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} 实施"

    def get_absolute_url(self) -> str:
        """Return the desk's page of the building."""
        return reverse("projects:work", args=[self.pk])

    @property
    def parts(self) -> "Sequence[Milestone]":
        """The milestones in their order; prefetched where a list asks."""
        return self.milestones.all()  # type: ignore[return-value]

    @property
    def percent(self) -> int:
        """How far the whole is."""
        return measure.whole_percent((part.weight, part.percent) for part in self.parts)

    def light(self, today: date) -> measure.Light:
        """Return the traffic light of the whole: the worst milestone, and the day of finishing itself."""
        if self.finished_on is not None:
            return measure.Light.DONE
        end = measure.light(0, self.ends_on, self.first_ends_on, today)
        return measure.worst([end, *(part.light(today) for part in self.parts)])


class Milestone(models.Model):
    """A step of the building with its day and weight; the day first promised is never overwritten."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField("节点", max_length=60)
    due_on = models.DateField("哪天完成")
    first_due_on = models.DateField("原定", editable=False)
    weight = models.PositiveSmallIntegerField(
        "权重", validators=[MinValueValidator(1), MaxValueValidator(MOST_WEIGHT)], default=1
    )
    percent = models.PositiveSmallIntegerField("完成百分比", default=0)
    done_on = models.DateField("完成", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "节点"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["work", "position"], name="milestone_one_at_a_place"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="milestone_percent_sensible"),
            models.CheckConstraint(condition=Q(weight__range=(1, MOST_WEIGHT)), name="milestone_weight_sensible"),
            models.CheckConstraint(
                condition=Q(percent=100, done_on__isnull=False) | (~Q(percent=100) & Q(done_on=None)),
                name="milestone_done_when_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="milestone_open_by_day")]

    def __str__(self) -> str:
        return self.title

    def light(self, today: date) -> measure.Light:
        """Return its traffic light."""
        return measure.light(self.percent, self.due_on, self.first_due_on, today)

    @property
    def is_moved(self) -> bool:
        """Tell whether its day is another than the one first promised."""
        return self.due_on != self.first_due_on


class ProgressReport(models.Model):
    """What the unit said of a month: words, percents and photos. Never changed, never removed."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="reports")
    client_key = models.UUIDField(unique=True, null=True, editable=False)
    day = models.DateField("日期")
    words = models.CharField("进展", max_length=600)
    percent = models.PositiveSmallIntegerField("整体")
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "进度"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.work_id} {self.day}"


class ProgressLine(models.Model):
    """The percent of one milestone as a report set it."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="lines")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="lines")
    percent = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "进度数"
        constraints = [
            models.UniqueConstraint(fields=["report", "milestone"], name="progress_once_a_milestone"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_percent_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.percent}"


class WorkChange(models.Model):
    """One thing of the plan that was changed: what it was, what it is, and why. Everybody reads it; it only grows."""

    class Field(models.TextChoices):
        """What was changed."""

        SCOPE = "SCOPE", "建设内容"
        FUNDS = "FUNDS", "资金"
        DATES = "DATES", "日期"
        UNIT = "UNIT", "责任单位"
        OTHER = "OTHER", "其他"

    work = models.ForeignKey(Work, models.PROTECT, related_name="changes")
    field = models.CharField("改了什么", max_length=8, choices=Field)
    what = models.CharField("哪一项", max_length=80)
    old = models.CharField("原来", max_length=400, blank=True)
    new = models.CharField("改成", max_length=400, blank=True)
    reason = models.CharField("原因", max_length=300)
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "计划变更"
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="work_change_with_reason")]

    def __str__(self) -> str:
        return f"{self.work_id} {self.what}"


class Inspection(models.Model):
    """现场视察: on which day, who of the representatives, what they saw. It only grows."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="inspections")
    client_key = models.UUIDField(unique=True, null=True, editable=False)
    day = models.DateField("哪天")
    people = models.CharField("视察的代表", max_length=200)
    words = models.CharField("看到的情况", max_length=600)
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "视察"
        ordering = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.work_id} {self.day}"


class Finding(models.Model):
    """A problem that was found, and the matter with a clock of its own that came of it."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    words = models.CharField("问题", max_length=500)
    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="finding")

    class Meta:
        verbose_name = verbose_name_plural = "视察问题"
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "number"], name="finding_once_a_number")]

    def __str__(self) -> str:
        return f"{self.inspection_id} 第 {self.number} 条"


class WorkPhoto(models.Model):
    """A re-encoded JPEG without metadata, of a report or of an inspection; everybody sees it."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="photos")
    report = models.ForeignKey(ProgressReport, models.PROTECT, null=True, related_name="photos")
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, related_name="photos")
    day = models.DateField()
    image = models.FileField(upload_to=_photo_path)
    thumb = models.FileField(upload_to=_photo_path)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "现场照片"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=True) ^ Q(inspection__isnull=True), name="work_photo_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return str(self.token)
