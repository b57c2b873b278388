"""Rhythms, days off, rosters, shifts, swaps and their history: fields, constraints and indexes, no rules of work."""

import uuid
from datetime import date, datetime, time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Q

from core.fields import EncryptedTextField
from core.workdays import OFFICE
from duties.commendations.models import Commendation, CommendationEntry  # noqa: F401 - found by Django here
from duties.querysets import (
    LineQuerySet,
    OfStationQuerySet,
    RosterQuerySet,
    ShiftQuerySet,
    SwapQuerySet,
    UnavailableQuerySet,
)
from duties.states import Post, RosterState, ShiftState, SwapState
from duties.themes.models import MonthlyTheme, ThemeEntry, ThemeNote  # noqa: F401 - found by Django here
from stations.models import Representative, Station

USER = settings.AUTH_USER_MODEL


class DutyRules(models.Model):
    """The editable numbers of rosters: one row at most; without it the defaults here hold."""

    publish_ahead_days = models.PositiveSmallIntegerField(
        "提前几天公布", default=3, validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="第一班之前至少这么多天公布；晚了也能公布，会记一笔。",
    )  # fmt: skip
    remind_before_at = models.TimeField("前一天几点提醒", default=time(17, 0))
    remind_today_at = models.TimeField("当天几点提醒", default=time(7, 30), help_text="安静时段里写的，到点再发。")
    only_row = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "值班规则"
        constraints = [models.CheckConstraint(condition=Q(only_row=True), name="duty_rules_one_row")]

    def __str__(self) -> str:
        return f"提前 {self.publish_ahead_days} 天公布"

    @classmethod
    def current(cls) -> "DutyRules":
        """The stored row, or the defaults."""
        return cls.objects.first() or cls()


