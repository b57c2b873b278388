"""What the clock does for polls and for what must be mended. May run twice, late or in parallel: each poll is closed
once, each message is written once.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Role
from core.workdays import local_date
from core.workflow import VerbError
from notices.outbox import Draft, post_many
from opinions.actors import SYSTEM
from projects import onetime
from projects.polls import notify, workflow
from projects.polls.models import Poll, Verdict
from projects.states import State
from projects.works.measure import SOON
from stations.models import Service

LAST_DAYS = timedelta(days=2)  # before the last day representatives who have not spoken are asked once more
WEEK = 7
logger = logging.getLogger(__name__)


def sweep(at: datetime) -> int:
    """Close what has ended, move and tell the days to mend by, ask who may still speak; return what was done."""
    moved = _close_ended(at) + _recount(at)
    drafts = [*_unclosed(at), *_mending(at), *_silent(at)]
    post_many(drafts)
    return moved + len(drafts)


def _ended(at: datetime) -> "QuerySet[Poll]":
    rows = Poll.objects.filter(closed_at=None, closes_on__lt=local_date(at), idea__state=State.COMPLETED)
    return rows.select_related("idea__station").order_by("pk")


def _slips_are_out(poll: Poll) -> bool:
    """Tell whether slips were printed and not come back: how many of them never went out only a person can count."""
    made, used = onetime.count(poll.box)
    return made > used


def _close_ended(at: datetime) -> int:
    """Close each poll whose last day has passed, unless slips have to be counted by hand."""
    ready = [poll.pk for poll in _ended(at) if not _slips_are_out(poll)]
    return _each(ready, lambda pk: workflow.evaluate(pk, actor=SYSTEM, at=at))


def _unclosed(at: datetime) -> list[Draft]:
    """Ask for somebody to close the others, the day after the last and each week again."""
    today = local_date(at)
    return [
        draft
        for poll in _ended(at)
        if _slips_are_out(poll)
        for draft in notify.to_close(poll, at=at, tag=f"{(today - poll.closes_on).days // WEEK}")
    ]


def _to_mend() -> "QuerySet[Poll]":
    rows = Poll.objects.filter(verdict=Verdict.BAD, rectified_at=None, idea__state=State.RECTIFYING)
    return rows.select_related("idea__station").order_by("pk")


def _recount(at: datetime) -> int:
    """Move the days to mend by where the calendar now gives more."""
    due = {poll.pk: (workflow.rectify_day(poll), poll.rectify_by) for poll in _to_mend()}
    later = [pk for pk, (now, before) in due.items() if now and before and now > before >= local_date(at)]
    return _each(later, lambda pk: workflow.recount(pk, actor=SYSTEM, at=at))


def _mending(at: datetime) -> list[Draft]:
    """Remind the unit before the day to mend by, and unit and county when it has passed."""
    today, drafts = local_date(at), []
    for poll in _to_mend():
        if poll.rectify_by is None:
            continue
        if poll.rectify_by < today:
            drafts += notify.to_unit("rectify_late", poll, at=at) + notify.to_county("rectify_late", poll, at=at)
        elif poll.rectify_by - today <= SOON:
            drafts += notify.to_unit("rectify_soon", poll, at=at)
    return drafts


def _silent(at: datetime) -> list[Draft]:
    """Ask the representatives who may speak in a poll and have not, near its end; never how anybody has spoken."""
    today = local_date(at)
    running = Poll.objects.filter(
        closed_at=None, opens_on__lt=today, closes_on__gte=today, closes_on__lte=today + LAST_DAYS,
        idea__state=State.COMPLETED,
    )  # fmt: skip
    polls = running.select_related("idea__station").order_by("pk")
    return [draft for poll in polls for draft in notify.to_representatives(poll, _unheard(poll), at=at)]


def _unheard(poll: Poll) -> list[int]:
    """Return the representatives with an account who may still speak: those of the station, or of the whole county."""
    serving = Service.objects.filter(
        until=None, representative__user__is_active=True, representative__user__grants_set__role=Role.REPRESENTATIVE,
        representative__user__grants_set__revoked_at=None,
    )  # fmt: skip
    if poll.idea.station is not None:
        serving = serving.filter(station=poll.idea.station)
    else:
        serving = serving.filter(station__region__code__startswith=poll.idea.region_id[:6])
    users = serving.order_by("representative__user_id").values_list("representative__user_id", flat=True).distinct()
    return workflow.without_voice(poll, users)


def _each(pks: Iterable[int], run: Callable[[int], object]) -> int:
    done = 0
    for pk in pks:
        try:
            run(pk)
        except (VerbError, Poll.DoesNotExist) as error:  # somebody was quicker, or it moved on
            logger.info("poll %s left alone: %s", pk, type(error).__name__)
            continue
        done += 1
    return done
