"""What paper and spreadsheets leave behind: replaced Word templates, orders of exports, uploaded sheets.

Fields and constraints only. Imported through `opinions.models`; written by `opinions.papers` and `opinions.ledger`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import EncryptedTextField
from core.models import Job
from stations.models import Station

USER = settings.AUTH_USER_MODEL


class PaperTemplate(models.Model):
    """A Word template that the county put in place of ours, from then until the next one or until it was taken back."""

    kind = models.CharField("哪一种", max_length=20)
    content = models.BinaryField()
    file_name = models.CharField("文件名", max_length=120)
    uploaded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁换的")
    uploaded_at = models.DateTimeField("换上")
    ended_at = models.DateTimeField("换下", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(ended_at=None), name="paper_template_one_in_use")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class LedgerExport(models.Model):
    """An export that is made in the background: the list's address as it was, and who may see it."""

    job = models.OneToOneField(Job, models.CASCADE, related_name="ledger_export")
    query = EncryptedTextField("条件", blank=True, default="")  # somebody may have searched for a telephone number
    with_identity = models.BooleanField("带称呼和电话", default=False)
    asked_at = models.DateTimeField("什么时候的情况")

    class Meta:
        verbose_name = verbose_name_plural = "台账导出"

    def __str__(self) -> str:
        return f"{self.job_id}"


class SheetKind(models.TextChoices):
    """What an uploaded sheet holds."""

    LEDGER = "LEDGER", "旧台账"
    ANSWERS = "ANSWERS", "成批答复"


class Sheet(models.Model):
    """An uploaded sheet between its preview and its end. The rows are kept encrypted and erased when they are done."""

    kind = models.CharField("种类", max_length=8, choices=SheetKind)
    owner = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁上传的")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+", verbose_name="融合站点")
    file_name = models.CharField("文件名", max_length=120)
    rows = EncryptedTextField("内容", blank=True, default="")
    row_count = models.PositiveIntegerField("几行")
    signature = models.CharField("表头", max_length=64)
    columns = models.JSONField("各栏是什么", default=dict)
    uploaded_at = models.DateTimeField("上传")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="sheet")
    result = models.JSONField("结果", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "上传的表格"
        indexes = [models.Index(fields=["signature", "-uploaded_at"], name="sheet_signature")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SheetKind.values), name="sheet_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=SheetKind.LEDGER) | Q(station__isnull=False), name="sheet_ledger_has_station"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
