"""Making a month and hanging it on the wall."""

from datetime import date, datetime, timedelta
from typing import Any

from core.workdays import WorkCalendar, day_words, local_date
from core.workflow import CREATION, BadInput, WrongState
from duties import notify
from duties.gathering import people_of, rules_of
from duties.models import DutyRules, Roster, Shift
from duties.planning import Slot, slots
from duties.planning import propose as plan
from duties.states import ROSTERS, RosterState
from duties.workflow.engine import Act, locked, one_a_day, permit
from stations.models import Station


def propose(station_id: int, month: date, *, actor: Any, at: datetime) -> Roster:
    """Make a month from the station's rhythms and people, or make an unpublished one anew: what was in it goes."""
    month = month.replace(day=1)
    with one_a_day():
        station = Station.objects.select_for_update(of=("self",)).get(pk=station_id)  # one proposal at a time
        row = Roster.objects.filter(station=station, month=month).first()
        roster = locked(row.pk) if row else None
        ROSTERS.check("propose", roster.state if roster else CREATION)
        permit("propose", actor, station)
        if (local_date(at).year, local_date(at).month) > (month.year, month.month):
            raise BadInput("这个月已经过去了，不能再排。")
        wanted = slots(rules_of(station), month, WorkCalendar.load())
        if not wanted:
            raise BadInput("还没有定什么时候值班。请先在“什么时候值班”里加上。")
        if roster is None:
            roster = Roster.objects.create(station=station, month=month, created_at=at, changed_at=at)
        doing = Act("propose", roster, actor, max(at, roster.changed_at))
        roster.shifts.all().delete()
        rows = _shifts(doing, wanted, plan(wanted, people_of(station, month)))
        gaps = sum(row.is_gap for row in rows)
        doing.say(f"排了 {len(rows)} 班" + (f"，{gaps} 班没有人" if gaps else ""))
        doing.finish()
    return roster


def _shifts(doing: Act, wanted: list[Slot], chosen: list[int | None]) -> list[Shift]:
    rows = [
        Shift(
            roster=doing.roster, station=doing.roster.station, day=slot.day, start=slot.start, end=slot.end,
            post=slot.post, representative_id=who, moved_from=slot.moved_from, changed_at=doing.at,
        )
        for slot, who in zip(wanted, chosen, strict=True)
    ]  # fmt: skip
    return Shift.objects.bulk_create(rows)


def days_ahead(roster: Roster, at: datetime) -> int | None:
    """How many days lie between today and the roster's first shift; None when it has none."""
    first = roster.shifts.order_by("day").values_list("day", flat=True).first()
    return (first - local_date(at)).days if first else None


def publish_by(roster: Roster) -> date | None:
    """The last day on which publishing is in time; None when the roster has no shift."""
    first = roster.shifts.order_by("day").values_list("day", flat=True).first()
    return first - timedelta(days=DutyRules.current().publish_ahead_days) if first else None


def publish(roster_id: int, *, actor: Any, at: datetime) -> Roster:
    """Hang the roster on the wall and tell everybody of his duties; too late is allowed, and recorded."""
    with one_a_day():
        roster = locked(roster_id)
        ROSTERS.check("publish", roster.state)
        permit("publish", actor, roster)
        ahead = days_ahead(roster, at)
        if ahead is None:
            raise WrongState("这张值班表里一班都没有，先排好再公布。")
        doing = Act("publish", roster, actor, max(at, roster.changed_at))
        roster.state, roster.published_at, roster.published_by = RosterState.PUBLISHED, doing.at, doing.actor
        roster.is_late = ahead < DutyRules.current().publish_ahead_days
        gaps = roster.shifts.gaps().count()
        said = [f"离第一班还有 {ahead} 天，公布晚了" if roster.is_late else "", f"{gaps} 班没有人" if gaps else ""]
        doing.say("；".join(filter(None, said)))
        doing.tell(notify.published(roster, at=doing.at))
        doing.finish()
    return roster


def lateness(roster: Roster, at: datetime) -> str:
    """A warning for the page before it is published too late; "" when it is in time."""
    by = publish_by(roster)
    if by is None or local_date(at) <= by:
        return ""
    return f"本来最迟 {day_words(by)}公布。现在公布也可以，会记一笔“公布晚了”。"
