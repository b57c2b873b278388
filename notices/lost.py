"""Telling the subject's app that a message did not arrive – unless the same message went out by another way."""

from datetime import datetime

from notices import kinds
from notices.models import Notice
from notices.states import Channel, State


def report_lost(notice: Notice, at: datetime) -> None:
    """Call the app of a notice that is parked; one that a colleague reads in the portal is never lost."""
    same = Notice.objects.filter(dedupe=notice.dedupe).exclude(pk=notice.pk).exclude(channel=Channel.IN_SITE)
    if not same.exclude(state=State.PARKED).exists():
        kinds.lose(notice.subject, notice.kind, notice.created_at, at)
