"""An uploaded yearly list between its preview and its end."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.fields import EncryptedTextField
from stations.models import Region

USER = settings.AUTH_USER_MODEL


class YearlySheet(models.Model):
    """The rows of a file, kept encrypted until they are on the list or a day has passed; then only what came of it."""

    owner = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁上传的")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    year = models.PositiveSmallIntegerField("哪一年的清单")
    file_name = models.CharField("文件名", max_length=120)
    rows = EncryptedTextField("内容", blank=True, default="")
    row_count = models.PositiveIntegerField("几行")
    columns = models.JSONField("各栏是什么", default=dict)
    uploaded_at = models.DateTimeField("上传")
    done_at = models.DateTimeField("导入", null=True)
    result = models.JSONField("结果", default=dict)

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "上传的年度清单"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(year__range=(2000, 2100)), name="yearly_sheet_year_sensible")
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Return the page of its preview, and of what came of it."""
        return reverse("projects:yearly_sheet", args=[self.pk])
