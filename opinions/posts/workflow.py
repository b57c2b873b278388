"""The only writer of the service posts' records: one verb, one function. Each checks state, permission and input, and
writes row, history line and what follows for the roster in one transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import rules
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.actors import SYSTEM
from core.text import fold, tidy
from core.workdays import local_date
from core.workflow import CREATION, BadInput, NotAllowed, VerbError, WrongState
from duties import workflow as duties
from duties.models import Shift
from opinions.models import Opinion, PostEntry, PostPerson, PostRecord
from opinions.posts.models import Kind
from opinions.posts.states import TABLE, FollowUp, Referral, Result, State
from stations.models import Region, Representative, Station

OLDEST = timedelta(days=31)
MOST_PEOPLE = 6


class AlreadyWritten(VerbError):
    """The same form came a second time with other words; `record` is what it made the first time."""

    def __init__(self, record: PostRecord) -> None:
        super().__init__("这一条刚才已经记下了。如果要另记一条，请再点一次。")
        self.record = record


@dataclass(frozen=True)
class Facts:
    """What was done, as it was told; all of it checked again by `write`. `people` are names and telephones."""

    subject: str
    day: date
    representative: Representative | None = None
    answer: str = ""
    forms_filled: int = 0
    form_names: str = ""
    result: str = ""
    follow_up_on: date | None = None
    answered_by: str = ""
    referral: str = ""
    referred_to: str = ""
    region: Region | None = None
    place: str = ""
    beneficiaries: str = ""
    wants_word: bool = False
    people: Sequence[tuple[str, str]] = ()


@dataclass
class Act:
    """One verb being carried out on one locked record."""

    verb: str
    record: PostRecord
    actor: Any
    at: datetime
    target: str
    text: str = ""

    def finish(self) -> None:
        """Write row and history line."""
        source = self.record.state
        TABLE.check_arrival(self.verb, source, self.target)
        self.record.state, self.record.changed_at = self.target, self.at
        self.record.save()
        _line(self, source)


def _line(doing: Act, source: str) -> None:
    PostEntry.objects.create(
        record=doing.record, at=doing.at, actor=doing.actor, actor_label=doing.actor.label, verb=doing.verb,
        from_state=source, to_state=doing.target, text=doing.text[:400],
    )  # fmt: skip


def _permit(verb: str, actor: Any, record: PostRecord) -> None:
    if not rules.has_perm(f"opinions.{verb}_post_record", actor, record):
        raise NotAllowed("这一步不归您办。")


@contextmanager
def _on(verb: str, record_id: int, actor: Any, at: datetime) -> Iterator[Act]:
    with transaction.atomic():
        rows = PostRecord.objects.select_for_update(of=("self",)).select_related("station__region", "representative")
        record = rows.get(pk=record_id)
        TABLE.check(verb, record.state)
        _permit(verb, actor, record)
        doing = Act(verb, record, actor, max(at, record.changed_at), target=record.state)
        yield doing
        doing.finish()


def write(
    station: Station, kind: str, facts: Facts, *, actor: Any, at: datetime, client_key: UUID | None = None
) -> PostRecord:
    """Write down what was done at a post, and count the duty of whoever sat there as held.

    The same client key with the same words returns the first record; with other words it raises AlreadyWritten.
    Raises NotAllowed, or BadInput naming the field.
    """
    TABLE.check("write", CREATION)
    record = _drafted(station, kind, facts, actor, at, client_key)
    _permit("write", actor, record)
    _check(record, facts, local_date(at))
    try:
        with transaction.atomic():
            record.save(force_insert=True)
            people = [PostPerson(record=record, name=name, phone=phone) for name, phone in _people(facts)]
            PostPerson.objects.bulk_create(people)
            _line(Act("write", record, actor, at, record.state), CREATION)
            _hold_shift(record, at)
    except IntegrityError:
        earlier = PostRecord.objects.filter(client_key=client_key).first() if client_key else None
        if earlier is None:
            raise
        if (earlier.recorder_id, earlier.subject, earlier.answer) != (actor.pk, record.subject, record.answer):
            raise AlreadyWritten(earlier) from None
        return earlier
    return record


def _drafted(
    station: Station, kind: str, facts: Facts, actor: Any, at: datetime, client_key: UUID | None
) -> PostRecord:
    record = PostRecord(
        station=station, kind=kind, day=facts.day, representative=facts.representative, client_key=client_key,
        recorder=actor if actor.pk else None, subject=_words(facts.subject), answer=_words(facts.answer),
        state=State.DONE, recorded_at=at, changed_at=at,
    )  # fmt: skip
    if kind == Kind.INFORMATION:
        record.forms_filled, record.form_names = facts.forms_filled, _words(facts.form_names)
    elif kind == Kind.MEDIATION:
        record.result, record.follow_up_on = facts.result, facts.follow_up_on
        record.state = State.WAITING if facts.follow_up_on else State.DONE
    elif kind == Kind.LEGAL:
        record.answered_by, record.referral = _words(facts.answered_by), facts.referral
        record.referred_to = _words(facts.referred_to) if facts.referral else ""
    elif kind == Kind.PROJECT:
        record.region, record.place = facts.region, _words(facts.place)
        record.beneficiaries, record.wants_word = _words(facts.beneficiaries), facts.wants_word
    return record


def _words(text: str) -> str:
    return tidy(text).strip()


def _people(facts: Facts) -> list[tuple[str, str]]:
    found = [(_words(name), phone) for name, phone in facts.people]
    return [(name, phone) for name, phone in found if name or phone]


def _check(record: PostRecord, facts: Facts, today: date) -> None:
    if record.kind not in Kind.values:
        raise BadInput("请选是哪个服务岗。")
    if not fold(record.subject):
        raise BadInput("还没写是什么事，一句话就行。", "subject")
    if not today - OLDEST <= record.day <= today:
        raise BadInput("日期要在今天以前、一个月以内。", "day")
    if record.representative is not None and not _serves(record):
        raise BadInput("那一天这位代表不在本站点进站，请重新选。", "representative")
    _OWN_CHECKS[Kind(record.kind)](record, _people(facts))


def _serves(record: PostRecord) -> bool:
    until = Q(until=None) | Q(until__gt=record.day)
    services = record.station.services.filter(until, representative=record.representative, since__lte=record.day)
    return services.exists()


def _check_information(record: PostRecord, people: list[tuple[str, str]]) -> None:
    if record.form_names and not record.forms_filled:
        record.forms_filled = 1


def _check_mediation(record: PostRecord, people: list[tuple[str, str]]) -> None:
    if not 2 <= sum(bool(name) for name, _phone in people) <= MOST_PEOPLE:
        raise BadInput("调解要有两方，至少写两个人的称呼，比如“张家”“李大哥”。", "name2")
    if record.result not in Result.values:
        raise BadInput("请选谈拢了没有。", "result")
    if record.result == Result.AGREED and not record.answer:
        raise BadInput("请写说定了什么。", "answer")
    if record.follow_up_on is not None and record.follow_up_on <= record.day:
        raise BadInput("回访要在谈完以后的日子。", "follow_up_on")


def _check_legal(record: PostRecord, people: list[tuple[str, str]]) -> None:
    if record.referral and record.referral not in Referral.values:
        raise BadInput("请从列表里选转到哪里。", "referral")
    if record.referral == Referral.OTHER and not record.referred_to:
        raise BadInput("请写让他去哪里。", "referred_to")
    if not (record.answer or record.referral):
        raise BadInput("请写怎么答的，或者选让他去哪里。", "answer")


def _check_project(record: PostRecord, people: list[tuple[str, str]]) -> None:
    if record.region is not None and not record.region.pk.startswith(record.station.region_id):
        raise BadInput(f"{record.region.short_name}不归{record.station.name}管。", "region")
    if record.wants_word and not any(phone for _name, phone in people):
        raise BadInput("他想听结果，请留一个电话。", "phone1")


_OWN_CHECKS: dict[Kind, Callable[[PostRecord, list[tuple[str, str]]], None]] = {
    Kind.INFORMATION: _check_information,
    Kind.MEDIATION: _check_mediation,
    Kind.LEGAL: _check_legal,
    Kind.PROJECT: _check_project,
}


def _hold_shift(record: PostRecord, at: datetime) -> None:
    """Count the duty at this post on that day as held; a noted absence is left to people."""
    if record.representative is None:
        return
    shifts = Shift.objects.published().ahead().filter(station=record.station, day=record.day, post=record.kind)
    for pk in shifts.filter(representative=record.representative).values_list("pk", flat=True):
        duties.mark_held(pk, actor=SYSTEM, at=at)


def follow_up(
    record_id: int, *, actor: Any, at: datetime, found: str, note: str = "", again_on: date | None = None
) -> PostRecord:
    """Write down how the mediation has held. With `again_on` somebody asks once more on that day."""
    with _on("follow_up", record_id, actor, at) as doing:
        record = doing.record
        if found not in FollowUp.values:
            raise BadInput("请选现在怎么样。", "found")
        if again_on is not None and again_on <= local_date(doing.at):
            raise BadInput("再回访的日子要在今天以后。", "again_on")
        record.follow_up, record.followed_up_at = found, doing.at
        record.follow_up_on = again_on or record.follow_up_on
        doing.target = State.WAITING if again_on else State.DONE
        doing.text = "：".join(filter(None, (FollowUp(found).label, _words(note))))
    return record


def turn(record_id: int, *, actor: Any, at: datetime, make: Callable[[PostRecord], Opinion]) -> Opinion:
    """Make a matter of a record, once; `make` writes it. A second time returns the matter there is."""
    with transaction.atomic():
        rows = PostRecord.objects.select_for_update(of=("self",)).select_related("opinion", "station", "representative")
        record = rows.get(pk=record_id)
        if record.opinion is not None:
            _permit("turn", actor, record)
            return record.opinion
        with _on("turn", record_id, actor, at) as doing:
            opinion = make(doing.record)
            if opinion.station_id != doing.record.station_id:
                raise BadInput("要记在同一个站点。", "station")
            doing.record.opinion = opinion
    return opinion


def reveal(record_id: int, *, actor: Any, at: datetime, reason: str) -> PostRecord:
    """Write down that somebody looked at names and telephones, and why."""
    with _on("reveal", record_id, actor, at) as doing:
        doing.text = _words(reason)
        if not doing.text:
            raise BadInput("请写明为什么要看。", "reason")
    return doing.record


def void(record_id: int, *, actor: Any, at: datetime, reason: str) -> PostRecord:
    """Say that it was written by mistake: it stays in sight, and counts nowhere."""
    with _on("void", record_id, actor, at) as doing:
        if doing.record.opinion_id is not None:
            raise WrongState("已经转成意见了，请在那件意见里说明。")
        doing.text = _words(reason)
        if not doing.text:
            raise BadInput("请写错在哪里。", "reason")
        doing.target = State.VOID
    return doing.record
