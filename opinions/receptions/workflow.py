"""The only writer of receptions: one verb, one function. Each locks the row, checks state, permission and input, and
writes row, history line and what follows for the rosters in one transaction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.db.models import Max, Q

from accounts.actors import SYSTEM
from core.workdays import local_date
from core.workflow import CREATION, BadInput, NotAllowed, VerbError, WrongState
from duties import workflow as duties
from duties.models import Shift
from opinions.models import Opinion
from opinions.receptions.models import Reception, ReceptionEntry, ReceptionVisit
from opinions.receptions.states import TABLE, State
from opinions.states import Channel
from stations.models import Representative, Station


class AlreadyOpen(VerbError):
    """Somebody else has opened today's reception meanwhile; `reception` is that one."""

    def __init__(self, reception: Reception) -> None:
        super().__init__("今天的接待已经开着了，接着记就行。")
        self.reception = reception


@dataclass
class Act:
    """One verb being carried out on one locked reception."""

    verb: str
    reception: Reception
    actor: Any
    at: datetime
    target: str
    text: str = ""

    def finish(self) -> None:
        """Write row and history line."""
        source = self.reception.state
        TABLE.check_arrival(self.verb, source, self.target)
        self.reception.state, self.reception.changed_at = self.target, self.at
        self.reception.save()
        _line(self, source)


def _line(doing: Act, source: str) -> None:
    ReceptionEntry.objects.create(
        reception=doing.reception, at=doing.at, actor=doing.actor if doing.actor.pk else None,
        actor_label=doing.actor.label, verb=doing.verb, from_state=source, to_state=doing.target, text=doing.text[:400],
    )  # fmt: skip


def _permit(verb: str, actor: Any, thing: Any) -> None:
    if not rules.has_perm(f"opinions.{verb}_reception", actor, thing):
        raise NotAllowed("这一步不归您办。")


@contextmanager
def _on(verb: str, reception_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    with transaction.atomic():
        rows = Reception.objects.select_for_update(of=("self",)).select_related("station")
        reception = rows.get(pk=reception_id)
        TABLE.check(verb, reception.state)
        _permit(verb, actor, reception)
        doing = Act(verb, reception, actor, max(at, reception.changed_at), target=reception.state)
        yield doing
        doing.finish()


def open_reception(station_id: int, *, actor: Any, at: datetime, people: Iterable[int], place: str = "") -> Reception:
    """Begin today's reception; raises AlreadyOpen with the one that another clerk has begun."""
    with transaction.atomic():
        station = Station.objects.select_for_update(of=("self",)).get(pk=station_id)
        TABLE.check("open", CREATION)
        _permit("open", actor, station)
        day = local_date(at)
        running = Reception.objects.filter(station=station, day=day, state=State.OPEN).first()
        if running is not None:
            raise AlreadyOpen(running)
        present = _serving(station, people, at)
        reception = Reception.objects.create(
            station=station, day=day, place=place.strip()[:60], state=State.OPEN, recorder=actor, started_at=at,
            changed_at=at,
        )  # fmt: skip
        reception.people.set(present)
        _line(Act("open", reception, actor, at, State.OPEN, _names(present)), CREATION)
    return reception


def _serving(station: Station, people: Iterable[int], at: datetime) -> list[Representative]:
    """Return the chosen representatives; BadInput without any, or with one who does not serve here."""
    wanted, day = set(people), local_date(at)
    serves = Q(services__station=station, services__since__lte=day) & (
        Q(services__until=None) | Q(services__until__gt=day)
    )
    found = list(Representative.objects.filter(serves, pk__in=wanted, is_active=True).distinct().order_by("name"))
    if not found:
        raise BadInput("请勾上今天来接待的代表，至少一位。", "people")
    if len(found) != len(wanted):
        raise BadInput("有一位代表今天不在本站点进站，请重新勾选。", "people")
    return found


def _names(people: Iterable[Representative]) -> str:
    return "、".join(person.name for person in people)


def change(reception_id: int, *, actor: Any, at: datetime, people: Iterable[int], place: str = "") -> Reception:
    """Say anew who receives and where, while it goes on."""
    with _on("change", reception_id, actor, at) as doing:
        present = _serving(doing.reception.station, people, doing.reception.started_at)
        doing.reception.people.set(present)
        doing.reception.place = place.strip()[:60]
        doing.text = _names(present)
        if doing.reception.visits.exists():
            _hold_shifts(doing)
    return doing.reception


def receive(reception_id: int, opinion: Opinion, *, actor: Any, at: datetime) -> ReceptionVisit:
    """Write down who came: the matter that was just recorded. What a draft brings later is added to a closed one.

    The same matter a second time changes nothing. Representatives who are on the roster have held their duty by this.
    """
    earlier = ReceptionVisit.objects.filter(opinion=opinion).first()
    if earlier is not None:
        return earlier
    with transaction.atomic():
        state = Reception.objects.select_for_update().values_list("state", flat=True).get(pk=reception_id)
        return _receive("receive_late" if state == State.CLOSED else "receive", reception_id, opinion, actor, at)


def _receive(verb: str, reception_id: int, opinion: Opinion, actor: Any, at: datetime) -> ReceptionVisit:
    with _on(verb, reception_id, actor, at) as doing:
        if opinion.station_id != doing.reception.station_id or opinion.channel != Channel.RECEPTION:
            raise BadInput("这件事不是在这次接待里说的。")
        last = doing.reception.visits.aggregate(last=Max("number"))["last"] or 0
        visit = ReceptionVisit.objects.create(reception=doing.reception, opinion=opinion, number=last + 1)
        doing.text = f"第 {visit.number} 位"
        _hold_shifts(doing)
    return visit


def close(reception_id: int, *, actor: Any, at: datetime, note: str = "") -> Reception:
    """End the reception. A day on which nobody came was held all the same."""
    with _on("close", reception_id, actor, at) as doing:
        doing.target, doing.reception.ended_at = State.CLOSED, doing.at
        doing.reception.note = doing.text = note.strip()[:300]
        _hold_shifts(doing)
    return doing.reception


def reopen(reception_id: int, *, actor: Any, at: datetime) -> Reception:
    """Go on with what was ended the same day."""
    with _on("reopen", reception_id, actor, at) as doing:
        if doing.reception.day != local_date(doing.at):
            raise WrongState("那天已经过去了，不能再接着接待。今天的请另外开始。")
        others = Reception.objects.filter(station=doing.reception.station, day=doing.reception.day, state=State.OPEN)
        if others.exists():
            raise WrongState("今天还有一次接待开着，请先结束那一次。")
        doing.target, doing.reception.ended_at = State.OPEN, None
    return doing.reception


def cancel(reception_id: int, *, actor: Any, at: datetime, reason: str = "") -> Reception:
    """Say that it was opened by mistake; nothing can have been recorded in it."""
    with _on("cancel", reception_id, actor, at) as doing:
        if doing.reception.visits.exists():
            raise WrongState("已经接待过人了，请用“结束接待”。")
        doing.target, doing.reception.ended_at = State.CANCELLED, doing.at
        doing.text = reason.strip()
    return doing.reception


def _hold_shifts(doing: Act) -> None:
    """Count the published duties of those present on that day as held; a noted absence is left to people."""
    row = doing.reception
    shifts = Shift.objects.published().ahead().filter(station=row.station, day=row.day, representative__receptions=row)
    for pk in shifts.values_list("pk", flat=True):
        duties.mark_held(pk, actor=SYSTEM, at=doing.at)
