"""How far, and how well on time: the arithmetic of percents, weights and days. No rows, no clock of its own."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import TextChoices

WHOLE = 100
SOON = timedelta(days=7)


class Light(TextChoices):
    """The traffic light; a word for each, because colour alone tells a third of men nothing."""

    DONE = "DONE", "完成"
    ON_TIME = "ON_TIME", "按时"
    SOON = "SOON", "快到期"
    LATE = "LATE", "拖期"


# By urgency: a whole is as late as its latest part.
BY_URGENCY = (Light.LATE, Light.SOON, Light.ON_TIME, Light.DONE)
MARKS = {
    Light.DONE: ("is-done", "full"),
    Light.ON_TIME: ("is-move", "half"),
    Light.SOON: ("is-soon", "dia"),
    Light.LATE: ("is-late", "tri"),
}


def whole_percent(parts: Iterable[tuple[int, int]]) -> int:
    """Return the percent of a whole from its parts' (weight, percent).

    Rounded down, so that it is 100 exactly when every part is; and at least 1 when any part has begun, so that it is 0
    exactly when none has.
    """
    total = done = 0
    for weight, percent in parts:
        total += weight
        done += weight * percent
    return max(1, done // total) if done else 0


def light(percent: int, due_on: date, first_due_on: date, today: date) -> Light:
    """Return the light of one part. A date that was moved back hides nothing: the first one still counts."""
    if percent >= WHOLE:
        return Light.DONE
    if today > min(due_on, first_due_on):
        return Light.LATE
    return Light.SOON if min(due_on, first_due_on) - today <= SOON else Light.ON_TIME


def worst(lights: Iterable[Light]) -> Light:
    """Return the light of a whole: the most urgent of its parts'; nothing due is on time."""
    return min(lights, key=BY_URGENCY.index, default=Light.ON_TIME)


def days_late(due_on: date, first_due_on: date, done_on: date | None, today: date) -> int:
    """Return by how many plain days a part is, or was done, after the day first promised; never negative."""
    return max(0, ((done_on or today) - min(due_on, first_due_on)).days)
