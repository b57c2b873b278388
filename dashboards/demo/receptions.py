"""Receptions of the demo county: the days on which residents told their matters at the table, and one that goes on."""

from datetime import datetime, timedelta

from core.workdays import local_date
from dashboards.demo.people import HOME_STATION, People
from opinions.models import Opinion
from opinions.receptions import queries, workflow
from opinions.states import Channel
from stations.models import Station

ROOM = "一楼代表接待室"
NOTE = "来的人都听完了，能答的当场答了。"
MOST_RECEIVE = 2


def tell_receptions(people: People, at: datetime) -> None:
    """Hold a reception on every day on which something was told at one, and open today's at the home station."""
    today = local_date(at)
    rows = Opinion.objects.filter(channel=Channel.RECEPTION, created_at__lt=at).select_related("station")
    days: dict[tuple[int, object], list[Opinion]] = {}
    for row in rows.order_by("created_at", "pk"):
        days.setdefault((row.station_id, local_date(row.created_at)), []).append(row)
    for (station_id, day), told in days.items():
        if day != today:
            _hold(told, people, station_id)
    _quiet_ones(people, at)
    home = Station.objects.get(code=HOME_STATION)
    begun = at - timedelta(minutes=35)
    present = queries.serving(home, today).values_list("pk", flat=True)[:MOST_RECEIVE]
    workflow.open_reception(home.pk, actor=people.clerks[home.pk], at=begun, people=present, place=ROOM)


def _hold(told: list[Opinion], people: People, station_id: int) -> None:
    clerk, begun = people.clerks[station_id], told[0].created_at
    present = queries.serving(told[0].station, local_date(begun)).values_list("pk", flat=True)[:MOST_RECEIVE]
    if not present:
        return  # a shell station has nobody who receives
    row = workflow.open_reception(station_id, actor=clerk, at=begun, people=present, place=ROOM)
    for opinion in told:
        workflow.receive(row.pk, opinion, actor=clerk, at=opinion.created_at)
    workflow.close(row.pk, actor=clerk, at=told[-1].created_at + timedelta(minutes=30), note=NOTE)


def _quiet_ones(people: People, at: datetime) -> None:
    """Let each station with a head and representatives have received once, even where nobody came."""
    begun = at - timedelta(days=9)
    for station in Station.objects.filter(receptions=None, is_active=True).exclude(head="").order_by("pk"):
        present = queries.serving(station, local_date(begun)).values_list("pk", flat=True)[:MOST_RECEIVE]
        if present:
            clerk = people.clerks[station.pk]
            row = workflow.open_reception(station.pk, actor=clerk, at=begun, people=present, place=ROOM)
            workflow.close(row.pk, actor=clerk, at=begun + timedelta(hours=2), note="今天没有人来。")
