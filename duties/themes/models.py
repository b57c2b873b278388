"""Themes of months, their history, and notes of what was done: fields and constraints, no rules of work."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from duties.themes.querysets import NoteQuerySet, ThemeQuerySet
from duties.themes.states import VERB_LABELS, NoteState, ThemeState
from stations.models import Region, Representative, Station, Unit

USER = settings.AUTH_USER_MODEL
TITLE, WORDS = 20, 120


class MonthlyTheme(models.Model):
    """What one month is about: set by the county for all its stations, or by a station for itself alone."""

    county = models.ForeignKey(Region, models.PROTECT, null=True, related_name="themes")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="themes")
    month = models.DateField("月份")  # its first day
    title = models.CharField("主题", max_length=TITLE)
    about = models.CharField("这个月主要说什么", max_length=WORDS)
    bring = models.CharField("群众可以带什么来", max_length=WORDS, blank=True)
    units = models.ManyToManyField(Unit, blank=True, related_name="themes", verbose_name="请哪些单位来")
    state = models.CharField("状态", max_length=8, choices=ThemeState, default=ThemeState.SET)
    changed_at = models.DateTimeField()

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月度主题"
        ordering = ["-month", "station_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "station", "month"], condition=Q(state="SET"), nulls_distinct=False,
                name="theme_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(county=None, station__isnull=False) | Q(county__isnull=False, station=None),
                name="theme_of_county_or_station",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="theme_month_is_a_first"),
            models.CheckConstraint(condition=Q(state__in=ThemeState.values), name="theme_state_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(about=""), name="theme_says_something"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.title}"

    @property
    def is_own(self) -> bool:
        """Whether a station set it for itself."""
        return self.station_id is not None


class ThemeEntry(models.Model):
    """One line of a theme's history, with its words as they were from then on; the table only grows."""

    theme = models.ForeignKey(MonthlyTheme, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.ForeignKey(USER, models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=50)
    verb = models.CharField(max_length=12)
    text = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主题的经过"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.theme_id} {self.verb}"

    @property
    def label(self) -> str:
        """What was done, in the words of the page."""
        return VERB_LABELS[self.verb]


class ThemeNote(models.Model):
    """Something done in the month outside the table: a talk, a visit; the month's theme is found by station and day."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="theme_notes", verbose_name="站点")
    day = models.DateField("哪天")
    what = models.CharField("做了什么", max_length=WORDS)
    place = models.CharField("在哪里", max_length=40, blank=True)
    people = models.PositiveSmallIntegerField("来了多少人")
    representatives = models.ManyToManyField(
        Representative, blank=True, related_name="theme_notes", verbose_name="参加的代表"
    )
    state = models.CharField("状态", max_length=6, choices=NoteState, default=NoteState.STANDS)
    reason = models.CharField("为什么划掉", max_length=WORDS, blank=True)
    written_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="谁记的")
    written_at = models.DateTimeField()
    struck_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="谁划掉的")
    struck_at = models.DateTimeField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "主题活动记录"
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="theme_note_says_what"),
            models.CheckConstraint(
                condition=Q(state="STANDS", reason="", struck_by=None, struck_at=None)
                | Q(state="STRUCK", struck_by__isnull=False, struck_at__isnull=False) & ~Q(reason=""),
                name="theme_note_struck_why",
            ),
        ]
        indexes = [models.Index(fields=["station", "day"], name="theme_note_of_station")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day}"
