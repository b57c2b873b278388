"""The yearly report to voters as a Word file: the year in five kinds, to be gone over by the representative himself."""

from collections.abc import Sequence
from datetime import datetime

from opinions.papers.contexts import formal_day
from opinions.papers.kinds import DUTY_REPORT
from opinions.papers.store import template_of
from opinions.records.gathering import Part, Span
from stations.models import Representative

NOTHING = "今年在站点没有这一类的记录。"


def filled(person: Representative, parts: Sequence[Part], span: Span, at: datetime) -> bytes:
    """Return the Word file."""
    from opinions.papers.filling import fill  # noqa: PLC0415 - heavy, and most web workers never need it

    return fill(template_of(DUTY_REPORT.key), texts(person, parts, span, at))


def texts(person: Representative, parts: Sequence[Part], span: Span, at: datetime) -> dict[str, str]:
    """What stands in each place: whole sentences with their context, no points, no comparison."""
    serving = person.services.filter(since__lte=span.last).exclude(until__lt=span.first).select_related("station")
    stations = "、".join(dict.fromkeys(row.station.name for row in serving.order_by("since")))
    mandates = "、".join(f"{row.get_level_display()}人大代表" for row in person.mandates.order_by("started_on"))
    still_open = [f"{part.label}：{'，'.join(part.open)}。" for part in parts if part.open]
    return {
        "year": str(span.year),
        "name": person.name,
        "mandates": mandates or "人大代表",
        "station": stations,
        **{part.kind.lower(): _sentence(part) for part in parts},
        "open": "\a".join(still_open) or "没有。",
        "printed_on": formal_day(at),
    }


def _sentence(part: Part) -> str:
    return "；".join(part.done) + "。" if part.done else NOTHING
