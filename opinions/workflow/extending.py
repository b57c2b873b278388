"""More time (延期): asked by the unit, decided by whoever handed the matter out; and a promise moved to a later day.

Lateness is never cured by a date: more time is asked for before the limit has passed, once, for a reason that the
resident reads, and the old date stays in `Extension`. The limit itself moves through `Act.move_limit` alone.
"""

from datetime import date, datetime
from typing import Any

from core.workdays import WorkCalendar, day_words, end_of_day, local_date
from core.workflow import BadInput, VerbError, WrongState
from opinions import notify
from opinions.models import Deadline, Extension, Opinion, Verdict
from opinions.states import Step
from opinions.workflow.charges import deciders
from opinions.workflow.engine import Act, act, required


def request_extension(opinion_id: int, *, actor: Any, at: datetime, working_days: int, reason: str) -> Opinion:
    """Ask for more working days to reply (申请延期): once in a round, at most the original length."""
    with act("request_extension", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        reason = required(reason, "请写明为什么要延期，群众看得到。", "reason")
        running = may_still_ask(opinion, Step.REPLY, doing.at)
        if not 1 <= working_days <= (running.working_days or 1):
            raise BadInput(f"最多再要 {running.working_days} 个工作日，和原来的一样长。", "working_days")
        reckoning = WorkCalendar.load().count(local_date(running.due_at), working_days)
        _write(doing, Step.REPLY, reason, running.due_at, end_of_day(reckoning.due), working_days)
        doing.say(f"{opinion.lead_unit.short_name}申请多要 {working_days} 个工作日，还没定", reason)
        doing.tell(notify.to_users("opinion_extension_asked", opinion, deciders(opinion), at=doing.at, tag=_tag(doing)))
    return opinion


def may_still_ask(opinion: Opinion, step: str, at: datetime) -> Deadline:
    """Return the running limit that may still be moved; raise WrongState with the reason why not."""
    running = opinion.deadlines.filter(step=step, ended_at=None).first()
    if running is None:
        raise WrongState("这件事现在没有在走的期限。")
    if at > running.due_at:
        raise WrongState("期限已经过了，不能再延。请尽快办。")
    if opinion.extensions.filter(step=step, round=opinion.round).exists():
        raise WrongState("这一轮已经申请过一次延期，不能再延。")
    return running


def _write(doing: Act, step: str, reason: str, old: datetime, new: datetime, days: int | None = None) -> Extension:
    opinion = doing.opinion
    return Extension.objects.create(
        opinion=opinion,
        unit=opinion.lead_unit,
        round=opinion.round,
        step=step,
        reason=reason,
        working_days=days,
        old_due_at=old,
        new_due_at=new,
        asked_by=doing.user,
        asked_at=doing.at,
    )


def _tag(doing: Act) -> str:
    return f"{doing.at:%s%f}"


def grant_extension(opinion_id: int, *, actor: Any, at: datetime, note: str = "") -> Opinion:
    """Grant the days (同意延期). The old date stays visible, struck through, with the reason."""
    with act("grant_extension", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        wish = _decide(doing, Verdict.GRANTED, note.strip())
        running = opinion.deadlines.get(step=Step.REPLY, ended_at=None)
        days = running.working_days + wish.working_days if running.working_days else None
        tent = WorkCalendar.load().count(local_date(wish.old_due_at), wish.working_days).provisional
        doing.move_limit(Step.REPLY, wish.new_due_at, working_days=days, is_provisional=tent)
        old, new = day_words(wish.old_due_at), day_words(wish.new_due_at)
        doing.say(f"答复的日子从 {old}延到 {new}。原因：{wish.reason}", note.strip())
        _tell_decided(doing)
        doing.tell(notify.to_resident("resident_extended", opinion, at=doing.at, tag=_tag(doing)))
    return opinion


def refuse_extension(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """Refuse the days (不同意延期); the old date stands."""
    with act("refuse_extension", opinion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么不同意延期。", "reason")
        _decide(doing, Verdict.REFUSED, reason)
        doing.say(f"没有同意延期，还是 {day_words(doing.opinion.reply_due_at)}前答复", reason)
        _tell_decided(doing)
    return doing.opinion


def _decide(doing: Act, verdict: str, note: str) -> Extension:
    wish = doing.opinion.extensions.filter(verdict=Verdict.PENDING).first()
    if wish is None:
        raise VerbError("现在没有等着核的延期申请，可能刚刚有人核过了。")
    wish.verdict, wish.note = verdict, note
    wish.decided_by, wish.decided_at = doing.user, doing.at
    wish.save(update_fields=["verdict", "note", "decided_by", "decided_at"])
    return wish


def _tell_decided(doing: Act) -> None:
    handlers = notify.handlers_of(doing.opinion.lead_unit.code)
    doing.tell(notify.to_users("opinion_extension_decided", doing.opinion, handlers, at=doing.at, tag=_tag(doing)))


def move_promise(opinion_id: int, *, actor: Any, at: datetime, promised_on: date, reason: str) -> Opinion:
    """Move a promise to a later day (改承诺日期): once, before it has passed, with a reason the resident reads."""
    with act("move_promise", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        reason = required(reason, "请写明为什么要改日子，群众看得到。", "reason")
        running = may_still_ask(opinion, Step.PROMISE, doing.at)
        new = end_of_day(promised_on)
        if new <= running.due_at:
            raise BadInput("新的日子要比原来答应的晚。", "promised_on")
        wish = _write(doing, Step.PROMISE, reason, running.due_at, new)
        wish.verdict, wish.decided_by, wish.decided_at = Verdict.GRANTED, doing.user, doing.at
        wish.save(update_fields=["verdict", "decided_by", "decided_at"])
        opinion.promised_on = promised_on
        doing.move_limit(Step.PROMISE, new)
        doing.say(f"答应的日子从 {day_words(running.due_at)}改到 {day_words(promised_on)}。原因：{reason}")
        doing.tell(notify.to_resident("resident_extended", opinion, at=doing.at, tag=_tag(doing)))
    return opinion
