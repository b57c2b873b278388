"""The only writer of additions: one verb, one function; row, history line and notices in one transaction."""

from datetime import date, datetime, timedelta
from typing import Any

import rules
from django.db import transaction

from core.workdays import local_date
from core.workflow import CREATION, BadInput, NotAllowed
from notices.outbox import post_many
from opinions.records import notify
from opinions.records.models import DutyRecord, DutyRecordEntry
from opinions.records.states import TABLE, DutyKind, State
from stations.models import Representative, Station

OLDEST = timedelta(days=366)


def add(
    person: Representative, station: Station, *, actor: Any, at: datetime, kind: str, day: date, what: str, note: str
) -> DutyRecord:
    """Write down what he did, and what it can be checked by; it counts when a second person has looked at it."""
    TABLE.check("add", CREATION)
    record = DutyRecord(
        representative=person, station=station, kind=kind, day=day, what=what.strip()[:200], note=note.strip()[:200],
        state=State.PENDING, added_by=actor if actor.pk else None, added_at=at,
    )  # fmt: skip
    _permit("add", actor, record)
    _check(record, local_date(at))
    with transaction.atomic():
        record.save(force_insert=True)
        _line(record, actor, at, "add", CREATION, record.note)
        post_many(notify.added(record, at=at))
    return record


def _check(record: DutyRecord, today: date) -> None:
    if record.kind not in DutyKind.values:
        raise BadInput("请选是哪一类。", "kind")
    if not today - OLDEST <= record.day <= today:
        raise BadInput("日期要在今天以前、一年以内。", "day")
    if not record.what:
        raise BadInput("请写做了什么。", "what")
    if not record.note:
        raise BadInput("请写有什么可以核对，比如签到表、照片、谁在场。", "note")
    if not record.station.services.filter(representative_id=record.representative_id, since__lte=record.day).exists():
        raise BadInput("那一天他还没有在这个站点进站。", "day")


def approve(record_id: int, *, actor: Any, at: datetime) -> DutyRecord:
    """A second person has checked it: it stands in the record."""
    return _review("approve", record_id, actor, at, State.APPROVED, "")


def reject(record_id: int, *, actor: Any, at: datetime, reason: str) -> DutyRecord:
    """It does not belong in the record, or does not after all; the reason is for whoever wrote it."""
    return _review("reject", record_id, actor, at, State.REJECTED, reason.strip()[:200])


def _review(verb: str, record_id: int, actor: Any, at: datetime, target: str, reason: str) -> DutyRecord:
    with transaction.atomic():
        rows = DutyRecord.objects.select_for_update(of=("self",)).select_related("station", "representative")
        record = rows.get(pk=record_id)
        TABLE.check(verb, record.state)
        _permit(verb, actor, record)
        if verb == "reject" and not reason:
            raise BadInput("请写为什么不记。", "reason")
        source, record.state = record.state, target
        record.reviewed_by, record.reviewed_at, record.reason = actor, at, reason
        record.save()
        _line(record, actor, at, verb, source, reason)
        post_many(notify.decided(record, at=at))
    return record


def _permit(verb: str, actor: Any, record: DutyRecord) -> None:
    if not rules.has_perm(f"opinions.{verb}_duty_record", actor, record):
        raise NotAllowed(
            "这一步不归您办。" if verb == "add" else "谁写的、写的是谁，都不能自己核对，要请站点的另一位。"
        )


def _line(record: DutyRecord, actor: Any, at: datetime, verb: str, source: str, text: str) -> None:
    DutyRecordEntry.objects.create(
        record=record, at=at, actor=actor, verb=verb, from_state=source, to_state=record.state, text=text
    )