class Rhythm(models.Model):
    """A station's rule: which post is sat when, by how many, and what becomes of it on a holiday."""

    class Pattern(models.TextChoices):
        WEEKLY = "WEEKLY", "每周"
        NTH = "NTH", "每月第几个"
        MONTHLY = "MONTHLY", "每月几日"

    class OnHoliday(models.TextChoices):
        NEXT_WORKDAY = "NEXT_WORKDAY", "顺延到下一个工作日"
        DROP = "DROP", "这一次不排"

    station = models.ForeignKey(Station, models.CASCADE, related_name="rhythms")
    post = models.CharField("岗位", max_length=12, choices=Post)
    pattern = models.CharField("多久一次", max_length=8, choices=Pattern)
    weekday = models.PositiveSmallIntegerField("星期几", null=True, blank=True)  # 0 is Monday
    weeks = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name="第几个")  # 5: last
    month_day = models.PositiveSmallIntegerField("几日", null=True, blank=True)
    start = models.TimeField("从")
    end = models.TimeField("到")
    people = models.PositiveSmallIntegerField("几个人", default=1)
    on_holiday = models.CharField("遇到放假", max_length=12, choices=OnHoliday, default=OnHoliday.NEXT_WORKDAY)

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班安排"
        ordering = ["station_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(post__in=Post.values), name="rhythm_post_known"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="rhythm_ends_after_start"),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=9), name="rhythm_people"),
            models.CheckConstraint(
                condition=Q(pattern="WEEKLY", weekday__lte=6, month_day=None, weeks=[])
                | Q(pattern="NTH", weekday__lte=6, month_day=None, weeks__len__gte=1)
                | Q(pattern="MONTHLY", weekday=None, month_day__gte=1, month_day__lte=31, weeks=[]),
                name="rhythm_pattern_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.get_pattern_display()}"


class Sitter(models.Model):
    """Which posts somebody may sit at a station, where that differs from `states.OPEN_POSTS`; no post: not rostered."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="sitters")
    representative = models.ForeignKey(Representative, models.CASCADE, related_name="sitters")
    posts = ArrayField(models.CharField(max_length=12, choices=Post), default=list, blank=True, verbose_name="能坐的岗")

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "能坐的岗"
        constraints = [
            models.UniqueConstraint(fields=["station", "representative"], name="sitter_once"),
            models.CheckConstraint(condition=Q(posts__contained_by=Post.values), name="sitter_posts_known"),
        ]

    def __str__(self) -> str:
        return f"{self.representative_id} @ {self.station_id}"


class Unavailable(models.Model):
    """Days on which a representative cannot come, anywhere; the note stays between him and this station."""

    representative = models.ForeignKey(Representative, models.CASCADE, related_name="days_off")
    station = models.ForeignKey(Station, models.CASCADE, related_name="+")
    first_day = models.DateField("从")
    last_day = models.DateField("到")
    note = models.CharField("说明", max_length=60, blank=True)
    created_at = models.DateTimeField()

    objects = UnavailableQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不能来的日子"
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="unavailable_ends_after_start")
        ]
        indexes = [models.Index(fields=["representative", "last_day"], name="unavailable_ahead")]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class Roster(models.Model):
    """The duties of one station in one month."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="rosters")
    month = models.DateField("月份")  # its first day
    state = models.CharField("状态", max_length=10, choices=RosterState, default=RosterState.DRAFT)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    is_late = models.BooleanField("公布晚了", default=False)
    changed_at = models.DateTimeField()

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班表"
        ordering = ["-month", "station_id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "month"], name="roster_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="roster_month_is_a_first"),
            models.CheckConstraint(condition=Q(state__in=RosterState.values), name="roster_state_known"),
            models.CheckConstraint(
                condition=Q(state="DRAFT", published_at=None) | Q(state="PUBLISHED", published_at__isnull=False),
                name="roster_published_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.month:%Y-%m}"


class Shift(models.Model):
    """One duty of one person; nobody has two on a day. `uid` and `sequence` are what calendars know it by."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts")
    station = models.ForeignKey(Station, models.PROTECT, related_name="shifts")  # the roster's; a trigger holds that
    day = models.DateField("日期")
    start = models.TimeField("从")
    end = models.TimeField("到")
    post = models.CharField("岗位", max_length=12, choices=Post)
    representative = models.ForeignKey(Representative, models.PROTECT, null=True, blank=True, related_name="shifts")
    stands_in_for = models.ForeignKey(Representative, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=ShiftState, default=ShiftState.PLANNED)
    moved_from = models.DateField("原来是", null=True, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        ordering = ["day", "start", "post", "id"]
        constraints = [
            # Asked at the end of each statement, so that one statement may let two people change places.
            models.UniqueConstraint(
                fields=["representative", "day"], name="shift_nobody_twice_a_day", deferrable=Deferrable.IMMEDIATE
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="shift_ends_after_start"),
            models.CheckConstraint(condition=Q(post__in=Post.values), name="shift_post_known"),
            models.CheckConstraint(condition=Q(state__in=ShiftState.values), name="shift_state_known"),
            models.CheckConstraint(
                condition=Q(state="PLANNED") | Q(representative__isnull=False), name="shift_gap_is_planned"
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | ~Q(stands_in_for=F("representative")),
                name="shift_stands_in_for_another",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "day"], name="shift_of_station"),
            models.Index(fields=["day"], name="shift_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_post_display()}"

    @property
    def is_gap(self) -> bool:
        """Whether nobody has it."""
        return self.representative_id is None

    @property
    def starts_at(self) -> datetime:
        """The moment it begins, in Shanghai."""
        return datetime.combine(self.day, self.start, OFFICE)

    @property
    def ends_at(self) -> datetime:
        """The moment it ends, in Shanghai."""
        return datetime.combine(self.day, self.end, OFFICE)


class SwapRequest(models.Model):
    """A wish to swap: with another's shift, or, without `to_shift`, that a colleague takes this one over.

    Who had what before stands here, so that taking it back gives exactly that.
    """

    from_shift = models.ForeignKey(Shift, models.CASCADE, related_name="swaps_asked")
    to_shift = models.ForeignKey(Shift, models.CASCADE, null=True, blank=True, related_name="swaps_offered")
    asker = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="+")
    colleague = models.ForeignKey(Representative, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=SwapState, default=SwapState.ASKED)
    words = models.CharField("附言", max_length=120, blank=True)
    answer = models.CharField("回话", max_length=120, blank=True)
    before = models.JSONField(default=dict)  # of each shift that changed hands: person, stand-in, state
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "换班"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["from_shift"], condition=Q(state="ASKED"), name="swap_one_open"),
            models.UniqueConstraint(fields=["to_shift"], condition=Q(state="ASKED"), name="swap_one_open_offered"),
            models.CheckConstraint(condition=Q(state__in=SwapState.values), name="swap_state_known"),
            models.CheckConstraint(
                condition=Q(to_shift=None) | ~Q(to_shift=F("from_shift")), name="swap_with_another_shift"
            ),
            models.CheckConstraint(condition=Q(asker=None) | ~Q(asker=F("colleague")), name="swap_with_another_person"),
            models.CheckConstraint(
                condition=Q(state="ASKED", decided_at=None) | ~Q(state="ASKED") & Q(decided_at__isnull=False),
                name="swap_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_shift_id} {self.get_state_display()}"


class RosterLine(models.Model):
    """One line of a roster's history; the table only grows. `shift_uid` names the duty, which may be gone since."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="lines")
    shift_uid = models.UUIDField(null=True)
    day = models.DateField(null=True)
    start = models.TimeField(null=True)  # with end and sequence: what calendars still need when the duty is gone
    end = models.TimeField(null=True)
    sequence = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=50)
    verb = models.CharField(max_length=20)
    text = models.CharField(max_length=300, blank=True)
    person_before = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="+")
    person_after = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="+")

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "值班历史"
        ordering = ["-id"]
        indexes = [models.Index(fields=["roster", "-id"], name="roster_line_newest")]

    def __str__(self) -> str:
        return f"{self.roster_id} {self.verb}"


class Feed(models.Model):
    """A secret calendar address of somebody: his own duties, or, with a station, all of that station's.

    Whoever has the address can read it, so it is long and random, found by its hash, kept encrypted to be shown to its
    owner again, and dead as soon as he asks for another. What it gives is asked anew each time: an account that was
    closed, or a station he no longer serves at, gives nothing.
    """

    owner = models.ForeignKey(USER, models.CASCADE, related_name="+")
    station = models.ForeignKey(Station, models.CASCADE, null=True, related_name="+")
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "station"], condition=Q(revoked_at=None), nulls_distinct=False, name="feed_one_alive"
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"  # never the address


def month_of(day: date) -> date:
    """The first day of the month that a day lies in."""
    return day.replace(day=1)
