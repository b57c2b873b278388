"""The only writer of commendations: one verb, one function; row, history line and notice in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from core.workdays import local_date
from core.workflow import CREATION, BadInput
from duties.commendations import notify
from duties.commendations.models import REASON, TITLE, Commendation, CommendationEntry
from duties.commendations.states import TABLE, State
from duties.workflow.engine import permit
from notices.outbox import post_many
from stations.models import Representative, Station

OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Words:
    """What is said of somebody, and the sentences of his record that it rests on."""

    title: str
    day: date
    reason: str
    figures: Sequence[str]


def draft_commendation(person: Any, station: Station, words: Words, *, actor: Any, at: datetime) -> Commendation:
    """Write one for a representative or a member of the station's staff; the county alone sees it so far."""
    row = Commendation(station=station, state=State.DRAFT, changed_at=at, name=person.name)
    if isinstance(person, Representative):
        row.representative = person
    else:
        row.member = person
    TABLE.check("draft_commendation", CREATION)
    permit("draft_commendation", actor, row)
    if not _belongs(row, station):
        raise BadInput("他不在这个站点。", "station")
    with transaction.atomic():
        _say(row, words, at)
        row.save(force_insert=True)
        _line(row, "draft_commendation", actor, at, f"{row.title}：{row.reason}")
    return row


def _belongs(row: Commendation, station: Station) -> bool:
    if row.representative is not None:
        return station.services.filter(representative=row.representative).exists()
    return row.member is not None and station.code in row.member.station_codes


def _say(row: Commendation, words: Words, at: datetime) -> None:
    row.title, row.reason, row.day = words.title.strip(), words.reason.strip(), words.day
    if not row.title or len(row.title) > TITLE:
        raise BadInput(f"请写表彰什么，{TITLE} 个字以内。", "title")
    if not row.reason or len(row.reason) > REASON:
        raise BadInput(f"请用几句话写为什么，{REASON} 个字以内。", "reason")
    if not local_date(at) - OLDEST <= row.day <= local_date(at):
        raise BadInput("日期要在今天以前、一年以内。", "day")
    row.figures, row.figures_at, row.changed_at = list(words.figures), at, at


def rewrite_commendation(row_id: int, words: Words, *, actor: Any, at: datetime) -> Commendation:
    """Say it better while nobody else has read it; the record is read anew."""
    with transaction.atomic():
        row = _locked(row_id, "rewrite_commendation", actor)
        _say(row, words, at)
        row.save()
        _line(row, "rewrite_commendation", actor, at, f"{row.title}：{row.reason}")
    return row


def publish_commendation(row_id: int, *, actor: Any, at: datetime) -> Commendation:
    """Say it to everybody, and tell the person."""
    with transaction.atomic():
        row = _locked(row_id, "publish_commendation", actor)
        row.state, row.published_at, row.changed_at = State.PUBLISHED, at, at
        row.save()
        _line(row, "publish_commendation", actor, at)
        post_many(notify.told("commended", row, at=at))
    return row


def withdraw_commendation(row_id: int, *, actor: Any, at: datetime, reason: str) -> Commendation:
    """Take it back, with a reason that stays with the county; who was told of it is told of this."""
    with transaction.atomic():
        row = _locked(row_id, "withdraw_commendation", actor)
        if not reason.strip():
            raise BadInput("请写为什么撤下。", "reason")
        was_published = row.state == State.PUBLISHED
        row.state, row.changed_at = State.WITHDRAWN, at
        row.save()
        _line(row, "withdraw_commendation", actor, at, reason.strip())
        if was_published:
            post_many(notify.told("commendation_withdrawn", row, at=at))
    return row


def _locked(row_id: int, verb: str, actor: Any) -> Commendation:
    rows = Commendation.objects.select_for_update(of=("self",))
    row = rows.select_related("station", "representative__user", "member").get(pk=row_id)
    TABLE.check(verb, row.state)
    permit(verb, actor, row)
    return row


def _line(row: Commendation, verb: str, actor: Any, at: datetime, text: str = "") -> None:
    CommendationEntry.objects.create(
        commendation=row, at=at, actor=actor, actor_label=actor.label, verb=verb, text=text[:400]
    )
