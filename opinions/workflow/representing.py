"""What a representative does on a matter that others handle: he explains, he presses the unit, he goes and looks.

None of it moves a state or a date. Station and county press with the same verb; whoever pressed waits some working
days (of the editable table) before he may press again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from core.uploads import CleanPhoto
from core.workdays import WorkCalendar, day_words, local_date
from core.workflow import VerbError, WrongState
from opinions import deadlines, notify
from opinions.models import Opinion
from opinions.rules import is_station_staff, serves_here
from opinions.states import State, Step
from opinions.supervision.levels import Threshold
from opinions.workflow.engine import act, required


def explain(opinion_id: int, *, actor: Any, at: datetime, note: str, photos: Sequence[CleanPhoto] = ()) -> Opinion:
    """Explain to the resident (向群众说明): a public word under the representative's name, told once a day."""
    with act("explain", opinion_id, actor, at) as doing:
        note = required(note, "还没写要说的话。", "note")
        doing.photos = photos
        doing.say(f"代表{actor.label}：{note}")
        day = local_date(doing.at).isoformat()
        doing.tell(notify.to_resident("resident_explained", doing.opinion, at=doing.at, tag=day))
    return doing.opinion


def visit(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    note: str,
    is_public: bool = True,
    photos: Sequence[CleanPhoto] = (),
) -> Opinion:
    """Write down what was seen on the spot (走访), with photos: for the resident too, or for staff and unit only."""
    with act("visit", opinion_id, actor, at) as doing:
        note = required(note, "请写看到了什么。", "note")
        doing.photos, doing.photos_public = photos, is_public
        said = f"代表{actor.label}走访：{note}"
        doing.say(said if is_public else "", "" if is_public else said)
    return doing.opinion


def press(opinion_id: int, *, actor: Any, at: datetime, note: str = "", is_public: bool = True) -> Opinion:
    """Press the unit (催办): its handlers and the first contact are told. No date moves and no card is raised."""
    with act("press", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        if unpressable := why_not(opinion):
            raise VerbError(unpressable)
        again = free_again(opinion, actor, doing.at)
        if again is not None:
            raise WrongState(f"您催过了，单位已经收到。{day_words(again)}可以再催。")
        if serves_here(actor, opinion):
            who = f"代表{actor.label}"
            opinion.rep_presses += 1
        else:
            who = "站点" if is_station_staff(actor, opinion) else "县人大"
            opinion.staff_presses += 1
        note = note.strip()
        said = f"{who}催办{opinion.lead_unit.short_name}" + (f"：{note}" if note else "")
        doing.say(said if is_public else "", "" if is_public else said)
        told = [pk for pk in (*notify.handlers_of(opinion.lead_unit.code), opinion.first_contact_id) if pk != actor.pk]
        doing.tell(notify.to_users("opinion_pressed", opinion, told, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion


def why_not(opinion: Opinion) -> str:
    """Say why nobody can be pressed although the state allows it; "" when a unit has something to do."""
    if opinion.lead_unit is None:
        return "这件事没有交过单位，请找站点。"
    if opinion.state == State.TRACKING and not opinion.deadlines.filter(step=Step.PROMISE, ended_at=None).exists():
        return "这件事等站点回头看，请找站点。"
    return ""


def free_again(opinion: Opinion, actor: Any, at: datetime) -> date | None:
    """Return the day from which this person may press again; None when he may now."""
    last = opinion.history.filter(verb="press", actor_id=actor.pk).values_list("at", flat=True).first()
    if last is None:
        return None
    calendar, days = WorkCalendar.load(), deadlines.working_days(Threshold.PRESS)
    if calendar.between(local_date(last), local_date(at)) >= days:
        return None
    return calendar.count(local_date(last), days).due
