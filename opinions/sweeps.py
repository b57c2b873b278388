"""What the clock does: tell of limits coming and missed, raise the cards of supervision, invite the resident again,
close what stayed unrated.

Every sweep may run twice, late or in several processes: limits are claimed in batches by one conditional UPDATE that
skips what another process holds, their cards and notices are written in the same transaction, and there is no lower
bound on how old a missed limit may be. Work goes in sets: its cost grows with what is due, not with the table.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from core.workdays import WorkCalendar, end_of_day, local_date
from core.workflow import VerbError
from notices.bulk import post_from
from notices.outbox import post_many
from opinions import deadlines, notify, workflow
from opinions.actors import SYSTEM
from opinions.models import Deadline, Opinion
from opinions.states import State, Step
from opinions.supervision import told
from opinions.supervision.levels import Level, Threshold
from opinions.supervision.raising import raise_for_limits, raise_for_returns

BATCH = 5000
LONG_STEPS = (Step.REPLY, Step.PROMISE, Step.LOOK_BACK)  # long enough for a card before they end
Limits = dict[int, str]  # id and step
logger = logging.getLogger(__name__)

# The unit has answered while the station reads: its limit is not missed until the reply is sent back. Who helps can
# sign only while a unit has the matter.
_CLAIM = """
UPDATE opinions_deadline d SET {mark} = %(at)s FROM (
    SELECT d.id FROM opinions_deadline d JOIN opinions_opinion o ON o.id = d.opinion_id
    WHERE d.ended_at IS NULL AND d.{mark} IS NULL AND {where}
        AND NOT (d.step = 'REPLY' AND o.state = 'REPLIED')
        AND NOT (d.step = 'CO_SIGN' AND o.state NOT IN ('ASSIGNED', 'HANDLING'))
    ORDER BY d.due_at, d.id LIMIT %(batch)s FOR NO KEY UPDATE OF d, o SKIP LOCKED
) AS picked WHERE d.id = picked.id RETURNING d.id, d.step
"""
_RED = """d.due_at <= %(at)s AND (d.due_at <= %(red)s AND d.step NOT IN ('RATE', 'SIGN', 'CO_SIGN')
    OR d.step = 'PROMISE')"""
_DISSATISFIED = "d.step = 'LOOK_BACK'"  # red from its first hour; an index of its own finds these few
_LATE = "d.due_at <= %(at)s AND d.step <> 'RATE'"
_SOON = """d.late_told_at IS NULL AND d.due_at > %(at)s AND d.due_at <= %(soon)s AND (d.step IN ('REPLY', 'PROMISE',
    'LOOK_BACK') OR d.due_at <= %(today)s AND d.started_at < %(morning)s AND d.step <> 'RATE')"""
_INVITE = "d.step = 'RATE' AND d.due_at <= %(invite)s"
_RETURNED = """
SELECT r.id FROM opinions_returnrequest r JOIN opinions_opinion o ON o.id = r.opinion_id
WHERE EXISTS (SELECT 1 FROM opinions_returnrequest e WHERE e.opinion_id = r.opinion_id AND e.id < r.id)
    AND o.state IN ('RETURN_REQUESTED', 'ACCEPTED', 'ASSIGNED')
    AND NOT EXISTS (SELECT 1 FROM opinions_supervisioncard c WHERE c.opinion_id = r.opinion_id
        AND c.occasion = 'return:' || r.id)
