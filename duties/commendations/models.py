"""Commendations and their history: fields and constraints, no rules of work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from duties.commendations.querysets import CommendationQuerySet
from duties.commendations.states import VERB_LABELS, State
from stations.models import Representative, Station

USER = settings.AUTH_USER_MODEL
TITLE, REASON = 30, 300


class Commendation(models.Model):
    """One person commended, for what, and what his record said when it was written. No level, no points."""

    representative = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="commendations")
    member = models.ForeignKey(USER, models.PROTECT, null=True, related_name="commendations")  # of a station's staff
    name = models.CharField("姓名", max_length=50)  # as it was then
    station = models.ForeignKey(Station, models.PROTECT, related_name="commendations", verbose_name="站点")
    title = models.CharField("表彰什么", max_length=TITLE)
    day = models.DateField("哪天")
    reason = models.CharField("为什么", max_length=REASON)
    figures = models.JSONField(
        "当时的履职档案", default=list
    )  # sentences, newest record first; what the reason rests on
    figures_at = models.DateTimeField()
    state = models.CharField("状态", max_length=9, choices=State)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = CommendationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "表彰"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(representative=None, member__isnull=False) | Q(representative__isnull=False, member=None),
                name="commendation_of_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(title="") & ~Q(name=""), name="commendation_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT", published_at=None)
                | Q(state="PUBLISHED", published_at__isnull=False)
                | Q(state="WITHDRAWN"),
                name="commendation_published_when",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "-day"], name="commendation_newest")]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return its page at the county's desk."""
        return reverse("commendations:detail", args=[self.pk])


class CommendationEntry(models.Model):
    """One line of a commendation's history; the table only grows."""

    commendation = models.ForeignKey(Commendation, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=50)
    verb = models.CharField(max_length=24)
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "表彰的经过"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.commendation_id} {self.verb}"

    @property
    def label(self) -> str:
        """What was done, in the words of the page."""
        return VERB_LABELS[self.verb]
