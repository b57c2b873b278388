"""What the loop keeps besides the matter itself: mergings, wishes to give back or take longer, seconders, look-backs.

Fields and constraints only; the verbs in `opinions.workflow` write these rows. Imported through `opinions.models`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.fields import EncryptedTextField
from opinions.states import Step
from stations.models import Unit

USER = settings.AUTH_USER_MODEL


class Verdict(models.TextChoices):
    """What became of a wish. LAPSED: the unit answered before anybody decided."""

    PENDING = "PENDING", "等核"
    GRANTED = "GRANTED", "同意"
    REFUSED = "REFUSED", "不同意"
    LAPSED = "LAPSED", "不用核了"


class Merge(models.Model):
    """One merging (并案): what the matter was before, so that taking it apart gives back exactly that."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="merges")
    lead = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=16)
    step_due_at_before = models.DateTimeField(null=True)
    is_provisional_before = models.BooleanField(default=False)
    limits_before = models.JSONField(default=list)  # ids of the limits that stand still while it is merged
    merged_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "并案"
        constraints = [
            models.UniqueConstraint(fields=["opinion"], condition=Q(ended_at=None), name="merge_one_open"),
            models.CheckConstraint(condition=~Q(lead=F("opinion")), name="merge_with_another"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} → {self.lead_id}"


class Wish(models.Model):
    """What a unit asks of whoever handed the matter out: who asked when, and who decided what, with which words."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.PENDING)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True


class ReturnRequest(Wish):
    """申请退回: once for a unit and a matter, with the rule it rests on."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="return_requests")
    legal_basis = models.TextField("依据哪条规定")

    class Meta:
        verbose_name = verbose_name_plural = "退回申请"
        constraints = [
            models.UniqueConstraint(fields=["opinion", "unit"], name="return_once_a_unit"),
            models.UniqueConstraint(fields=["opinion"], condition=Q(verdict="PENDING"), name="return_one_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_verdict_display()}"


class Extension(Wish):
    """延期: more working days for the reply, or a later day for a promise. The old date stays here for ever."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="extensions")
    step = models.CharField(max_length=16, choices=[(Step.REPLY, Step.REPLY.label), (Step.PROMISE, Step.PROMISE.label)])
    reason = models.TextField("为什么要延期")
    working_days = models.PositiveSmallIntegerField("再要几个工作日", null=True)
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        constraints = [
            models.UniqueConstraint(fields=["opinion"], condition=Q(verdict="PENDING"), name="extension_one_pending"),
            models.CheckConstraint(condition=Q(new_due_at__gt=F("old_due_at")), name="extension_later"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_verdict_display()}"


class Seconding(models.Model):
    """One person's 我也遇到 on a published matter: a device counts once, and so does a telephone."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="secondings")
    device_hash = models.CharField(max_length=64)
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "附议"
        constraints = [
            models.UniqueConstraint(fields=["opinion", "device_hash"], name="seconding_once_a_device"),
            models.UniqueConstraint(
                fields=["opinion", "phone_hash"], condition=~Q(phone_hash=""), name="seconding_once_a_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} 附议"


class LookBack(models.Model):
    """A look-back visit or call (回头看) after a second 不满意: what was found, by whom."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="look_backs")
    finding = models.TextField("看到什么")
    author = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "回头看"

    def __str__(self) -> str:
        return f"{self.opinion_id} 回头看"
