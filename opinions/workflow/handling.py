"""The verbs while a unit has the matter: assign, sign, progress, reply, and the station's verdict on it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from accounts.models import Role
from core.uploads import CleanPhoto
from core.workdays import day_words
from core.workflow import BadInput
from opinions import deadlines, notify
from opinions.models import Assignment, Deadline, Opinion, Reply, Verdict
from opinions.states import Kind, Outcome, State, Step
from opinions.workflow.answering import followers, hand_over, refuse_names
from opinions.workflow.charges import charges_of, missing_parts, open_lead
from opinions.workflow.engine import Act, act, required
from opinions.workflow.intake import checked_promise
from stations.models import Unit


def assign(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    lead: Unit,
    demand: str,
    co_units: Sequence[Unit] = (),
    kind: str | None = None,
) -> Opinion:
    """Hand the matter to a lead unit (交办). The due date is fixed here and the clock starts now, not at signing."""
    with act("assign", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        demand = required(demand, "请写明请单位办什么。", "demand")
        if kind is not None and kind not in Kind.values:
            raise BadInput("请选哪一类。", "kind")
        opinion.kind = kind or opinion.kind
        if lead in co_units:
            raise BadInput("协办单位不能和主办单位是同一个。", "co_units")
        is_county = doing.user is not None and doing.user.has_role(Role.COUNTY_STAFF)
        if co_units and not is_county:
            raise BadInput("要几个单位一起办，请“提请县里交办”。", "co_units")
        doing.stop(Step.ASSIGN)
        hand_out(doing, [(lead, Assignment.Part.LEAD), *((unit, Assignment.Part.CO) for unit in co_units)], demand)
        together = f"，{'、'.join(unit.short_name for unit in co_units)}协办" if co_units else ""
        doing.say(f"交给{lead.short_name}办{together}，{day_words(opinion.reply_due_at)}前答复", f"请办：{demand}")
        doing.tell(notify.to_resident("resident_assigned", opinion, at=doing.at, tag=str(opinion.round)))
    return opinion


def hand_out(doing: Act, units: Sequence[tuple[Unit, str]], demand: str) -> None:
    """Write the open assignments of this round, start the limits to sign (each helper's own) and to reply, tell all."""
    opinion = doing.opinion
    for unit, _part in units:
        if not unit.is_active:
            raise BadInput(f"{unit.short_name}已经停用，请换一个单位。", "lead")
    doing.target = State.ASSIGNED
    opinion.lead_unit = units[0][0]
    opinion.assigned_at = doing.at
    opinion.needs_county = False
    opinion.rep_presses = opinion.staff_presses = 0
    due_at = doing.start(Step.REPLY, is_current=False)
    reply_is_provisional = deadlines.due(Step.REPLY, doing.at, kind=opinion.kind).is_provisional
    doing.start(Step.SIGN)
    own = deadlines.due(Step.CO_SIGN, doing.at)
    helpers = [unit for unit, part in units if part == Assignment.Part.CO]
    Deadline.objects.bulk_create(doing.limit(Step.CO_SIGN, own, unit) for unit in helpers)
    opinion.is_provisional = opinion.is_provisional or reply_is_provisional
    is_county = doing.user is not None and doing.user.has_role(Role.COUNTY_STAFF)
    Assignment.objects.bulk_create(
        Assignment(
            opinion=opinion,
            unit=unit,
            role=part,
            round=opinion.round,
            demand=demand,
            due_at=due_at,
            assigned_by=doing.user,
            is_from_county=is_county,
            assigned_at=doing.at,
        )
        for unit, part in units
    )
    for unit, _part in units:
        handlers = notify.handlers_of(unit.code)
        doing.tell(notify.to_users("opinion_assigned", opinion, handlers, at=doing.at, tag=f"{doing.at:%s%f}"))


def sign(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Sign for the matter (签收). The reply's clock does not move."""
    with act("sign", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        open_lead(opinion).update(signed_by=actor, signed_at=doing.at)
        doing.target = State.HANDLING
        doing.stop(Step.SIGN)
        opinion.step_due_at = opinion.reply_due_at
        doing.say(f"{opinion.lead_unit.short_name}签收了")
    return opinion


def report_progress(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    note: str,
    is_public: bool = True,
    photos: Sequence[CleanPhoto] = (),
) -> Opinion:
    """Say how the work goes (进展): to the resident, or for staff only."""
    return _note("report_progress", opinion_id, actor, at, note, is_public, photos)


def report_fulfilment(
    opinion_id: int, *, actor: Any, at: datetime, note: str, photos: Sequence[CleanPhoto] = ()
) -> Opinion:
    """The unit says that a promise is kept; the station confirms with `fulfil`."""
    return _note("report_fulfilment", opinion_id, actor, at, note, True, photos)


def _note(
    verb: str, opinion_id: int, actor: Any, at: datetime, note: str, is_public: bool, photos: Sequence[CleanPhoto]
) -> Opinion:
    with act(verb, opinion_id, actor, at) as doing:
        note = required(note, "还没写进展。", "note")
        doing.photos, doing.photos_public = photos, is_public
        text = f"{_who(actor, doing.opinion)}：{note}"
        doing.say(text if is_public else "", "" if is_public else text)
        if verb == "report_fulfilment":
            told = [doing.opinion.first_contact_id]
            tag = f"done:{doing.at:%s%f}"
            doing.tell(notify.to_users("opinion_replied", doing.opinion, told, at=doing.at, tag=tag))
    return doing.opinion


def _who(actor: Any, opinion: Opinion) -> str:
    """Name the unit that speaks, be it the lead or one that helps."""
    helping = None if opinion.lead_unit.code in actor.unit_codes else charges_of(opinion, actor).first()
    return helping.unit.short_name if helping else opinion.lead_unit.short_name


def reply(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    body: str,
    outcome: str,
    promised_on: date | None = None,
    photos: Sequence[CleanPhoto] = (),
) -> Opinion:
    """Answer (答复) with an outcome class; B and C carry a promised date. The station reviews it next."""
    with act("reply", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        body = required(body, "请写答复，群众会看到。", "body")
        promised_on = checked_promise(outcome, promised_on, doing.at)
        if others := followers(opinion):
            refuse_names(body, opinion, len(others))
        Reply.objects.create(
            opinion=opinion,
            unit=opinion.lead_unit,
            round=opinion.round,
            body=body,
            outcome=outcome,
            promised_on=promised_on,
            author=actor,
            created_at=doing.at,
            is_in_time=doing.at <= opinion.reply_due_at,
        )
        opinion.replied_at = doing.at
        opinion.extensions.filter(verdict=Verdict.PENDING).update(verdict=Verdict.LAPSED, decided_at=doing.at)
        doing.photos = photos
        doing.target = State.REPLIED
        doing.start(Step.REVIEW)
        missing = missing_parts(opinion)
        lacks = f"还没有交协办意见：{'、'.join(missing)}" if missing else ""
        doing.say(f"{opinion.lead_unit.short_name}答复了，站点先替您看一遍", lacks)
        told = [opinion.first_contact_id]
        doing.tell(notify.to_users("opinion_replied", opinion, told, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion


def approve_reply(opinion_id: int, *, actor: Any, at: datetime, note: str = "") -> Opinion:
    """Pass the reply on to the resident (审核通过、反馈) and invite him to rate it."""
    with act("approve_reply", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        waiting = _judge(doing, Reply.Verdict.APPROVED, note.strip())
        doing.stop(Step.REVIEW)
        doing.stop(Step.REPLY, at=waiting.created_at)
        doing.end_assignments()
        hand_over(doing, waiting)
        doing.say(
            f"站点核过，把{opinion.lead_unit.short_name}的答复告诉您：{Outcome(waiting.outcome).label}", note.strip()
        )
    return opinion


def reject_reply(opinion_id: int, *, actor: Any, at: datetime, missing: str) -> Opinion:
    """Send the reply back (审核退回) saying what is missing; the old due date stands."""
    with act("reject_reply", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        missing = required(missing, "请写明还缺什么。", "missing")
        _judge(doing, Reply.Verdict.REJECTED, missing)
        doing.stop(Step.REVIEW)
        opinion.replied_at = None
        opinion.step_due_at = opinion.reply_due_at
        doing.target = State.HANDLING
        doing.say(f"站点看过，答复还不够清楚，请{opinion.lead_unit.short_name}补充", f"还缺：{missing}")
        handlers = notify.handlers_of(opinion.lead_unit.code)
        doing.tell(notify.to_users("opinion_rejected", opinion, handlers, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion


def _judge(doing: Act, verdict: str, note: str) -> Reply:
    waiting = doing.opinion.replies.get(verdict=Reply.Verdict.PENDING)
    waiting.verdict, waiting.review_note = verdict, note
    waiting.reviewed_by, waiting.reviewed_at = doing.user, doing.at
    waiting.save(update_fields=["verdict", "review_note", "reviewed_by", "reviewed_at"])
    return waiting
