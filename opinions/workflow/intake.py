"""The verbs before a unit has the matter: submit, accept, decline, answer on the spot, refer, withdraw, add words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.codes import new_receipt
from core.fields import keyed_hash
from core.text import fold, headline, tidy
from core.together import insert, next_key
from core.uploads import CleanPhoto
from core.workdays import end_of_day
from core.workflow import BadInput, VerbError
from notices.outbox import rows_of, wake
from opinions import deadlines, notify
from opinions.models import Opinion, Reply
from opinions.states import PROMISES, TABLE, Channel, Kind, Outcome, State, Step
from opinions.workflow.answering import hand_over
from opinions.workflow.engine import Act, act, history_line, permit, required, save_photos
from opinions.workflow.merging import release
from stations.models import Category, EntryCode, Region, Station
from stations.services import first_contact_for

MAX_BODY = 5000
RESIDENT_CHANNELS = (Channel.QR, Channel.WEB)


@dataclass(frozen=True)
class Message:
    """What a resident said, and how he can be reached; all of it validated again by `submit`."""

    body: str
    channel: str = Channel.QR
    region: Region | None = None
    location: str = ""
    title: str = ""
    entry_code: EntryCode | None = None
    name: str = ""
    phone: str = ""
    hide_identity: bool = True
    consent_version: str = ""
    people: int = 1
    photos: Sequence[CleanPhoto] = ()
    origin: str = ""  # of a line of the paper book: when and where it was written


class AlreadySent(VerbError):
    """The same client key came with other words; `opinion` is what it made the first time."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__("这一条刚才已经送出去了。如果要说的是另一件事，请再点一次送出。")
        self.opinion = opinion


def submit(*, station: Station, actor: Any, at: datetime, message: Message, client_key: UUID | None = None) -> Opinion:
    """Take a message in and return the opinion with its receipt.

    The same client key with the same words returns the first opinion; with other words it raises AlreadySent.
    Raises BadInput naming the field, NotAllowed, or VerbError when the station has nobody to answer for it.
    """
    permit("submit", actor, station)
    TABLE.check("submit", "")
    body = check_body(message.body)
    _check(message)
    opinion = _new_opinion(station, actor, at, message, body, client_key)
    try:
        with transaction.atomic():
            _write(opinion, actor, at, message)
    except IntegrityError:
        earlier = _earlier(client_key, station, body) if client_key else None
        if earlier is None:
            raise
        return earlier
    return opinion


def check_body(text: str) -> str:
    """Return the words to keep; refuse what has nothing to read or more than MAX_BODY characters."""
    body = tidy(text)
    if not fold(body).strip():
        raise BadInput("还没写什么事。写一两句就行：在哪里，怎么了。", "body")
    if len(body) > MAX_BODY:
        over = len(body) - MAX_BODY
        raise BadInput(f"写了 {len(body)} 个字，最多 {MAX_BODY} 个字。请删去 {over} 个字再送。", "body")
    return body


def _check(message: Message) -> None:
    if len(message.location) > 200:
        raise BadInput("地点写得太长了，最多 200 个字。", "location")
    if not 1 <= message.people <= 1000:
        raise BadInput("人数要在 1 到 1000 之间。", "people")


def _earlier(client_key: UUID, station: Station, body: str) -> Opinion | None:
    earlier = Opinion.objects.filter(client_key=client_key).first()
    if earlier is not None and (earlier.station_id != station.pk or earlier.body != body):
        raise AlreadySent(earlier)
    return earlier


def _new_opinion(
    station: Station, actor: Any, at: datetime, message: Message, body: str, client_key: UUID | None
) -> Opinion:
    user = actor if actor.pk else None
    inside = message.region is not None and message.region.pk.startswith(station.region_id)
    title = tidy(message.title).strip() or headline(body)
    return Opinion(
        receipt=new_receipt(),
        client_key=client_key,
        station=station,
        region_id=message.region.pk if inside and message.region else station.region_id,
        location=tidy(message.location).strip(),
        entry_code=message.entry_code,
        channel=message.channel,
        title=title[:80],
        body=body,
        body_folded=searchable(title, body, message.location),
        people=message.people,
        state=State.SUBMITTED,
        first_contact=user or first_contact_for(station),
        recorded_by=user,
        name=tidy(message.name).strip(),
        phone=message.phone,
        phone_hash=keyed_hash(message.phone, "phone"),
        hide_identity=message.hide_identity,
        consent_version=message.consent_version,
        created_at=at,
        changed_at=at,
    )


def searchable(title: str, body: str, location: str) -> str:
    """Return the words a matter is found by: what others read of it, never who sent it."""
    return fold(f"{title} {body} {location}")


def _write(opinion: Opinion, actor: Any, at: datetime, message: Message) -> None:
    """Write the matter, its limit, its first line and the notices with one statement."""
    opinion.pk = next_key(Opinion)
    doing = Act("submit", opinion, actor, at, source="", target=State.SUBMITTED)
    due = deadlines.due(Step.ACCEPT, at)
    opinion.step_due_at, opinion.is_provisional = due.due_at, due.is_provisional
    how = opinion.get_channel_display()
    if message.origin:
        said = f"您{message.origin}抄进来了，{opinion.first_contact.label}收到，由他负责到底"
    elif opinion.channel in RESIDENT_CHANNELS:
        said = f"您{how}，{opinion.first_contact.label}收到，由他负责到底"
    else:
        said = f"您通过{how}说了这件事，{opinion.first_contact.label}收到，由他负责到底"
    doing.say(said)
    told = [] if opinion.recorded_by_id == opinion.first_contact_id else [opinion.first_contact_id]
    drafts = notify.to_users("opinion_received", opinion, told, at=at, tag="1")
    notices = rows_of(drafts + notify.to_resident("resident_received", opinion, at=at, tag="1"))
    insert([opinion, doing.limit(Step.ACCEPT, due), history_line(doing), *notices])
    opinion._state.adding = False
    if message.photos:
        save_photos(opinion, message.photos, at=at, entry=None)
    wake(notices)


