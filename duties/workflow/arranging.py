"""What a month is made from: rhythms, who sits which post, and days somebody cannot come. Changed by the station."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from core.workflow import BadInput
from duties.models import Rhythm, Sitter, Unavailable
from duties.rules import is_person
from duties.states import Post
from duties.workflow.engine import permit
from stations.models import Representative, Station


def add_rhythm(station: Station, rhythm: Rhythm, *, actor: Any) -> Rhythm:
    """Add a rule; it counts for months made from now on."""
    permit("arrange_station", actor, station)
    rhythm.station = station
    rhythm.save(force_insert=True)
    return rhythm


def drop_rhythm(rhythm: Rhythm, *, actor: Any) -> None:
    """Take a rule away; months that are made stay as they are."""
    permit("arrange_station", actor, rhythm.station)
    rhythm.delete()


def allow_posts(station: Station, posts: dict[int, Iterable[str]], *, actor: Any) -> None:
    """Say for each representative which posts he may sit at this station; an empty list leaves him out of rosters."""
    permit("arrange_station", actor, station)
    serving = set(station.services.filter(until=None).values_list("representative_id", flat=True))
    rows = [
        Sitter(station=station, representative_id=who, posts=[post for post in Post.values if post in set(chosen)])
        for who, chosen in posts.items()
        if who in serving
    ]
    Sitter.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["station", "representative"], update_fields=["posts"]
    )


def block_days(
    station: Station,
    person: Representative,
    *,
    actor: Any,
    at: datetime,
    first_day: date,
    last_day: date,
    note: str = "",
) -> Unavailable:
    """Note days on which somebody cannot come; he may do it himself. A roster that is already made is not changed."""
    if not is_person(actor, person):
        permit("arrange_station", actor, station)
    if not station.services.filter(representative=person, until=None).exists():
        raise BadInput("他不在本站点进站。", "representative")
    if last_day < first_day:
        raise BadInput("结束的日子要在开始之后。", "last_day")
    return Unavailable.objects.create(
        station=station, representative=person, first_day=first_day, last_day=last_day, note=note.strip()[:60],
        created_at=at,
    )  # fmt: skip


def unblock_days(row: Unavailable, *, actor: Any) -> None:
    """Take noted days away: by himself or the station."""
    if not is_person(actor, row.representative):
        permit("arrange_station", actor, row.station)
    row.delete()