ORDER BY r.id LIMIT %(batch)s FOR NO KEY UPDATE OF o SKIP LOCKED
"""


def sweep_deadlines(at: datetime) -> int:
    """Raise cards and tell whoever holds a matter of limits missed, long missed and coming; return limits told."""
    moments = _moments(at)
    red = _all(partial(_claimed, "red_told_at", _RED, moments, _turn_red))
    red += _all(partial(_claimed, "red_told_at", _DISSATISFIED, moments, _turn_red))
    late = _all(partial(_claimed, "late_told_at", _LATE, moments, _tell_late))
    soon = _all(partial(_claimed, "soon_told_at", _SOON, moments, _tell_soon))
    return red + late + soon + _all(partial(_returned_twice, moments))


def remind_feedback(at: datetime) -> int:
    """Invite a second time to rate, some working days before the limit; return limits looked at."""
    return _all(partial(_claimed, "soon_told_at", _INVITE, _moments(at), _invite))


def close_unrated(at: datetime) -> int:
    """Close every answered matter whose limit to rate has passed; return how many."""
    due = Opinion.objects.filter(state=State.FED_BACK, step_due_at__lte=at).order_by("step_due_at")
    closed = 0
    for opinion_id in list(due.values_list("id", flat=True)):
        try:
            workflow.close_unrated(opinion_id, actor=SYSTEM, at=at)
            closed += 1
        except VerbError as error:
            logger.info("opinion %s not closed: %s", opinion_id, type(error).__name__)
    return closed


def _moments(at: datetime) -> dict[str, Any]:
    """Return the bounds the sweeps ask with, counted in working days of the calendar."""
    calendar, today = WorkCalendar.load(), local_date(at)
    days = {name: deadlines.working_days(name) for name in Threshold}
    red = today
    while calendar.between(red, today) < days[Threshold.RED]:
        red -= timedelta(days=1)
    return {
        "at": at,
        "red": end_of_day(red),
        "soon": end_of_day(calendar.count(today, days[Threshold.SOON]).due),
        "invite": end_of_day(calendar.count(today, days[Threshold.INVITE]).due),
        "today": end_of_day(today),
        "morning": end_of_day(today) - timedelta(hours=17, minutes=30),
        "batch": BATCH,
    }


def _all(batch: Callable[[], int]) -> int:
    done = 0
    while count := batch():
        done += count
    return done


@transaction.atomic
def _claimed(mark: str, where: str, moments: dict[str, Any], tell: Callable[[Limits, datetime], None]) -> int:
    """Claim one batch of limits and tell of them; return how many. Whatever fails leaves them unclaimed."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(mark=mark, where=where), moments)
        limits = dict(cursor.fetchall())
    if limits:
        tell(limits, moments["at"])
    return len(limits)


def _turn_red(limits: Limits, at: datetime) -> None:
    _tell_of_cards(raise_for_limits(Level.RED, list(limits), at), "supervision_red", told.COUNTY, at)


def _tell_late(limits: Limits, at: datetime) -> None:
    """Tell of missed limits. Who helps and has not signed is reminded; the card is the matter's, its lead's alone."""
    unsigned = [pk for pk, step in limits.items() if step in (Step.SIGN, Step.CO_SIGN)]
    of_leads = [pk for pk in unsigned if limits[pk] == Step.SIGN]
    overdue = [pk for pk, step in limits.items() if step not in (Step.SIGN, Step.CO_SIGN)]
    if unsigned:
        post_from("opinion_unsigned", told.of_limits("late", told.OVERDUE), {"ids": unsigned}, at=at)
    if of_leads:
        raise_for_limits(Level.BLUE, of_leads, at)
    if overdue:
        post_from("opinion_overdue", told.of_limits("late", told.OVERDUE), {"ids": overdue}, at=at)
        _tell_of_cards(raise_for_limits(Level.YELLOW, overdue, at), "supervision_yellow", told.TOWN, at)


def _tell_soon(limits: Limits, at: datetime) -> None:
    post_from("opinion_due_soon", told.of_limits("soon", told.SOON), {"ids": list(limits)}, at=at)
    long = [pk for pk, step in limits.items() if step in LONG_STEPS]
    if long:
        raise_for_limits(Level.BLUE, long, at)


@transaction.atomic
def _returned_twice(moments: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, moments)
        requests = [pk for (pk,) in cursor.fetchall()]
    cards = raise_for_returns(requests, moments["at"]) if requests else []
    _tell_of_cards(cards, "supervision_yellow", told.TOWN, moments["at"])
    return len(cards)


def _tell_of_cards(cards: list[int], kind: str, whom: str, at: datetime) -> None:
    if cards:
        post_from(kind, told.of_cards(whom), {"ids": cards}, at=at)


def _invite(limits: Limits, at: datetime) -> None:
    rows = Deadline.objects.filter(pk__in=list(limits)).select_related("opinion__station", "opinion__lead_unit")
    drafts = [
        draft
        for limit in rows
        for draft in notify.to_resident("resident_reminded", limit.opinion, at=at, tag=f"remind:{limit.pk}")
    ]
    post_many(drafts)
