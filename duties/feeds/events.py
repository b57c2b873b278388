"""What stands in a feed: the duties of one person or one station, and for a while those that are gone.

A calendar program knows a duty by its `uid` and takes the line with the higher `sequence`, so a duty that was given
away, dropped or swapped is said once more, as cancelled: otherwise it would stay in the telephone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from core.workdays import OFFICE, local_date
from duties.models import Feed, RosterLine, Shift
from duties.states import Post, ShiftState
from stations.models import Representative, Station

LOOK_BACK = timedelta(days=60)  # how long past duties, and cancelled ones, stay in a feed
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class Event:
    """One duty as a calendar sees it."""

    uid: UUID
    sequence: int
    changed_at: datetime
    start: datetime
    end: datetime
    summary: str
    place: str
    status: str


def events(feed: Feed, at: datetime) -> list[Event]:
    """The events of a feed in order of time."""
    own = feed.station_id is None
    first = local_date(at) - LOOK_BACK
    rows = Shift.objects.of(feed.owner) if own else Shift.objects.published().filter(station=feed.station)
    present = list(rows.filter(day__gte=first).select_related("station", "representative"))
    found = [_event(row, _status(row), own=own) for row in present]
    found += _gone(feed, {row.uid for row in present}, at)
    return sorted(found, key=lambda event: (event.start, event.uid))


def _gone(feed: Feed, present: set[UUID], at: datetime) -> list[Event]:
    """Duties that left this feed a short while ago, after they had been published."""
    lines = RosterLine.objects.filter(at__gte=at - LOOK_BACK, roster__published_at__lte=F("at")).exclude(shift_uid=None)
    own = feed.station_id is None
    if own:
        person = Representative.objects.filter(user=feed.owner).first()
        lines = lines.filter(person_before=person).filter(Q(person_after=None) | ~Q(person_after=person))
    else:
        lines = lines.filter(verb="drop_shift", roster__station=feed.station)
    uids = set(lines.values_list("shift_uid", flat=True)) - present if not own or person else set()
    return _cancelled(uids, own=own) if uids else []


def _cancelled(uids: Iterable[UUID | None], *, own: bool) -> list[Event]:
    wanted = [uid for uid in uids if uid]
    rows = Shift.objects.filter(uid__in=wanted).select_related("station", "representative")
    found = [_event(row, CANCELLED, own=own) for row in rows]
    dropped = RosterLine.objects.filter(shift_uid__in=wanted, verb="drop_shift", start__isnull=False)
    return found + [_dropped(line) for line in dropped.select_related("roster__station")]


def _status(row: Shift) -> str:
    return TENTATIVE if row.state == ShiftState.PLANNED else CONFIRMED


def _event(row: Shift, status: str, *, own: bool) -> Event:
    """A duty; whether somebody was there is not told, and a duty given away does not name who has it now."""
    who = row.representative.name if row.representative else "还没有人"
    label = Post(row.post).label
    return Event(
        uid=row.uid,
        sequence=row.sequence,
        changed_at=row.changed_at,
        start=row.starts_at,
        end=row.ends_at,
        summary=f"值班：{label}" if own else f"{who}：{label}",
        place=place_of(row.station),
        status=status,
    )


def _dropped(line: RosterLine) -> Event:
    """The last word of a duty; uid, day and hours stand in every such line, `_cancelled` asked for that."""
    return Event(
        uid=line.shift_uid,  # type: ignore[arg-type]
        sequence=line.sequence or 0,
        changed_at=line.at,
        start=datetime.combine(line.day, line.start, OFFICE),  # type: ignore[arg-type]
        end=datetime.combine(line.day, line.end, OFFICE),  # type: ignore[arg-type]
        summary="值班取消",
        place=place_of(line.roster.station),
        status=CANCELLED,
    )


def place_of(station: Station) -> str:
    """Where to go."""
    return f"{station.name}，{station.address}" if station.address else station.name
