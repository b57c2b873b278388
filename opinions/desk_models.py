"""What the clerk's desk keeps beside the matters: one pressing of a button for many of them, and what it takes to take
the last step back.

Fields and constraints only. Imported through `opinions.models`.
"""

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class BulkRun(models.Model):
    """One confirmed preview (成批办理). Its key comes with the preview, so that sending it twice does nothing twice."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    key = models.UUIDField()
    act = models.CharField(max_length=10)
    results = models.JSONField(default=list)  # of each matter: its id, whether it was done, and the sentence
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "成批办理"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="bulk_run_once")]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"


class SavedFilter(models.Model):
    """A filter of the list under a name (常用筛选): known filters only, and never what was searched for."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="saved_filters")
    name = models.CharField("名称", max_length=20)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name


class Undo(models.Model):
    """What a matter was before its last step that may be taken back (撤回). The next step replaces it."""

    opinion = models.OneToOneField("opinions.Opinion", models.CASCADE, related_name="+")
    entry = models.ForeignKey("opinions.HistoryEntry", models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20)
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    done_at = models.DateTimeField()
    before = models.JSONField()  # the columns a verb may have changed
    limits = models.JSONField()  # ids of the limits that ran

    class Meta:
        verbose_name = verbose_name_plural = "可撤回的一步"

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.verb}"