def accept(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    category: Category,
    kind: str = Kind.ORDINARY,
    title: str = "",
    is_public: bool = True,
) -> Opinion:
    """Accept a matter (受理): set category and kind, name it for the public board, start the limit to assign."""
    with act("accept", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        if kind not in Kind.values:
            raise BadInput("请选哪一类。", "kind")
        opinion.category, opinion.kind, opinion.is_public = category, kind, is_public
        opinion.title = tidy(title).strip()[:80] or opinion.title
        opinion.body_folded = searchable(opinion.title, opinion.body, opinion.location)
        opinion.accepted_at = doing.at
        doing.target = State.ACCEPTED
        doing.stop(Step.ACCEPT)
        doing.start(Step.ASSIGN)
        doing.say(f"站点受理了，归入“{category.path}”", f"{opinion.get_kind_display()}事项")
        doing.tell(notify.to_resident("resident_accepted", opinion, at=doing.at, tag="1"))
    return opinion


def decline(opinion_id: int, *, actor: Any, at: datetime, reason: str, where_to_go: str) -> Opinion:
    """Decline a matter (不予受理): the reason and the place to go are shown to the resident."""
    with act("decline", opinion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么不受理，群众看得到。", "reason")
        place = required(where_to_go, "请写明该去哪里，群众看得到。", "where_to_go")
        release(doing, "一起办的那件没有受理")
        doing.say(f"没有受理：{reason} 请到：{place}")
        doing.close(State.DECLINED)
        doing.tell(notify.to_resident("resident_declined", doing.opinion, at=doing.at, tag="1"))
    return doing.opinion


def answer_on_spot(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    body: str,
    outcome: str,
    promised_on: date | None = None,
    category: Category | None = None,
) -> Opinion:
    """Answer at the counter (当场答复); the resident still rates it."""
    with act("answer_on_spot", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        body = required(body, "请写下当场怎么答复的。", "body")
        promised_on = checked_promise(outcome, promised_on, doing.at)
        if category is not None:
            opinion.category = category
        opinion.accepted_at = opinion.accepted_at or doing.at
        answer = Reply.objects.create(
            opinion=opinion,
            round=opinion.round,
            body=body,
            outcome=outcome,
            promised_on=promised_on,
            author=actor,
            created_at=doing.at,
            verdict=Reply.Verdict.APPROVED,
            reviewed_by=actor,
            reviewed_at=doing.at,
        )
        opinion.replied_at = doing.at
        doing.stop(Step.ACCEPT, Step.ASSIGN)
        hand_over(doing, answer)
        doing.say(f"站点当场答复：{opinion.get_outcome_display()}")
    return opinion


def checked_promise(outcome: str, promised_on: date | None, at: datetime) -> date | None:
    """Return the promised date for outcomes B and C, None for A and D; refuse a missing or past date."""
    if outcome not in Outcome.values:
        raise BadInput("请选办理结果。", "outcome")
    if outcome not in PROMISES:
        return None
    if promised_on is None:
        raise BadInput("“正在解决”和“列入计划”要写承诺日期。", "promised_on")
    if end_of_day(promised_on) <= at:
        raise BadInput("承诺日期已经过了，请选今天以后的日子。", "promised_on")
    return promised_on


def refer(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """Ask the county to hand the matter out, because several units must act or none in town can."""
    with act("refer", opinion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么要县里交办。", "reason")
        doing.opinion.needs_county = True
        doing.say("站点提请县里协调单位来办", reason)
        county = notify.county_staff_of(doing.opinion.region_id)
        doing.tell(notify.to_users("opinion_referred", doing.opinion, county, at=doing.at, tag="1"))
    return doing.opinion


def withdraw(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Take a message back (撤回) before a unit has it."""
    with act("withdraw", opinion_id, actor, at) as doing:
        release(doing, "一起办的那件撤回了")
        doing.close(State.WITHDRAWN)
        doing.say("您撤回了这件事")
        told = [doing.opinion.first_contact_id]
        doing.tell(notify.to_users("opinion_withdrawn", doing.opinion, told, at=doing.at, tag="1"))
    return doing.opinion


def add_words(opinion_id: int, *, actor: Any, at: datetime, words: str, photos: Sequence[CleanPhoto] = ()) -> Opinion:
    """Add to a matter (补充情况); state and limits stay as they are."""
    with act("add_words", opinion_id, actor, at) as doing:
        words = required(tidy(words), "还没写补充什么。", "words")
        if len(words) > MAX_BODY:
            raise BadInput(f"最多 {MAX_BODY} 个字。", "words")
        doing.photos = photos
        doing.say(f"您补充：{words}")
        opinion = doing.opinion
        told = [opinion.first_contact_id]
        if opinion.lead_unit and opinion.state in (State.ASSIGNED, State.HANDLING):
            told += notify.handlers_of(opinion.lead_unit.code)
        doing.tell(notify.to_users("opinion_words_added", opinion, told, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion
