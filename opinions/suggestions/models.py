"""What a formal suggestion keeps: the paper, the matters behind it, who signs, who handles, what was answered, and a
history nobody can rewrite. Fields and constraints only; `opinions.suggestions.workflow` writes these rows.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from core.workdays import end_of_day
from opinions.loop_models import Verdict, Wish
from opinions.states import Outcome, Satisfaction
from opinions.suggestions.querysets import SuggestionQuerySet
from opinions.suggestions.states import HELD, MOST_ROUNDS, NUMBERED, Consent, State
from stations.models import Representative, Station, Unit

USER = settings.AUTH_USER_MODEL


def _within_six_months(name: str) -> models.CheckConstraint:
    """No limit lies more than six calendar months after the first assignment: held in the database itself."""
    end = Func(
        F("first_assigned_on"),
        template="(%(expressions)s + interval '6 months')::date",
        output_field=models.DateField(),
    )
    return models.CheckConstraint(condition=Q(due_on=None) | Q(due_on__lte=end), name=name)


class FormalSuggestion(models.Model):
    """One 代表建议. `station` is where its representative serves and the key of visibility."""

    representative = models.ForeignKey(
        Representative, models.PROTECT, related_name="suggestions", verbose_name="领衔代表"
    )
    station = models.ForeignKey(Station, models.PROTECT, related_name="suggestions", verbose_name="融合站点")
    prepared_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁写进来的")
    title = models.CharField("标题", max_length=80)
    why = models.TextField("案由", blank=True)
    analysis = models.TextField("分析", blank=True)
    proposal = models.TextField("具体建议", blank=True)

    state = models.CharField("状态", max_length=10, choices=State)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    county_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField("编号", max_length=12, blank=True)
    return_reason = models.TextField("为什么退回", blank=True)
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="主办单位")
    first_assigned_on = models.DateField("第一次交办", null=True)
    due_on = models.DateField("答复期限", null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    satisfaction = models.CharField("代表意见", max_length=12, choices=Satisfaction, blank=True)

    created_at = models.DateTimeField("起草")
    submitted_at = models.DateTimeField("提交", null=True)
    accepted_at = models.DateTimeField("立案", null=True)
    assigned_at = models.DateTimeField("交办", null=True)
    replied_at = models.DateTimeField("答复", null=True)
    closed_at = models.DateTimeField("办结", null=True)
    changed_at = models.DateTimeField("最近变动")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代表建议"
        indexes = [
            models.Index(fields=["station", "-changed_at"], name="suggestion_station"),
            models.Index("due_on", name="suggestion_running", condition=Q(state=State.ASSIGNED)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="suggestion_state_known"),
            models.CheckConstraint(condition=Q(round__gte=1, round__lte=MOST_ROUNDS), name="suggestion_two_rounds"),
            models.CheckConstraint(
                condition=~Q(state__in=list(HELD))
                | Q(lead_unit__isnull=False, due_on__isnull=False, first_assigned_on__isnull=False),
                name="suggestion_held_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None, first_assigned_on=None) | Q(due_on__gt=F("first_assigned_on")),
                name="suggestion_due_after_assigned",
            ),
            _within_six_months("suggestion_within_six_months"),
            models.CheckConstraint(
                condition=~Q(state__in=list(NUMBERED)) | Q(serial__isnull=False) & ~Q(number=""),
                name="suggestion_accepted_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | ~Q(satisfaction="") & Q(closed_at__isnull=False),
                name="suggestion_closed_by_opinion",
            ),
            models.UniqueConstraint(
                fields=["county_code", "year", "serial"],
                condition=Q(serial__isnull=False),
                name="suggestion_serial_once",
            ),
            models.UniqueConstraint(
                fields=["county_code", "number"], condition=~Q(number=""), name="suggestion_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_state_display()}".strip()

    def get_absolute_url(self) -> str:
        """Return the desk's page."""
        return reverse("suggestions:detail", args=[self.pk])

    @property
    def due_at(self) -> datetime | None:
        """Return the moment the limit ends: when offices close on its day."""
        return end_of_day(self.due_on) if self.due_on else None


