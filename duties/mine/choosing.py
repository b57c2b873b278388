"""Whom somebody may ask to come in his place, and which duty of that colleague he may offer to take for it.

Who may sit the post, serves on that day, has it free and has no duty then. Why somebody is not on the list is not
said: days off stay between him and his station. The verb asks again when it is carried out.
"""

from datetime import date, datetime

from core.workdays import local_date
from duties.gathering import blocked_days, people_of, posts_at
from duties.mine.reading import open_swaps
from duties.models import Shift, month_of
from duties.planning import Slot
from stations.models import Representative


def colleagues(shift: Shift) -> list[Representative]:
    """Who could take this duty over, by name."""
    slot = Slot(shift.day, shift.start, shift.end, shift.post)
    busy = set(
        Shift.objects.filter(day=shift.day).exclude(representative=None).values_list("representative", flat=True)
    )
    people = people_of(shift.station, month_of(shift.day))
    free = [row.id for row in people if row.can_sit(slot) and row.id not in busy]
    return list(Representative.objects.filter(pk__in=free, is_active=True).order_by("name", "pk"))


def exchanges(shift: Shift, colleague: Representative, at: datetime) -> list[Shift]:
    """The duties of a colleague at this station that the holder of `shift` could sit in return, soonest first."""
    holder = shift.representative
    if holder is None:
        return []
    posts = posts_at(shift.station, [holder])[holder.pk]
    rows = Shift.objects.published().ahead().filter(
        station=shift.station, representative=colleague, post__in=posts, day__gt=local_date(at)
    )  # fmt: skip
    offered = list(rows.exclude(day=shift.day).select_related("station", "representative").order_by("day", "start"))
    taken = {pk for swap in open_swaps(row.pk for row in offered) for pk in (swap.from_shift_id, swap.to_shift_id)}
    busy = _busy(holder, shift, {month_of(row.day) for row in offered})
    return [row for row in offered if row.pk not in taken and row.day not in busy]


def _busy(person: Representative, shift: Shift, months: set[date]) -> set[date]:
    """The days of these months on which somebody cannot come or sits already, here or elsewhere."""
    sits = Shift.objects.filter(representative=person, day__gte=min(months, default=shift.day))
    days = set(sits.values_list("day", flat=True))
    for month in months:
        days |= blocked_days([person.pk], shift.station, month).get(person.pk, frozenset())
    return days
