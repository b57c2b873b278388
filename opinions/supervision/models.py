"""What supervision keeps: its cards and the last number given out. Written by `opinions.workflow` alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from opinions.states import Step
from opinions.supervision.levels import Cause, Cleared, Level
from opinions.supervision.querysets import CardQuerySet
from stations.models import Unit

USER = settings.AUTH_USER_MODEL


class SupervisionCard(models.Model):
    """One card (督办): a matter carries at most one open card. `due_at` is the date as it stood when it was raised."""

    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="cards")
    limit = models.ForeignKey("opinions.Deadline", models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField("颜色", choices=Level)
    cause = models.CharField("原因", max_length=20, choices=Cause)
    occasion = models.CharField(max_length=60)
    step = models.CharField("哪一步", max_length=16, choices=Step, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="责任单位")
    round = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField("原定期限", null=True)
    raised_at = models.DateTimeField("亮牌")
    answer_by = models.DateTimeField("回话期限", null=True)
    county_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField("督办单号", max_length=30, blank=True)
    cleared_at = models.DateTimeField("消号", null=True)
    cleared_how = models.CharField(max_length=8, choices=Cleared, blank=True)
    cleared_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    clear_reason = models.TextField("消号原因", blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办"
        indexes = [
            models.Index(fields=["-level", "raised_at", "id"], name="card_open_first", condition=Q(cleared_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opinion"], condition=Q(cleared_at=None), name="card_one_open"),
            models.UniqueConstraint(fields=["opinion", "level", "occasion"], name="card_once_an_occasion"),
            models.UniqueConstraint(
                fields=["county_code", "year", "serial"], condition=Q(serial__isnull=False), name="card_number_once"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="card_level_known"),
            models.CheckConstraint(
                condition=~Q(level=Level.RED) | Q(serial__isnull=False, year__isnull=False, answer_by__isnull=False),
                name="card_red_has_number",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_how="") | Q(cleared_at__isnull=False) & ~Q(cleared_how=""),
                name="card_cleared_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(cleared_how=Cleared.PERSON) | Q(cleared_by__isnull=False) & ~Q(clear_reason=""),
                name="card_cleared_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.get_level_display()} {self.number}".strip()

    @property
    def is_open(self) -> bool:
        """Tell whether the card still stands."""
        return self.cleared_at is None


class SupervisionSeries(models.Model):
    """The last 督办单 number of a county and year; its row is locked while a number is taken, so none is left out."""

    county_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "督办单编号"
        constraints = [models.UniqueConstraint(fields=["county_code", "year"], name="series_once_a_year")]

    def __str__(self) -> str:
        return f"{self.county_code} {self.year} {self.last}"
