"""What the chain of livelihood projects keeps: campaigns, ideas, their photos, seconders and history.

Fields and constraints only; the verbs in `projects.workflow` write these rows.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.fields import EncryptedTextField
from opinions.models import Opinion, PostRecord
from projects.council.models import AgendaItem, Council, FeasibilityOpinion, Score, Seat  # noqa: F401 - tables of the app
from projects.querysets import CampaignQuerySet, IdeaQuerySet
from projects.states import PUBLISHED, Source, State
from projects.works.models import Inspection, Milestone, Work  # noqa: F401 - tables of the app
from stations.models import Category, EntryCode, Region, Station

USER = settings.AUTH_USER_MODEL


def _photo_path(photo: "IdeaPhoto", filename: str) -> str:
    """Name a stored photo by chance alone: neither the idea nor the person can be read from it."""
    return f"photos/{photo.token.hex[:2]}/{photo.token.hex}-{filename}"


class Campaign(models.Model):
    """民生实事大家谈: from when to when a county asks its people what should be built in a year."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    year = models.PositiveSmallIntegerField("为哪一年征集")
    title = models.CharField("名称", max_length=60)
    words = models.TextField("写给群众的话", max_length=600)
    opens_on = models.DateField("从哪天")
    closes_on = models.DateField("到哪天")
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民生实事大家谈"
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["region", "year"], name="campaign_once_a_year"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="campaign_closes_after_opening"),
            models.CheckConstraint(condition=Q(year__range=(2000, 2100)), name="campaign_year_sensible"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page on which the county changes it."""
        return reverse("projects:change_campaign", args=[self.pk])


class ProjectIdea(models.Model):
    """A wish for something to be built or mended for many. `region` is the place; its code is the key of visibility."""

    receipt = models.CharField("回执码", max_length=10, unique=True)
    client_key = models.UUIDField(unique=True, null=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="ideas", verbose_name="大家谈"
    )
    year = models.PositiveSmallIntegerField("年度")
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="ideas", verbose_name="融合站点"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地方")
    location = models.CharField("具体在哪里", max_length=200, blank=True)
    entry_code = models.ForeignKey(EntryCode, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField("从哪来", max_length=16, choices=Source)
    opinion = models.ForeignKey(
        Opinion, models.PROTECT, null=True, blank=True, related_name="ideas", verbose_name="从哪件意见来"
    )
    post_record = models.OneToOneField(
        PostRecord, models.PROTECT, null=True, blank=True, related_name="idea", verbose_name="从哪条征集来"
    )
    body = models.TextField("想办什么")
    body_folded = models.TextField(editable=False)
    heading = models.CharField("内部标题", max_length=80)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name="类别")
    title = models.CharField("公开的标题", max_length=80, blank=True)
    summary = models.CharField("公开的说明", max_length=400, blank=True)

    state = models.CharField("状态", max_length=16, choices=State)
    state_before = models.CharField(max_length=16, blank=True, editable=False)  # what unmerging gives back
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    shelved_reason = models.CharField("为什么暂缓", max_length=300, blank=True)
    seconds = models.PositiveIntegerField("附议", default=0)

    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录")
    name = EncryptedTextField("怎么称呼", blank=True, default="")
    phone = EncryptedTextField("电话", blank=True, default="")
    consent_version = models.CharField("同意的个人信息说明", max_length=20, blank=True)
    created_at = models.DateTimeField("收到")
    pooled_at = models.DateTimeField("入库", null=True, blank=True)
    changed_at = models.DateTimeField("最近变动")

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民生实事项目建议"
        indexes = [
            models.Index(fields=["state", "-created_at", "-id"], name="idea_state_new"),
            models.Index(fields=["year", "-created_at", "-id"], name="idea_year_new"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="idea_state_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="idea_source_known"),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False, state_before__in=["IDEA", "POOLED"])
                | (~Q(state=State.MERGED) & Q(merged_into=None, state_before="")),
                name="idea_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="idea_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[one for one in PUBLISHED if one != State.SHELVED])
                | (~Q(title="") & ~Q(summary="") & Q(pooled_at__isnull=False)),
                name="idea_pooled_with_public_words",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SHELVED) | ~Q(shelved_reason=""), name="idea_shelved_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(post_record=None) | Q(source=Source.POST), name="idea_of_a_record_came_at_the_post"
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.OPINION) | Q(opinion__isnull=False), name="idea_of_an_opinion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the staff page; the proposer's page goes by the receipt, the public one by the number."""
        return reverse("projects:detail", args=[self.pk])

    @property
    def named(self) -> str:
        """Return what colleagues call it: the public title where there is one."""
        return self.title or self.heading

    @property
    def is_published(self) -> bool:
        """Tell whether everybody may read its public words: it was pooled once, and stands by itself."""
        return self.pooled_at is not None and self.state in PUBLISHED


class IdeaPhoto(models.Model):
    """A re-encoded JPEG without metadata; only the proposer and colleagues see it."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    idea = models.ForeignKey(ProjectIdea, models.PROTECT, related_name="photos")
    image = models.FileField(upload_to=_photo_path)
    thumb = models.FileField(upload_to=_photo_path)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.token)


class IdeaSeconding(models.Model):
    """One person's 我也盼着 on a published idea: a device counts once, and so does a telephone."""

    idea = models.ForeignKey(ProjectIdea, models.PROTECT, related_name="secondings")
    device_hash = models.CharField(max_length=64)
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "附议"
        constraints = [
            models.UniqueConstraint(fields=["idea", "device_hash"], name="idea_seconded_once_a_device"),
            models.UniqueConstraint(
                fields=["idea", "phone_hash"], condition=~Q(phone_hash=""), name="idea_seconded_once_a_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} 附议"


class IdeaLine(models.Model):
    """One line of what happened to an idea. The database refuses to change or remove it, whoever asks."""

    idea = models.ForeignKey(ProjectIdea, models.PROTECT, related_name="history", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    public_text = models.TextField(blank=True)
    internal_text = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "经过"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["idea", "-at", "-id"], name="idea_line_newest")]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.verb}"


# What later steps keep beside the row; below the row that they point to.
from projects.ballots.models import Ballot, BallotItem, BallotTick, BallotVoice, PaperEntry  # noqa: E402
from projects.onetime import OneTimeCode, OneTimePrint  # noqa: E402
from projects.polls.models import Poll, PollMark, PollRule, PollVoice  # noqa: E402
from projects.yearly.models import YearlySheet  # noqa: E402

__all__ = [
    "Ballot",
    "BallotItem",
    "BallotTick",
    "BallotVoice",
    "Campaign",
    "IdeaLine",
    "IdeaPhoto",
    "IdeaSeconding",
    "OneTimeCode",
    "OneTimePrint",
    "PaperEntry",
    "Poll",
    "PollMark",
    "PollRule",
    "PollVoice",
    "ProjectIdea",
    "YearlySheet",
]
