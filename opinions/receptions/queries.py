"""Questions of the reception pages: the day's reception, whom the roster names, who serves at a station."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import rules
from django.db.models import Count, F, QuerySet

from core.workdays import local_date
from duties.models import Shift
from duties.states import ShiftState
from opinions.models import Opinion
from opinions.receptions import workflow
from opinions.receptions.models import Reception
from opinions.receptions.states import State
from opinions.states import Channel
from stations.models import Representative, Station


def of_today(stations: Iterable[Station], at: datetime) -> list[Reception]:
    """The receptions that go on today at some stations."""
    rows = Reception.objects.filter(station__in=stations, day=local_date(at), state=State.OPEN)
    return list(rows.select_related("station").annotate(count=Count("visits")).order_by("station_id"))


def serving(station: Station, day: date) -> "QuerySet[Representative]":
    """Who serves at a station on a day, by name."""
    return Representative.objects.serving_on(station, day)


def proposed(station: Station, day: date) -> list[int]:
    """Who receives by the roster: the duties of the day that nobody has missed."""
    rows = Shift.objects.published().filter(station=station, day=day).exclude(representative=None)
    return list(rows.exclude(state=ShiftState.ABSENT).values_list("representative_id", flat=True))


def on_roster(reception: Reception) -> "QuerySet[Shift]":
    """The published duties of the day whose people do not sit here: still awaited, or noted as not there."""
    rows = Shift.objects.published().filter(station=reception.station, day=reception.day).exclude(representative=None)
    present = reception.people.values("pk")
    return rows.exclude(representative__in=present).exclude(state=ShiftState.HELD).select_related("representative")


def tie(opinion: Opinion, *, actor: Any, at: datetime) -> None:
    """Tie a matter told at a reception to the day's: the open one, else the last that ended. Whoever may not write
    there (a grid worker) records all the same, without the tie.
    """
    if opinion.channel != Channel.RECEPTION:
        return
    rows = Reception.objects.filter(station_id=opinion.station_id, day=local_date(at)).exclude(state=State.CANCELLED)
    reception = rows.order_by(F("ended_at").desc(nulls_first=True), "-pk").select_related("station").first()
    if reception is not None and rules.has_perm("opinions.receive_reception", actor, reception):
        workflow.receive(reception.pk, opinion, actor=actor, at=at)
