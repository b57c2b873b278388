"""What the demo shows of a representative: matters he pressed, explained and went to see; one the station pressed."""

from datetime import datetime, timedelta

from accounts.models import User
from core.workdays import WorkCalendar, local_date
from dashboards.demo.people import HOME_STATION, HOME_UNIT
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State

DAY = timedelta(days=1)
EXPLAINED = "我问过单位了，要换的件在路上，到了就装。装好以前晚上走这儿慢一点。"
PRESSED = "群众又问了一回，请给个准日子。"
SEEN = "去现场看了，和群众说的一样，旁边还有一处也坏了。"


def tell_representative(at: datetime) -> None:
    """Let the demo's representative act on some matters of the home station; the latest two stay for him to act on."""
    rep = User.objects.get(username="rep")
    before = a_working_day_before(at)
    with_unit = Opinion.objects.filter(station__code=HOME_STATION, state=State.HANDLING, lead_unit__isnull=False)
    rows = list(with_unit.order_by("reply_due_at", "pk")[:4])
    of_unit = with_unit.filter(lead_unit__code=HOME_UNIT).exclude(pk__in=[row.pk for row in rows]).order_by("pk")
    for number, row in enumerate([*rows[2:], *of_unit[:2]]):
        first = max(before, row.changed_at)  # a verb is never written before the last one
        workflow.press(row.pk, actor=rep, at=first, note=PRESSED if number % 2 == 0 else "")
        if number % 2 == 0:
            if first == before:
                workflow.press(row.pk, actor=rep, at=at)
            workflow.explain(row.pk, actor=rep, at=at, note=EXPLAINED)
        else:
            workflow.visit(row.pk, actor=rep, at=at, note=SEEN)
            workflow.press(row.pk, actor=row.first_contact, at=at, is_public=False)


def a_working_day_before(at: datetime) -> datetime:
    """Return a moment so long before `at` that who pressed then may press again: holidays can lie between."""
    calendar, then = WorkCalendar.load(), at - DAY
    while calendar.between(local_date(then), local_date(at)) < 1:
        then -= DAY
    return then - DAY
