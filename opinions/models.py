"""What the loop keeps: opinions, assignments, replies, ratings, limits, photos, and the history nobody can rewrite.

Fields and constraints only. State, due dates, handler and history are written by `opinions.workflow` and nowhere else.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.fields import EncryptedTextField
from opinions.book_models import BookLine, BookPage, BookPhoto
from opinions.desk_models import BulkRun, SavedFilter, Undo
from opinions.loop_models import Extension, LookBack, Merge, ReturnRequest, Seconding, Verdict
from opinions.posts.models import PostEntry, PostPerson, PostRecord
from opinions.querysets import OpinionQuerySet
from opinions.receptions.models import Reception, ReceptionEntry, ReceptionVisit
from opinions.records.models import DutyRecord, DutyRecordEntry
from opinions.search_models import OpinionWords
from opinions.sheet_models import LedgerExport, PaperTemplate, Sheet, SheetKind
from opinions.states import Channel, Kind, Outcome, Satisfaction, Solved, State, Step
from opinions.suggestions.models import FormalSuggestion
from opinions.supervision.levels import Threshold
from opinions.supervision.models import SupervisionCard, SupervisionSeries
from stations.models import Category, EntryCode, Region, Station, Unit

__all__ = [
    "Assignment",
    "BookLine",
    "BookPage",
    "BookPhoto",
    "BulkRun",
    "Deadline",
    "DeadlineRule",
    "DutyRecord",
    "DutyRecordEntry",
    "Extension",
    "FormalSuggestion",
    "HistoryEntry",
    "LedgerExport",
    "LookBack",
    "Merge",
    "Opinion",
    "OpinionWords",
    "PaperTemplate",
    "Photo",
    "PostEntry",
    "PostPerson",
    "PostRecord",
    "Rating",
    "Reception",
    "ReceptionEntry",
    "ReceptionVisit",
    "Reply",
    "ReturnRequest",
    "SavedFilter",
    "Seconding",
    "Sheet",
    "SheetKind",
    "SupervisionCard",
    "SupervisionSeries",
    "Undo",
    "Verdict",
]

USER = settings.AUTH_USER_MODEL


def _photo_path(photo: "Photo", filename: str) -> str:
    """Name a stored photo by chance alone: neither the matter nor the person can be read from it."""
    return f"photos/{photo.token.hex[:2]}/{photo.token.hex}-{filename}"


class Opinion(models.Model):
    """A matter a resident raises (意见建议). `region` is the place; its code is the key of visibility."""

    receipt = models.CharField("回执码", max_length=10, unique=True)
    client_key = models.UUIDField(unique=True, null=True, editable=False)
    # Without an index of their own: those below begin with the same column, and each costs every message a write.
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="opinions", verbose_name="融合站点", db_index=False
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地点", db_index=False)
    location = models.CharField("在哪里", max_length=200, blank=True)
    entry_code = models.ForeignKey(EntryCode, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("什么事")
    body_folded = models.TextField(editable=False)
    people = models.PositiveSmallIntegerField("几个人", default=1)

    state = models.CharField("状态", max_length=16, choices=State)
    kind = models.CharField("哪一类", max_length=12, choices=Kind, default=Kind.ORDINARY)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name="类别")
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    is_public = models.BooleanField("公示", default=False)
    needs_county = models.BooleanField("提请县里交办", default=False)
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办单位"
    )
    outcome = models.CharField("办理结果", max_length=1, choices=Outcome, blank=True)
    promised_on = models.DateField("承诺日期", null=True, blank=True)
    satisfaction = models.CharField("评价", max_length=12, choices=Satisfaction, blank=True)
    is_reopened = models.BooleanField("重新办过", default=False)
    has_returned = models.BooleanField("申请退回过", default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", db_index=False, verbose_name="并到"
    )
    seconds = models.PositiveIntegerField("附议", default=0, db_default=0)
    # How often the unit was pressed since it got the matter; who did it stands in the history.
    rep_presses = models.PositiveSmallIntegerField("代表催办", default=0, db_default=0, editable=False)
    staff_presses = models.PositiveSmallIntegerField("站点和县里催办", default=0, db_default=0, editable=False)

    first_contact = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="首问")
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代录")
    name = EncryptedTextField("怎么称呼", blank=True, default="")
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, editable=False)
    hide_identity = models.BooleanField("不向承办单位透露我的身份", default=True)
    consent_version = models.CharField("同意的个人信息说明", max_length=20, blank=True)

    created_at = models.DateTimeField("收到")
    accepted_at = models.DateTimeField("受理", null=True, blank=True)
    assigned_at = models.DateTimeField("交办", null=True, blank=True)
    replied_at = models.DateTimeField("答复", null=True, blank=True)
    fed_back_at = models.DateTimeField("反馈", null=True, blank=True)
    told_at = models.DateTimeField("告诉本人", null=True, blank=True)
    closed_at = models.DateTimeField("办结", null=True, blank=True)
    step_due_at = models.DateTimeField("这一步期限", null=True, blank=True)
    reply_due_at = models.DateTimeField("答复期限", null=True, blank=True)
    is_provisional = models.BooleanField("期限暂定", default=False)
    changed_at = models.DateTimeField("最近变动")

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见建议"
        indexes = [
            models.Index(
                "station",
                F("step_due_at").asc(nulls_last=True),
                "id",
                name="opinion_station_open",
                condition=Q(closed_at=None),
            ),
            models.Index("station", "state", F("step_due_at").asc(nulls_last=True), "id", name="opinion_station_state"),
            models.Index(fields=["station", "-created_at"], name="opinion_station_new"),
            models.Index(fields=["station", "-changed_at"], name="opinion_station_moved"),
            models.Index(OpClass("region", "varchar_pattern_ops"), "created_at", name="opinion_region_new"),
            models.Index("step_due_at", name="opinion_open_due", condition=Q(closed_at=None)),
            models.Index("phone_hash", name="opinion_phone", condition=~Q(phone_hash="")),
            models.Index(fields=["-created_at", "-id"], name="opinion_newest"),
            models.Index("merged_into", name="opinion_followers", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="opinion_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="opinion_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="opinion_channel_known"),
            models.CheckConstraint(
                condition=Q(reply_due_at=None) | Q(reply_due_at__gt=F("created_at")), name="opinion_due_after_created"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("created_at")), name="opinion_closed_after_created"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ASSIGNED, State.HANDLING, State.REPLIED]) | Q(lead_unit__isnull=False),
                name="opinion_handled_by_someone",
            ),
            models.CheckConstraint(condition=Q(round__gte=1), name="opinion_round_positive"),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False), name="opinion_merged_into_another"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="opinion_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the staff page; the resident's page goes by the receipt."""
        return reverse("opinions:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to act."""
        return self.closed_at is None


class Assignment(models.Model):
    """One unit's charge in one round (交办): lead or co-handling, with the date that an extension alone may move."""

    class Part(models.TextChoices):
        LEAD = "LEAD", "主办"
        CO = "CO", "协办"

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=4, choices=Part)
    round = models.PositiveSmallIntegerField()
    demand = models.TextField("请办什么")
    due_at = models.DateTimeField("答复期限")
    assigned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    is_from_county = models.BooleanField(default=False)
    assigned_at = models.DateTimeField()
    signed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    part = models.TextField("协办意见", blank=True, default="", db_default="")
    part_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    part_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "交办"
        indexes = [models.Index("unit", "due_at", name="assignment_unit_due", condition=Q(ended_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion"], condition=Q(role="LEAD", ended_at=None), name="assignment_one_open_lead"
            ),
            models.UniqueConstraint(
                fields=["opinion", "unit"], condition=Q(ended_at=None), name="assignment_unit_once_open"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("assigned_at")), name="assignment_due_after_assigned"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} → {self.unit_id} {self.get_role_display()}"


class Reply(models.Model):
    """An answer (答复) by the unit, or by the station on the spot: outcome class and the station's verdict."""

    class Verdict(models.TextChoices):
        PENDING = "PENDING", "待审核"
        APPROVED = "APPROVED", "通过"
        REJECTED = "REJECTED", "退回补充"

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="replies")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="replies")
    round = models.PositiveSmallIntegerField()
    body = models.TextField("答复")
    outcome = models.CharField("办理结果", max_length=1, choices=Outcome)
    promised_on = models.DateField("承诺日期", null=True, blank=True)
    author = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_in_time = models.BooleanField("按期", default=True)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.PENDING)
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "答复"
        constraints = [
            models.UniqueConstraint(
                fields=["opinion"], condition=Q(verdict="PENDING"), name="reply_one_waiting_for_review"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["B", "C"]) | Q(promised_on__isnull=False), name="reply_promise_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_outcome_display()}"


class Rating(models.Model):
    """What the resident says of one reply (评价); `recorded_by` marks a call-back written down by staff (代评)."""

    reply = models.OneToOneField(Reply, models.PROTECT, related_name="rating")
    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    solved = models.CharField("问题解决了吗", max_length=12, choices=Solved)
    satisfaction = models.CharField("满意吗", max_length=12, choices=Satisfaction)
    attitude = models.CharField("办事态度", max_length=12, choices=Satisfaction, blank=True)
    comment = models.TextField("还想说一句", blank=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "评价"

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_satisfaction_display()}"


class HistoryEntry(models.Model):
    """One line of what happened. The database refuses to change or remove it, whoever asks."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="history", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    public_text = models.TextField(blank=True)
    internal_text = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["opinion", "-at", "-id"], name="history_opinion_newest")]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.verb}"


class Deadline(models.Model):
    """One limit as it ran: from when, how many working days, until when, and when it was met. Lateness is derived."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="deadlines")
    step = models.CharField(max_length=16, choices=Step)
    unit = models.ForeignKey(  # whose it is, where several run
        Unit, models.PROTECT, null=True, related_name="+", db_index=False
    )
    round = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    working_days = models.PositiveSmallIntegerField(null=True)
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    soon_told_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)
    red_told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限"
        indexes = [
            models.Index("due_at", name="deadline_running", condition=Q(ended_at=None)),
            models.Index(
                "due_at", name="deadline_looking_back", condition=Q(ended_at=None, red_told_at=None, step="LOOK_BACK")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "step", "unit"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="deadline_one_running_per_step",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="deadline_due_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_step_display()}"


class DeadlineRule(models.Model):
    """The editable table of limits; a row with a category overrides the row without. Days are working days."""

    step = models.CharField(max_length=16, choices=[*Step.choices, *Threshold.choices])
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True)
    working_days = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "期限规则"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "kind", "category"], nulls_distinct=False, name="deadline_rule_once"
            ),
            models.CheckConstraint(condition=Q(working_days__gte=1), name="deadline_rule_at_least_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.get_kind_display()} {self.working_days}"


class Photo(models.Model):
    """A re-encoded JPEG without metadata, belonging to the message or to one history line."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="photos")
    entry = models.ForeignKey(HistoryEntry, models.PROTECT, null=True, related_name="photos")
    is_public = models.BooleanField(default=True)
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