class SuggestionMatter(models.Model):
    """One matter behind a suggestion: what residents said is its evidence."""

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="matters")
    opinion = models.ForeignKey("opinions.Opinion", models.PROTECT, related_name="suggested_in")
    added_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "建议所依据的事"
        constraints = [models.UniqueConstraint(fields=["suggestion", "opinion"], name="suggestion_matter_once")]

    def __str__(self) -> str:
        return f"{self.suggestion_id} ← {self.opinion_id}"


class CoSigner(models.Model):
    """Another representative (联名): he answers himself, or somebody at the station writes down what he said."""

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="cosigners")
    representative = models.ForeignKey(Representative, models.PROTECT, related_name="cosigned")
    answer = models.CharField(max_length=8, choices=Consent, default=Consent.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    how = models.CharField("怎么说的", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联名代表"
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "representative"], name="cosigner_once"),
            models.CheckConstraint(
                condition=Q(answer=Consent.ASKED) | Q(answered_at__isnull=False), name="cosigner_answer_has_time"
            ),
            models.CheckConstraint(condition=Q(recorded_by=None) | ~Q(how=""), name="cosigner_recorded_says_how"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.get_answer_display()}"


class SuggestionCharge(models.Model):
    """One unit's charge in one round, and how its first date was counted."""

    class Part(models.TextChoices):
        LEAD = "LEAD", "主办"
        CO = "CO", "协办"

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="charges")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="suggestion_charges")
    role = models.CharField(max_length=4, choices=Part)
    round = models.PositiveSmallIntegerField()
    demand = models.TextField("要求", blank=True)
    months = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    due_on = models.DateField()
    assigned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "建议的交办"
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(role="LEAD", ended_at=None), name="suggestion_one_open_lead"
            ),
            models.UniqueConstraint(fields=["suggestion", "unit", "round"], name="suggestion_unit_once_a_round"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=6), name="suggestion_months_of_the_law"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} → {self.unit_id} {self.get_role_display()}"


class SuggestionExtension(Wish):
    """延期: the unit's wish for more months. The old date stays here for ever."""

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="extensions")
    reason = models.TextField("为什么要延期")
    months = models.PositiveSmallIntegerField()
    old_due_on = models.DateField()
    new_due_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = "建议的延期"
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(verdict=Verdict.PENDING), name="suggestion_extension_one_pending"
            ),
            models.CheckConstraint(condition=Q(new_due_on__gt=F("old_due_on")), name="suggestion_extension_later"),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.get_verdict_display()}"


class SuggestionReply(models.Model):
    """The unit's letter of one round, and the representative's opinion on it."""

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="replies")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    body = models.TextField("答复")
    outcome = models.CharField("办理结果", max_length=1, choices=Outcome)
    promised_on = models.DateField("承诺日期", null=True)
    author = models.ForeignKey(USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    due_on = models.DateField()
    is_in_time = models.BooleanField("按期")
    satisfaction = models.CharField("代表意见", max_length=12, choices=Satisfaction, blank=True)
    comment = models.TextField("代表的话", blank=True)
    judged_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    judged_how = models.CharField(max_length=100, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "建议的答复"
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "round"], name="suggestion_reply_once_a_round"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["B", "C"]) | Q(promised_on__isnull=False), name="suggestion_promise_has_date"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction="", judged_at=None) | ~Q(satisfaction="") & Q(judged_at__isnull=False),
                name="suggestion_judged_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.get_outcome_display()}"


class SuggestionEntry(models.Model):
    """One line of what happened. The database refuses to change or remove it, whoever asks."""

    suggestion = models.ForeignKey(FormalSuggestion, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    round = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "建议的经过"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["suggestion", "-at", "-id"], name="suggestion_history_newest")]

    def __str__(self) -> str:
        return f"{self.suggestion_id} {self.verb}"


class SuggestionSeries(models.Model):
    """The last number of a county and year; its row is locked while a number is taken, so none is left out."""

    county_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "代表建议编号"
        constraints = [models.UniqueConstraint(fields=["county_code", "year"], name="suggestion_series_once_a_year")]

    def __str__(self) -> str:
        return f"{self.county_code} {self.year} {self.last}"
