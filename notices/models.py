"""The outbox row, the editable rules and texts of delivery, and where messages go: groups, accounts, gates."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.fields import EncryptedTextField
from notices.querysets import GroupRobotQuerySet, NoticeQuerySet
from notices.quiet import OFFICE, QuietHours
from notices.states import TEXT_CHANNELS, Channel, State

__all__ = ["Channel", "DeliveryRules", "Gate", "GroupRobot", "Notice", "NoticeText", "State", "WechatBinding"]


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
    station_code = models.CharField("站点", max_length=50, blank=True, default="", db_default="")
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
    # Sent anew by a person after a bounce: the gateway must not take it for the message it already knows.
    round = models.PositiveSmallIntegerField("第几轮", default=1, db_default=1)
    delivered_at = models.DateTimeField("手机收到", null=True, blank=True)
    bounced_at = models.DateTimeField("没有送到", null=True, blank=True)
    told_at = models.DateTimeField("另外告知时间", null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="另外告知人"
    )
    # An in-site notice that is still unread then goes out by other channels as well, or becomes part of one message.
    pass_on_at = models.DateTimeField("转发时间", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name="并入"
    )

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
            models.CheckConstraint(
                condition=~Q(state=State.TOLD) | Q(told_at__isnull=False, told_by__isnull=False),
                name="notice_told_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(pass_on_at__isnull=True) | Q(channel=Channel.IN_SITE), name="notice_in_site_is_passed_on"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state=State.PENDING), name="notice_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state=State.CLAIMED), name="notice_claimed"),
            models.Index(fields=["user", "-id"], condition=Q(channel=Channel.IN_SITE), name="notice_inbox"),
            models.Index(
                fields=["user"], condition=Q(channel=Channel.IN_SITE, read_at__isnull=True), name="notice_unread"
            ),
            models.Index(fields=["region_code", "-id"], condition=Q(state=State.PARKED), name="notice_parked"),
            models.Index(fields=["pass_on_at"], condition=Q(pass_on_at__isnull=False), name="notice_to_pass_on"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.kind} #{self.pk}"

    @property
    def key(self) -> str:
        """What a gateway knows the message by; the same for every try of one round."""
        return f"notice-{self.pk}-{self.round}"


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
    digest_at = models.TimeField("早上提醒时刻", default=time(8, 0),
                                 help_text="每天这个时刻，把每个人快到期和超期的事合成一条。")  # fmt: skip
    digest_minutes = models.PositiveSmallIntegerField(
        "合并等待（分钟）", default=10, help_text="给工作人员的同类通知，这么多分钟内的合成一条邮件或群消息。",
        validators=[MinValueValidator(1), MaxValueValidator(240)],
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

    def pass_on_at(self, at: datetime, *, is_daily: bool) -> datetime:
        """When what was written at `at` goes on: the next morning, or when the running stretch of minutes is over."""
        if is_daily:
            local = at.astimezone(OFFICE)
            morning = datetime.combine(local.date(), self.digest_at, OFFICE)
            return self.quiet.next_allowed(morning if morning > local else morning + timedelta(days=1))
        seconds = self.digest_minutes * 60
        return self.quiet.next_allowed(at + timedelta(seconds=seconds - at.timestamp() % seconds))

    @classmethod
    def current(cls) -> "DeliveryRules":
        """The stored row, or the defaults."""
        return cls.objects.first() or cls()


class NoticeText(models.Model):
    """The county's own text of one kind for one channel; without a row ours holds."""

    kind = models.CharField("种类", max_length=60)
    channel = models.CharField("渠道", max_length=10, choices=TEXT_CHANNELS)
    text = models.TextField("文字", max_length=2000)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")

    class Meta:
        verbose_name = verbose_name_plural = "通知文字"
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel"], name="notice_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="notice_text_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_channel_display()}"


class GroupRobot(models.Model):
    """A robot in a WeCom group of a station, a unit or the county. Who has its address can post there: encrypted."""

    class Scope(models.TextChoices):
        """Whose group it is."""

        STATION = "station", "站点群"
        UNIT = "unit", "单位群"
        COUNTY = "county", "县级群"

    name = models.CharField("群名称", max_length=40)
    scope = models.CharField("谁的群", max_length=10, choices=Scope.choices)
    code = models.CharField("代码", max_length=50)
    region_code = models.CharField("区划", max_length=12)
    address = EncryptedTextField("机器人地址")
    is_active = models.BooleanField("启用", default=True)
    posts = models.JSONField("最近一分钟", default=list, blank=True)
    created_at = models.DateTimeField("添加时间")

    objects = GroupRobotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"
        ordering = ("scope", "name", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["station", "unit", "county"]), name="robot_scope_known"),
            models.CheckConstraint(condition=~Q(address="") & ~Q(code=""), name="robot_has_address_and_place"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """The group a notice may name, such as "station:mingnan"."""
        return f"{self.scope}:{self.code}"

    @property
    def masked(self) -> str:
        """Enough of the address to tell two robots apart."""
        return f"…{self.address[-4:]}"


class WechatBinding(models.Model):
    """Which account of the official WeChat account somebody is: a colleague, or a resident known by his telephone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="wechat", verbose_name="账号"
    )
    phone_hash = models.CharField("手机号散列", max_length=64, blank=True, default="")
    openid = EncryptedTextField("openid")
    bound_at = models.DateTimeField("绑定时间")

    class Meta:
        verbose_name = verbose_name_plural = "微信绑定"
        constraints = [
            models.UniqueConstraint(fields=["phone_hash"], condition=~Q(phone_hash=""), name="binding_phone_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, phone_hash="") | Q(user__isnull=True) & ~Q(phone_hash=""),
                name="binding_is_somebody",
            ),
            models.CheckConstraint(condition=~Q(openid=""), name="binding_has_openid"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Gate(models.Model):
    """How a way out of the house is doing: a channel, or one group's robot. No row means nothing was ever wrong."""

    name = models.CharField("渠道", max_length=40, unique=True)
    failures = models.PositiveSmallIntegerField("连续失败", default=0)
    last_notice = models.BigIntegerField("最近一条", default=0)
    last_error = models.CharField("最近一次失败", max_length=200, blank=True, default="")
    failed_at = models.DateTimeField("失败时间", null=True, blank=True)
    paused_until = models.DateTimeField("暂停到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道状况"

    def __str__(self) -> str:
        return self.name
