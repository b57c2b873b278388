"""The outbox row and the editable rules of delivery."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.fields import EncryptedTextField
from notices.querysets import NoticeQuerySet
from notices.quiet import QuietHours
from notices.states import Channel, State

__all__ = ["Channel", "DeliveryRules", "Notice", "State"]


class Notice(models.Model):
    """One message to one person over one channel.

    An in-site notice is there with its transaction and never waits for delivery. The address is kept
    encrypted and stays out of `str`, logs and errors.
    """

    kind = models.CharField("种类", max_length=60)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="收件人"
    )
    address = EncryptedTextField("地址", blank=True, default="")
    address_hash = models.CharField("地址散列", max_length=64, blank=True, default="")
    subject = models.CharField("对象", max_length=120, blank=True, default="")
    context = models.JSONField("内容", default=dict, blank=True)
    region_code = models.CharField("区划", max_length=12, blank=True, default="")
    dedupe = models.CharField("唯一键", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PENDING)
    not_before = models.DateTimeField("不早于")
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    next_try_at = models.DateTimeField("下次尝试")
    claimed_at = models.DateTimeField("领取时间", null=True, blank=True)
    claim = models.UUIDField("领取凭据", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    last_error = models.CharField("最近一次失败", max_length=200, blank=True, default="")
    created_at = models.DateTimeField("写入时间")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(fields=["dedupe", "channel", "user", "address_hash"], name="notice_once",
                                    nulls_distinct=False),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="notice_channel_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="notice_state_known"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(address_hash=""), name="notice_has_recipient"),
            models.CheckConstraint(
                condition=~Q(state=State.CLAIMED) | Q(claimed_at__isnull=False, claim__isnull=False),
                name="notice_claim_complete",
            ),
            models.CheckConstraint(condition=~Q(state=State.SENT) | Q(sent_at__isnull=False), name="notice_sent_when"),
            models.CheckConstraint(condition=Q(not_before__gte=F("created_at")), name="notice_leaves_after_written"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state=State.PENDING), name="notice_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state=State.CLAIMED), name="notice_claimed"),
            models.Index(fields=["user", "-id"], condition=Q(channel=Channel.IN_SITE), name="notice_inbox"),
            models.Index(
                fields=["user"], condition=Q(channel=Channel.IN_SITE, read_at__isnull=True), name="notice_unread"
            ),
            models.Index(fields=["region_code", "-id"], condition=Q(state=State.PARKED), name="notice_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.kind} #{self.pk}"


class DeliveryRules(models.Model):
    """The editable numbers of delivery: one row at most; without it the defaults here hold."""

    quiet_from = models.TimeField("安静时段开始", default=time(21, 0), help_text="这个时刻起不再发短信和邮件。")
    quiet_until = models.TimeField("安静时段结束", default=time(8, 0), help_text="这个时刻起恢复发送，积下的一并发出。")
    max_attempts = models.PositiveSmallIntegerField(
        "最多尝试次数", default=6, help_text="连续失败这么多次后搁置，等人处理。",
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )  # fmt: skip
    erase_after_days = models.PositiveSmallIntegerField(
        "号码和内容保存天数", default=90, help_text="发出或搁置满这些天后，抹去号码和内容，只留记录。",
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )  # fmt: skip
    only_row = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "发送规则"
        constraints = [models.CheckConstraint(condition=Q(only_row=True), name="delivery_rules_one_row")]

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}–{self.quiet_until:%H:%M}"

    @property
    def quiet(self) -> QuietHours:
        """The quiet hours as an object that can be asked."""
        return QuietHours(self.quiet_from, self.quiet_until)

    @classmethod
    def current(cls) -> "DeliveryRules":
        """The stored row, or the defaults."""
        return cls.objects.first() or cls()
