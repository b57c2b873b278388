"""Rosters of the demo: half a year of past months, this one and the next, told through the verbs at their own times.

The home station has everything: a swap that waits for an answer, a gap, a substitute and an absence.
"""

from datetime import date, datetime, time, timedelta

from accounts.models import Role, User
from core.workdays import OFFICE, local_date
from core.workflow import VerbError
from dashboards.demo.people import HOME_STATION, TERM, People
from duties import workflow
from duties.models import Rhythm, Roster, Shift, month_of
from duties.planning import month_end
from stations.models import Mandate, Representative, Station

BUSY_STATIONS = 8
MONTHS_BEFORE = 5
COLLEAGUES = (("岳青禾", "律师"), ("石望川", "小学校长"), ("林向晚", "种粮大户"))
_MORNING = {"start": time(8, 30), "end": time(12)}


def tell_duties(people: People, at: datetime) -> None:
    """Write rhythms and rosters of the home station and some others."""
    home = Station.objects.select_related("region").get(code=HOME_STATION)
    _colleagues(home, at)
    busy = [station for station in _busy() if station.pk != home.pk][: BUSY_STATIONS - 1]
    for number, station in enumerate([home, *busy]):
        clerk = people.clerks[station.pk]
        _rhythms(station, clerk, number)
        for month in _months(at):
            _tell_month(station, clerk, month, at)
    _at_home(home, people.clerks[home.pk], at)


def _busy() -> list[Station]:
    """Stations of towns where somebody serves, in order of their places."""
    rows = Station.objects.filter(region__level="township", services__until=None).exclude(head="")
    return list(rows.exclude(services=None).select_related("region").distinct().order_by("region_id"))


def _colleagues(home: Station, at: datetime) -> None:
    """Three more representatives at the home station, without accounts; one has a telephone."""
    since = local_date(at) - timedelta(days=300)
    for number, (name, occupation) in enumerate(COLLEAGUES):
        phone = "13900005678" if number == 1 else ""
        person = Representative.objects.create(name=name, occupation=occupation, phone=phone, portrait="")
        home.services.create(representative=person, since=since)
        Mandate.objects.create(
            representative=person, level="TOWNSHIP", term=TERM, region=home.region, started_on=date(2022, 3, 1)
        )


def _months(at: datetime) -> list[date]:
    this = month_of(local_date(at))
    months = [this]
    for _ in range(MONTHS_BEFORE):
        months.insert(0, month_of(months[0] - timedelta(days=1)))
    return [*months, month_end(this) + timedelta(days=1)]


def _rhythms(station: Station, clerk: User, number: int) -> None:
    weekly = Rhythm(
        post="WINDOW", pattern="WEEKLY", weekday=(3 + number) % 5, people=2 if number == 0 else 1, **_MORNING
    )
    workflow.add_rhythm(station, weekly, actor=clerk)
    workflow.add_rhythm(station, Rhythm(post="RECEPTION", pattern="MONTHLY", month_day=15, **_MORNING), actor=clerk)
    if number == 0:
        law = Rhythm(post="LEGAL", pattern="NTH", weekday=1, weeks=[1, 3], start=time(14, 30), end=time(17))
        workflow.add_rhythm(station, law, actor=clerk)


def _tell_month(station: Station, clerk: User, month: date, at: datetime) -> None:
    """Make and publish a month in its time; what was sat by now was held. Some leave next month a draft."""
    made = min(datetime.combine(month - timedelta(days=7), time(10), OFFICE), at - timedelta(hours=20))
    roster = workflow.propose(station.pk, month, actor=clerk, at=made)
    if month > local_date(at) and station.pk % 2 == 0 or not roster.shifts.exists():
        return
    workflow.publish(roster.pk, actor=clerk, at=made + timedelta(minutes=20))
    for shift in roster.shifts.exclude(representative=None).order_by("day", "id"):
        if shift.ends_at < at:
            workflow.mark_held(shift.pk, actor=clerk, at=shift.ends_at)


def _at_home(home: Station, clerk: User, at: datetime) -> None:
    """An absence in the past; ahead a confirmed duty, a gap, and a swap that waits."""
    held = Shift.objects.filter(station=home, state="HELD").order_by("-day", "id")
    if missed := held.exclude(representative__user=None).first() or held.first():
        workflow.mark_absent(missed.pk, actor=clerk, at=at - timedelta(hours=2), note="孩子住院，打过电话")
    for roster in Roster.objects.filter(station=home, state="DRAFT"):
        workflow.publish(roster.pk, actor=clerk, at=at - timedelta(hours=18))
    ahead = Shift.objects.published().filter(station=home, day__gt=local_date(at)).order_by("day", "id")
    for shift in ahead.filter(representative__user=None)[:1]:
        workflow.cannot_come(shift.pk, actor=clerk, at=at - timedelta(hours=3), reason="去市里开会")
    mine = list(ahead.filter(representative__user__grants_set__role=Role.REPRESENTATIVE).distinct()[:2])
    if mine:
        workflow.confirm(mine[0].pk, actor=clerk, at=at - timedelta(hours=3))
    for shift in ahead.exclude(pk__in=[row.pk for row in mine]).exclude(representative=None):
        if mine and _asked(shift, mine[-1], at):
            return


def _asked(wanted: Shift, mine: Shift, at: datetime) -> bool:
    """Let the representative ask to swap for `wanted`; False when the two cannot."""
    person = Representative.objects.select_related("user").get(pk=mine.representative_id or 0)
    try:
        workflow.ask_swap(
            mine.pk, actor=person.user, at=at - timedelta(hours=1), colleague_id=wanted.representative_id or 0,
            other_shift_id=wanted.pk, words="那天家里收麦子",
        )  # fmt: skip
    except VerbError:
        return False
    return True
