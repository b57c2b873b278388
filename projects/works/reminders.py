"""Reminding of reports and milestones. May run twice, late or in parallel: each message is written once.

Days passed over are made up for: what fell due meanwhile is told of at the next run.
"""

from datetime import date, datetime

from django.db.models import QuerySet

from core.workdays import local_date
from notices.outbox import Draft, post_many
from projects.states import State
from projects.works import measure, notify
from projects.works.models import Work

REPORT_FROM = 25  # the day of the month from which the month's report is asked for


def remind(at: datetime) -> int:
    """Write what is to be told at this moment; return how many messages that are."""
    today = local_date(at)
    drafts = [*_reports(today, at), *_milestones(today, at)]
    post_many(drafts)
    return len(drafts)


def _reports(today: date, at: datetime) -> list[Draft]:
    """Ask the units for this month's report, once a month."""
    if today.day < REPORT_FROM:
        return []
    month = today.replace(day=1)
    rows = _building().exclude(reported_on__gte=month).exclude(begun_on__gte=month)
    return [draft for work in rows for draft in notify.to_unit("work_report_wanted", work, at=at, tag=f"{today:%Y-%m}")]


def _milestones(today: date, at: datetime) -> list[Draft]:
    """Tell the unit of what is due within a week, and unit and county of what slipped; a moved day is told of anew."""
    drafts = []
    for work in _building().prefetch_related("milestones"):
        for step in work.parts:
            light, tag = step.light(today), f"{step.pk}:{step.due_on:%Y%m%d}"
            what = notify.step_words(step, step.due_on)
            if light == measure.Light.SOON:
                drafts += notify.to_unit("work_milestone_soon", work, at=at, tag=tag, what=what)
            elif light == measure.Light.LATE:
                drafts += notify.to_unit("work_slipped", work, at=at, tag=tag, what=what)
                drafts += notify.to_county("work_slipped", work, at=at, tag=tag, what=what)
    return drafts


def _building() -> "QuerySet[Work]":
    related = ("idea__station", "unit")
    return Work.objects.filter(idea__state=State.BUILDING).select_related(*related).order_by("pk")
