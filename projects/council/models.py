"""What a screening council keeps: the meeting, its seats, the agenda, the scores and what the units say.

Fields and constraints only; the verbs beside write these rows.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from projects.council.querysets import CouncilQuerySet, FeasibilityQuerySet
from projects.council.states import HIGHEST, LOWEST, MEASURES, QUESTIONS, Check, Result, State, Verdict
from stations.models import Region, Representative, Station, Unit

USER = settings.AUTH_USER_MODEL


class Council(models.Model):
    """One meeting, of a station or of the county; `region` is the key of visibility, as with an idea."""

    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="councils", verbose_name="站点")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地方")
    title = models.CharField("名称", max_length=60)
    day = models.DateField("哪天")
    place = models.CharField("在哪里", max_length=100)
    chair = models.CharField("谁主持", max_length=40)
    state = models.CharField("状态", max_length=8, choices=State)
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField("开完", null=True)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "民生议事会"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="council_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False) | (~Q(state=State.CLOSED) & Q(closed_at=None)),
                name="council_closed_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the desk page of the meeting."""
        return reverse("projects:council", args=[self.pk])

    @property
    def is_of_county(self) -> bool:
        """Tell whether the county sits: what it keeps goes on the list to the government."""
        return self.station_id is None

    @property
    def held_by(self) -> str:
        """Return whose meeting it is."""
        return self.station.name if self.station else self.region.short_name


class Seat(models.Model):
    """A representative who is invited, and whose voice counts once an item."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="seats", db_index=False)
    representative = models.ForeignKey(Representative, models.PROTECT, related_name="+", verbose_name="代表")

    class Meta:
        verbose_name = verbose_name_plural = "请到的代表"
        constraints = [models.UniqueConstraint(fields=["council", "representative"], name="council_seat_once")]

    def __str__(self) -> str:
        return f"{self.council_id} {self.representative_id}"


def _check(label: str) -> models.CharField:
    return models.CharField(label, max_length=8, choices=Check, blank=True)


class AgendaItem(models.Model):
    """A pooled idea on the agenda, its checklist, and the result once the meeting has closed."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="items", db_index=False)
    idea = models.ForeignKey("projects.ProjectIdea", models.PROTECT, related_name="agenda_items", verbose_name="项目")
    position = models.PositiveSmallIntegerField("第几件")
    public_money = _check(QUESTIONS[0][1])
    public_money_note = models.CharField("说明", max_length=200, blank=True)
    benefits_many = _check(QUESTIONS[1][1])
    benefits_many_note = models.CharField("说明", max_length=200, blank=True)
    within_year = _check(QUESTIONS[2][1])
    within_year_note = models.CharField("说明", max_length=200, blank=True)
    result = models.CharField("结果", max_length=8, choices=Result, blank=True)
    reason = models.CharField("为什么", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议程"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["council", "idea"], name="agenda_item_once"),
            # A meeting that closes gives every item a result: without one, the meeting is still ahead.
            models.UniqueConstraint(fields=["idea"], condition=Q(result=""), name="agenda_one_open_at_most"),
            models.CheckConstraint(condition=Q(result="") | Q(result__in=Result.values), name="agenda_result_known"),
            models.CheckConstraint(condition=Q(result="") | ~Q(reason=""), name="agenda_result_with_reason"),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__in": ["", *Check.values]}), name=f"agenda_{name}_known")
                for name, _ in QUESTIONS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council_id} {self.position} {self.idea_id}"


class Score(models.Model):
    """The voice of one representative on one item. Nobody but himself reads it again; only sums leave this table."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="scores", db_index=False)
    representative = models.ForeignKey(Representative, models.PROTECT, related_name="+")
    need = models.PositiveSmallIntegerField("需求")
    benefit = models.PositiveSmallIntegerField("受益")
    feasibility = models.PositiveSmallIntegerField("可行")
    cost = models.PositiveSmallIntegerField("花费")
    on_paper = models.BooleanField("纸质", default=False)
    entered_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "打分"
        constraints = [
            models.UniqueConstraint(fields=["item", "representative"], name="score_one_voice"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__range": (LOWEST, HIGHEST)}), name=f"score_{name}_from_1_to_5"
                )
                for name, _, _ in MEASURES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"


class FeasibilityOpinion(models.Model):
    """What a unit was asked of one item, and its answer."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="opinions", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("请单位说")
    verdict = models.CharField("行不行", max_length=8, choices=Verdict, blank=True)
    words = models.CharField("怎么说", max_length=400, blank=True)
    cost = models.DecimalField("大约要多少钱（万元）", max_digits=9, decimal_places=2, null=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("单位说的时间", null=True)

    objects = FeasibilityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位的可行性意见"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="feasibility_asked_once"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="feasibility_verdict_known"),
            models.CheckConstraint(
                condition=Q(verdict="") | (~Q(words="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="feasibility_answer_whole",
            ),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="feasibility_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.unit_id}"

    def get_absolute_url(self) -> str:
        """Return the unit's page."""
        return reverse("projects:feasibility", args=[self.pk])

    @property
    def cost_words(self) -> str:
        """Return the rough cost without needless zeros, "" where none was said."""
        return "" if self.cost is None else f"{self.cost.normalize():f}"
