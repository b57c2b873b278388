"""Receptions, whom they received, and their history: fields and constraints, no rules of work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from opinions.receptions.querysets import ReceptionQuerySet
from opinions.receptions.states import VERB_LABELS, State
from stations.models import Representative, Station

USER = settings.AUTH_USER_MODEL


class Reception(models.Model):
    """One reception of residents (选民接待) at a station; whoever came is written down as a matter of his own."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="receptions", verbose_name="站点")
    day = models.DateField("日期")
    people = models.ManyToManyField(Representative, related_name="receptions", verbose_name="接待代表")
    place = models.CharField("地方", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State)
    recorder = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="记录人")
    note = models.CharField("情况", max_length=300, blank=True)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True)
    changed_at = models.DateTimeField()

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "选民接待"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "day"], condition=Q(state="OPEN"), name="reception_one_open"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="reception_state_known"),
            models.CheckConstraint(
                condition=Q(state="OPEN", ended_at=None) | ~Q(state="OPEN") & Q(ended_at__isnull=False),
                name="reception_ended_when",
            ),
        ]
        indexes = [models.Index(fields=["station", "-day", "-id"], name="reception_newest")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the day."""
        return reverse("receptions:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether people are received now."""
        return self.state == State.OPEN


class ReceptionVisit(models.Model):
    """One visitor in the order of coming: the matter he brought. Who he is stands with the matter alone."""

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="visits")
    opinion = models.OneToOneField("opinions.Opinion", models.PROTECT, related_name="reception_visit")
    number = models.PositiveSmallIntegerField("第几位")

    class Meta:
        verbose_name = verbose_name_plural = "接待的群众"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["reception", "number"], name="reception_visit_numbered")]

    def __str__(self) -> str:
        return f"{self.reception_id} {self.number}"


class ReceptionEntry(models.Model):
    """One line of a reception's history; the table only grows."""

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接待的经过"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reception_id} {self.verb}"

    @property
    def label(self) -> str:
        """What was done, in the words of the page."""
        return VERB_LABELS[self.verb]
