"""When a way out of the house is broken: after several messages in a row failed it rests for some minutes.

What waits behind it keeps its place and loses no attempt; the first message after the rest is the test whether it
works again. Each group's robot is a way of its own, so that one removed robot does not silence the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from core.fields import keyed_hash
from notices.drafts import PURPOSE
from notices.models import Gate, Notice
from notices.states import Channel

# Different messages that must fail one after the other: a single bad message does not stop its channel.
TRIP = 5
PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=30)


def name_of(notice: Notice) -> str:
    """The way that a notice leaves by: "SMS", or "WECOM:group:3"."""
    return f"{notice.channel}:{notice.address}" if notice.channel == Channel.WECOM else str(notice.channel)


def pause(failures: int) -> timedelta:
    """How long a way rests after so many failures: 5 minutes, 10, 20, then 30 each time."""
    return min(PAUSE * 2 ** min(max(failures - TRIP, 0), 8), LONGEST_PAUSE)


@dataclass
class Gates:
    """The state of every way during one run of delivery."""

    rows: dict[str, Gate]

    @classmethod
    def load(cls) -> "Gates":
        """As the table has them now."""
        return cls({gate.name: gate for gate in Gate.objects.all()})

    def closed_until(self, name: str, at: datetime) -> datetime | None:
        """When the way opens again, None when it is open."""
        gate = self.rows.get(name)
        return gate.paused_until if gate and gate.paused_until and gate.paused_until > at else None

    def open_rows(self, rows: "QuerySet[Notice]", at: datetime) -> "QuerySet[Notice]":
        """`rows` without those that wait behind a way that rests, so that they do not stand in front of the others."""
        for name in self.rows:
            if self.closed_until(name, at):
                channel, _, address = name.partition(":")
                which = {"address_hash": keyed_hash(address, PURPOSE)} if address else {}
                rows = rows.exclude(channel=channel, **which)
        return rows

    def failed(self, notice: Notice, at: datetime, sentence: str) -> datetime | None:
        """Count a failure; returns until when the way rests now, None while it stays open."""
        name = name_of(notice)
        with transaction.atomic():
            gate, _ = Gate.objects.select_for_update().get_or_create(name=name)
            if gate.last_notice != notice.pk or gate.failures >= TRIP:
                gate.failures = min(gate.failures + 1, 1000)
            gate.last_notice, gate.failed_at, gate.last_error = notice.pk, at, sentence[:200]
            gate.paused_until = at + pause(gate.failures) if gate.failures >= TRIP else None
            gate.save()
        self.rows[name] = gate
        return gate.paused_until

    def worked(self, notice: Notice) -> None:
        """Forget the failures of a way that works; costs nothing while it always has."""
        name = name_of(notice)
        gate = self.rows.get(name)
        if gate is not None and (gate.failures or gate.paused_until):
            Gate.objects.filter(name=name).update(failures=0, last_notice=0, paused_until=None)
            gate.failures, gate.last_notice, gate.paused_until = 0, 0, None
