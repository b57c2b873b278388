"""A calendar as iCalendar text (RFC 5545, 7986): Asia/Shanghai, stable UIDs, the same bytes for the same duties."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Timezone, TimezoneStandard
from icalendar import Event as Entry

from duties.feeds.events import Event

_ZONE = "Asia/Shanghai"
_EIGHT = timedelta(hours=8)
ASK_AGAIN = timedelta(hours=1)


def written(name: str, events: Iterable[Event]) -> bytes:
    """The file."""
    calendar = Calendar()
    calendar.add("prodid", "-//masheng//duty//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(_entry(event))
    return bytes(calendar.to_ical())


def _zone() -> Timezone:
    """One rule without end: the duties are of today, and Shanghai has had no summer time since 1991."""
    rule = TimezoneStandard()
    rule.add("dtstart", datetime(1991, 9, 15))  # noqa: DTZ001 - a zone's own local time
    rule.add("tzoffsetfrom", _EIGHT)
    rule.add("tzoffsetto", _EIGHT)
    rule.add("tzname", "CST")
    zone = Timezone()
    zone.add("tzid", _ZONE)
    zone.add_component(rule)
    return zone


def _entry(event: Event) -> Entry:
    entry = Entry()
    entry.add("uid", str(event.uid))
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.changed_at)
    entry.add("last-modified", event.changed_at)
    entry.add("dtstart", event.start)
    entry.add("dtend", event.end)
    entry.add("summary", event.summary)
    entry.add("location", event.place)
    entry.add("status", event.status)
    entry.add("transp", "TRANSPARENT" if event.status == "CANCELLED" else "OPAQUE")
    return entry
