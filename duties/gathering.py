"""From tables to the planner's input: rhythms as rules, who serves as people, and what each has served in a year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Count

from duties.models import Rhythm, Shift, Sitter, Unavailable
from duties.planning import Person, Rule, month_end
from duties.states import OPEN_POSTS, Post
from stations.models import Mandate, Representative, Service, Station

LAWYER = "律师"
_YEAR = timedelta(days=365)
_ONE_DAY = timedelta(days=1)


def rules_of(station: Station) -> list[Rule]:
    """The station's rhythms as the planner reads them."""
    rows = Rhythm.objects.filter(station=station).order_by("id")
    return [
        Rule(
            post=row.post, pattern=row.pattern, start=row.start, end=row.end, weekday=row.weekday or 0,
            weeks=tuple(row.weeks), month_day=row.month_day or 1, people=row.people, on_holiday=row.on_holiday,
        )
        for row in rows
    ]  # fmt: skip


def usual_posts(person: Representative) -> frozenset[str]:
    """What somebody may sit while the station has said nothing: every open post, and law for a lawyer."""
    return frozenset(Post.values if LAWYER in person.occupation else OPEN_POSTS)


def posts_at(station: Station, people: Iterable[Representative]) -> dict[int, frozenset[str]]:
    """Which posts each of these people may sit at a station."""
    said = dict(Sitter.objects.filter(station=station).values_list("representative_id", "posts"))
    return {row.pk: frozenset(said[row.pk]) if row.pk in said else usual_posts(row) for row in people}


def serving(station: Station, month: date) -> list[Service]:
    """The services at a station that touch a month, of representatives in office, by name."""
    rows = Service.objects.filter(station=station, representative__is_active=True, since__lte=month_end(month))
    rows = rows.exclude(until__lte=month).select_related("representative")
    return list(rows.order_by("representative__name", "representative_id", "since"))


def people_of(station: Station, month: date) -> list[Person]:
    """Who may be asked to sit in a month, with everything the planner has to respect. Six statements."""
    services = serving(station, month)
    people = {row.representative_id: row.representative for row in services}
    posts, times = posts_at(station, people.values()), served(people, station, month)
    blocked, ends = blocked_days(people, station, month), mandates_end(people)
    found: dict[int, Person] = {}
    for row in services:  # somebody who left and came back in one month counts with the longer span
        who, until = row.representative_id, row.until or date.max
        known = found.get(who)
        since = min(row.since, known.since) if known else row.since
        until = max(until, known.until) if known else until
        until = min(until, ends.get(who, date.max))
        found[who] = Person(who, posts[who], times.get(who, 0), blocked.get(who, frozenset()), since, until)
    return list(found.values())


def served(people: Iterable[int], station: Station, month: date) -> dict[int, int]:
    """How many duties each had in the twelve months before a month, and has elsewhere in it, missed ones aside."""
    rows = Shift.objects.counted().filter(representative__in=list(people)).between(month - _YEAR, month_end(month))
    rows = rows.exclude(station=station, day__gte=month)
    return dict(rows.order_by().values_list("representative").annotate(n=Count("pk")))


def mandates_end(people: Iterable[int]) -> dict[int, date]:
    """The last day of each one's last mandate, where every mandate of his has an end."""
    ends: dict[int, list[date | None]] = defaultdict(list)
    for who, ended_on in Mandate.objects.filter(representative__in=list(people)).values_list(
        "representative_id", "ended_on"
    ):
        ends[who].append(ended_on)
    return {who: max(day for day in days if day) for who, days in ends.items() if None not in days}


def blocked_days(people: Iterable[int], station: Station, month: date) -> Mapping[int, frozenset[date]]:
    """Days of a month on which each cannot come, or sits at another station."""
    last, ids = month_end(month), list(people)
    found: dict[int, set[date]] = defaultdict(set)
    for row in Unavailable.objects.filter(representative__in=ids).overlapping(month, last):
        day = max(row.first_day, month)
        while day <= min(row.last_day, last):
            found[row.representative_id].add(day)
            day += _ONE_DAY
    elsewhere = Shift.objects.filter(representative__in=ids).between(month, last).exclude(station=station)
    for who, day in elsewhere.values_list("representative_id", "day"):
        found[who].add(day)
    return {who: frozenset(days) for who, days in found.items()}
