"""Giving back (申请退回): a unit says once, within its limit and with the rule it rests on, that it is not its matter.

Whoever handed the matter out decides. A refusal leaves the old date where it was.
"""

from datetime import datetime
from typing import Any

from core.workdays import day_words
from core.workflow import WrongState
from opinions import deadlines, notify
from opinions.models import Opinion, ReturnRequest, Verdict
from opinions.states import State, Step
from opinions.workflow.charges import deciders, open_lead
from opinions.workflow.engine import Act, act, required


def request_return(opinion_id: int, *, actor: Any, at: datetime, legal_basis: str) -> Opinion:
    """Ask to give the matter back: a unit once for a matter, within its limit, with its legal basis."""
    with act("request_return", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        basis = required(legal_basis, "请写明依据哪条规定。", "legal_basis")
        if opinion.return_requests.filter(unit=opinion.lead_unit).exists():
            raise WrongState("这件事已经申请退回过一次，不能再退。")
        if not deadlines.is_within(Step.REQUEST_RETURN, opinion.assigned_at, doing.at):
            raise WrongState("过了申请退回的时限，请直接办理。")
        ReturnRequest.objects.create(
            opinion=opinion,
            unit=opinion.lead_unit,
            round=opinion.round,
            legal_basis=basis,
            asked_by=actor,
            asked_at=doing.at,
        )
        opinion.has_returned = True
        doing.target = State.RETURN_REQUESTED
        doing.say(f"{opinion.lead_unit.short_name}认为不归它办，站点正在核", basis)
        doing.tell(notify.to_users("opinion_returned", opinion, deciders(opinion), at=doing.at, tag=_tag(doing)))
    return opinion


def _tag(doing: Act) -> str:
    return f"{doing.at:%s%f}"


def _decide(doing: Act, verdict: str, note: str) -> None:
    doing.opinion.return_requests.filter(verdict=Verdict.PENDING).update(
        verdict=verdict, note=note, decided_by=doing.user, decided_at=doing.at
    )
    handlers = notify.handlers_of(doing.opinion.lead_unit.code)
    doing.tell(notify.to_users("opinion_return_decided", doing.opinion, handlers, at=doing.at, tag=_tag(doing)))


def grant_return(opinion_id: int, *, actor: Any, at: datetime, note: str = "") -> Opinion:
    """Take the matter back from the unit; it waits to be assigned again."""
    with act("grant_return", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        _decide(doing, Verdict.GRANTED, note.strip())
        name = opinion.lead_unit.short_name
        doing.end_assignments()
        doing.stop(Step.SIGN, Step.REPLY)
        opinion.lead_unit, opinion.reply_due_at, opinion.assigned_at = None, None, None
        doing.target = State.ACCEPTED
        doing.start(Step.ASSIGN)
        doing.say(f"核过了，不归{name}办，重新找单位", note.strip())
    return opinion


def refuse_return(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """Leave the matter with the unit; the old due date stands."""
    with act("refuse_return", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        reason = required(reason, "请写明为什么还归它办。", "reason")
        _decide(doing, Verdict.REFUSED, reason)
        open_lead(opinion).update(signed_at=doing.at, signed_by=None)
        doing.stop(Step.SIGN)
        opinion.step_due_at = opinion.reply_due_at
        doing.target = State.HANDLING
        doing.say(f"核过了，仍由{opinion.lead_unit.short_name}办，{day_words(opinion.reply_due_at)}前答复", reason)
    return opinion
