"""What a ballot keeps: the candidates, the numbers of slips and papers, the voices with their ticks.

A voice and a tick have a random key, no time and no link to a code, an account or each other's order. What two clerks
read from a paper (`PaperEntry`) is there until they agree, and gone in the transaction that writes the voice.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from projects.ballots.querysets import BallotQuerySet
from projects.ballots.states import Result, State
from stations.models import Region

USER = settings.AUTH_USER_MODEL
FEWEST, MOST = 5, 1000  # representatives: under five, half of them would tell who voted for what


class Ballot(models.Model):
    """One ballot of a county on projects of one year. `eligible` is how many representatives there are (应到)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="县")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=60)
    places = models.PositiveSmallIntegerField("选几件")
    eligible = models.PositiveSmallIntegerField("应到几人")
    state = models.CharField("状态", max_length=10, choices=State)
    opened_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    codes_made = models.PositiveSmallIntegerField("印了几张票", default=0)
    given = models.PositiveSmallIntegerField("发出", null=True)
    returned = models.PositiveSmallIntegerField("收回", null=True)
    valid = models.PositiveSmallIntegerField("有效", null=True)
    invalid = models.PositiveSmallIntegerField("废票", null=True)
    cancelled_why = models.CharField("为什么取消", max_length=300, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "票决"
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(eligible__range=(FEWEST, MOST), places__gte=1), name="ballot_numbers_sensible"
            ),
            models.CheckConstraint(condition=Q(codes_made__lte=F("eligible")), name="ballot_no_more_slips_than_people"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, closed_at=None) | Q(state__in=[State.CLOSED, State.CANCELLED],
                                                                   closed_at__isnull=False),
                name="ballot_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=State.CLOSED, given__lte=F("codes_made"), returned__lte=F("given"),
                      returned=F("valid") + F("invalid"))
                    | (~Q(state=State.CLOSED) & Q(given=None, returned=None, valid=None, invalid=None))
                ),
                name="ballot_numbers_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | ~Q(cancelled_why=""), name="ballot_cancelled_with_reason"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the desk's page."""
        return reverse("projects:ballot", args=[self.pk])

    @property
    def box(self) -> str:
        """Name the box of its one-time codes."""
        return f"ballot:{self.pk}"


class BallotItem(models.Model):
    """One candidate; its number of voices is stored when the ballot is closed."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="items")
    idea = models.ForeignKey("projects.ProjectIdea", models.PROTECT, related_name="ballot_items")
    position = models.PositiveSmallIntegerField()
    approvals = models.PositiveSmallIntegerField("赞成", null=True)
    result = models.CharField("结果", max_length=6, choices=Result, blank=True)

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "票决的项目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "idea"], name="ballot_item_once"),
            models.UniqueConstraint(fields=["ballot", "position"], name="ballot_item_place"),
            models.CheckConstraint(
                condition=Q(approvals=None, result="") | Q(approvals__isnull=False, result__in=Result.values),
                name="ballot_item_result_with_voices",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.position}"


class BallotVoice(models.Model):
    """One ballot paper or telephone's voice. The database refuses to change or remove it; it leads to nobody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="voices")
    is_valid = models.BooleanField("有效")

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "票"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.ballot_id)


class BallotTick(models.Model):
    """One 赞成 of a voice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(BallotVoice, models.PROTECT, related_name="ticks")
    item = models.ForeignKey(BallotItem, models.PROTECT, related_name="ticks")

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "票上的勾"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["voice", "item"], name="ballot_tick_once")]

    def __str__(self) -> str:
        return str(self.item_id)


class PaperEntry(models.Model):
    """What one clerk read from a paper, until a colleague has read the same; then it is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="entries")
    code_hash = models.CharField(max_length=64, editable=False)
    clerk = models.ForeignKey(USER, models.PROTECT, related_name="+")
    ticks = models.JSONField(default=list)
    is_spoiled = models.BooleanField("废票", default=False)

    class Meta:
        app_label = "projects"
        verbose_name = verbose_name_plural = "登记了一半的纸票"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["code_hash", "clerk"], name="paper_entry_once_a_clerk")]

    def __str__(self) -> str:
        return str(self.ballot_id)

    @property
    def read(self) -> tuple[bool, list[int]]:
        """What must be the same for two to agree."""
        return self.is_spoiled, self.ticks
