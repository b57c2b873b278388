"""What a poll keeps: its days, questions and bar, the voices, and whose turn is used up while it runs.

A voice has a random key, no time and no link to a code, a device or an account. What says that somebody has had his
turn (`PollMark`, `OneTimeCode`) is thrown away when the poll is closed.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from projects.polls.querysets import PollQuerySet
from stations.models import Region

USER = settings.AUTH_USER_MODEL


class Face(models.TextChoices):
    """The three faces; the first two count as satisfied."""

    GOOD = "GOOD", "满意"
    FAIR = "FAIR", "基本满意"
    BAD = "BAD", "不满意"


class Door(models.TextChoices):
    """How a voice came in."""

    CODE = "CODE", "凭纸条上的码"
    DEVICE = "DEVICE", "扫码在手机上"
    REPRESENTATIVE = "REP", "人大代表"


class Verdict(models.TextChoices):
    """What came of a closed poll."""

    GOOD = "GOOD", "达到了"
    BAD = "BAD", "没有达到"
    FEW = "FEW", "来评的人太少，不作数"


class PollRule(models.Model):
    """A county's own numbers: the bar, the least number of voices, the days to mend."""

    region = models.OneToOneField(Region, models.PROTECT, related_name="+", verbose_name="县")
    bar = models.PositiveSmallIntegerField("满意率要到百分之几")
    least = models.PositiveSmallIntegerField("至少几个人来评才作数")
    rectify_days = models.PositiveSmallIntegerField("整改几个工作日")

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "评议的数"
        constraints = [
            models.CheckConstraint(
                condition=Q(bar__range=(50, 100), least__range=(1, 1000), rectify_days__range=(1, 250)),
                name="poll_rule_sensible",
            )
        ]

    def __str__(self) -> str:
        return self.region_id


class Poll(models.Model):
    """One poll on a finished project. A project has one that runs at most; a second follows after mending."""

    idea = models.ForeignKey("projects.ProjectIdea", models.PROTECT, related_name="polls", verbose_name="项目")
    round = models.PositiveSmallIntegerField("第几次")
    opens_on = models.DateField("从哪天")
    closes_on = models.DateField("到哪天")
    questions = models.JSONField("另外问的", default=list)
    bar = models.PositiveSmallIntegerField("满意率要到百分之几")
    least = models.PositiveSmallIntegerField("至少几个人")
    rectify_days = models.PositiveSmallIntegerField("整改几个工作日")
    opened_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    codes_made = models.PositiveIntegerField("印了几个码", default=0)
    codes_given = models.PositiveIntegerField("发出几个码", null=True)
    codes_used = models.PositiveIntegerField("用了几个码", null=True)
    verdict = models.CharField("结果", max_length=4, choices=Verdict, blank=True)
    rectify_by = models.DateField("整改到哪天", null=True)
    rectified_at = models.DateTimeField("整改好了", null=True)
    rectified_words = models.CharField("怎么整改的", max_length=600, blank=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "满意度测评"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "round"], name="poll_round_once"),
            models.UniqueConstraint(fields=["idea"], condition=Q(closed_at=None), name="poll_one_runs"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="poll_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(closed_at=None, verdict="", codes_used=None, codes_given=None)
                | Q(closed_at__isnull=False, verdict__in=Verdict.values, codes_used__lte=F("codes_given"),
                    codes_given__lte=F("codes_made")),
                name="poll_closed_with_verdict",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.BAD, rectify_by__isnull=False)
                | (~Q(verdict=Verdict.BAD) & Q(rectify_by=None, rectified_at=None)),
                name="poll_mended_when_bad",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.idea_id} 第 {self.round} 次"

    def get_absolute_url(self) -> str:
        """Return the desk's page."""
        return reverse("projects:poll", args=[self.pk])

    @property
    def box(self) -> str:
        """Name the box of its one-time codes."""
        return f"poll:{self.pk}"

    def is_taking(self, day: Any) -> bool:
        """Tell whether it takes voices on a day, its last day included."""
        return self.closed_at is None and bool(self.opens_on <= day <= self.closes_on)


class PollVoice(models.Model):
    """One voice. The database refuses to change or remove it, and no column says whose it is or when it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="voices")
    door = models.CharField(max_length=6, choices=Door)
    overall = models.CharField("总的看", max_length=4, choices=Face)
    answers = models.JSONField("另外问的", default=list)
    words = models.CharField("想说的话", max_length=300, blank=True)

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "评议"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(overall__in=Face.values), name="poll_voice_says"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="poll_voice_door"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.get_door_display()}"


class PollMark(models.Model):
    """A device or a representative that has had its turn in a running poll, as a keyed hash; gone when it is closed."""

    mark = models.CharField(primary_key=True, max_length=64, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="marks")

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "评过的"

    def __str__(self) -> str:
        return str(self.poll_id)
