"""Additions to duty records and their history: fields and constraints. All else in a record is gathered, not kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from opinions.records.querysets import DutyRecordQuerySet
from opinions.records.states import DutyKind, State
from stations.models import Representative, Station

USER = settings.AUTH_USER_MODEL


class DutyRecord(models.Model):
    """Something a representative did that left no trace in the portal (履职登记), vouched for by a second person."""

    representative = models.ForeignKey(Representative, models.PROTECT, related_name="duty_records")
    station = models.ForeignKey(Station, models.PROTECT, related_name="duty_records", verbose_name="站点")
    kind = models.CharField("哪一类", max_length=10, choices=DutyKind)
    day = models.DateField("哪天")
    what = models.CharField("做了什么", max_length=200)
    note = models.CharField("有什么可以核对", max_length=200)
    state = models.CharField("状态", max_length=8, choices=State)
    added_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁补的")
    added_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="谁核对的")
    reviewed_at = models.DateTimeField(null=True)
    reason = models.CharField("为什么不记", max_length=200, blank=True)

    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职补记"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DutyKind.values), name="duty_record_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="duty_record_state_known"),
            models.CheckConstraint(condition=~Q(note="") & ~Q(what=""), name="duty_record_can_be_checked"),
            models.CheckConstraint(
                condition=Q(state="PENDING", reviewed_by=None)
                | ~Q(state="PENDING") & Q(reviewed_by__isnull=False) & ~Q(reviewed_by=F("added_by")),
                name="duty_record_second_person",
            ),
        ]
        indexes = [models.Index(fields=["representative", "day"], name="duty_record_of_person")]

    def __str__(self) -> str:
        return f"{self.representative_id} {self.get_kind_display()} {self.day}"


class DutyRecordEntry(models.Model):
    """One line of an addition's history; the table only grows."""

    record = models.ForeignKey(DutyRecord, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=10)
    from_state = models.CharField(max_length=8, blank=True)
    to_state = models.CharField(max_length=8)
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补记的经过"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.verb}"
