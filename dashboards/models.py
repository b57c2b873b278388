"""What the county board reads instead of the matters: sums kept by triggers (`docs/adr/0015-counted-as-it-happens.md`).

Triggers on matters and ratings append what a step changes to `BoardChange`; `rollup.fold` adds it to the sums. What is
shown is always sums plus changes, so it is exact whether or not anything was folded. Nothing else writes these rows.
"""

from django.db import models
from django.db.models import Q

KEY = ("start", "station_id", "town", "category_id", "unit_id", "due_at")
ANSWER_KEY = ("start", "town", "category_id", "unit_id", "days")


def _indexes(name: str) -> list[models.Index]:
    """For a board of one town, and for the whole county's sums, which lie among many others."""
    return [
        models.Index(fields=["town", "start"], name=f"{name}_town"),
        models.Index(fields=["start"], name=f"{name}_county", condition=Q(category_id=0)),
    ]


class Sums(models.Model):
    """How many matters have which fate: the figures of `opinions.figures` that do not depend on the moment.

    `start` is the day on which they were received, or the first of its month. `due_at` is the limit of what has one
    and is not answered yet: it is late from then on. Under category 0 lies the whole county (`town` is its code).
    """

    start = models.DateField()
    station_id = models.BigIntegerField()
    town = models.CharField(max_length=9)
    category_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    received = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    late_reply = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    happy = models.IntegerField(default=0)
    unhappy = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    outcome_a = models.IntegerField(default=0)
    outcome_b = models.IntegerField(default=0)
    outcome_c = models.IntegerField(default=0)
    outcome_d = models.IntegerField(default=0)

    class Meta:
        abstract = True


class BoardChange(Sums):
    """What one step took away or added, not folded yet; `timed` answers took `days` full days."""

    days = models.IntegerField(null=True)
    timed = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "看板变动"

    def __str__(self) -> str:
        return f"{self.start} {self.received:+}"


class DayCount(Sums):
    """The matters received on a day, by the county's clock."""

    class Meta:
        verbose_name = verbose_name_plural = "看板日数"
        constraints = [models.UniqueConstraint(fields=KEY, nulls_distinct=False, name="board_day_once")]
        indexes = _indexes("board_day")

    def __str__(self) -> str:
        return f"{self.start} {self.received}"


class MonthCount(Sums):
    """The matters received in a month."""

    class Meta:
        verbose_name = verbose_name_plural = "看板月数"
        constraints = [models.UniqueConstraint(fields=KEY, nulls_distinct=False, name="board_month_once")]
        indexes = _indexes("board_month")

    def __str__(self) -> str:
        return f"{self.start:%Y-%m} {self.received}"


class Answers(models.Model):
    """A histogram: how many answers of a unit took how many full days."""

    start = models.DateField()
    town = models.CharField(max_length=9)
    category_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField()
    days = models.IntegerField()
    timed = models.IntegerField()

    class Meta:
        abstract = True


class DayAnswers(Answers):
    """Of the matters received on a day."""

    class Meta:
        verbose_name = verbose_name_plural = "看板日用时"
        constraints = [models.UniqueConstraint(fields=ANSWER_KEY, nulls_distinct=False, name="answers_day_once")]
        indexes = _indexes("answers_day")

    def __str__(self) -> str:
        return f"{self.start} {self.unit_id} {self.days}"


class MonthAnswers(Answers):
    """Of the matters received in a month."""

    class Meta:
        verbose_name = verbose_name_plural = "看板月用时"
        constraints = [models.UniqueConstraint(fields=ANSWER_KEY, nulls_distinct=False, name="answers_month_once")]
        indexes = _indexes("answers_month")

    def __str__(self) -> str:
        return f"{self.start:%Y-%m} {self.unit_id} {self.days}"
