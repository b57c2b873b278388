"""Co-handling (协办): each unit signs for itself and gives its part; the lead alone answers the resident.

A missing signature or part never holds the answer up: it is listed to the lead and to whoever reviews the reply.
"""

from datetime import datetime
from typing import Any

from core.workflow import WrongState
from opinions import notify
from opinions.models import Assignment, Opinion
from opinions.states import Step
from opinions.workflow.charges import charges_of
from opinions.workflow.engine import Act, act, required


def co_sign(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Sign for the co-handling (协办签收). It moves neither state nor date, and the lead still signs for itself."""
    with act("co_sign", opinion_id, actor, at) as doing:
        charge = charges_of(doing.opinion, actor).filter(signed_at=None).first()
        if charge is None:
            raise WrongState("本单位已经签收过了。")
        _sign(doing, charge)
        charge.save(update_fields=["signed_by", "signed_at"])
        doing.say(f"{charge.unit.short_name}签收了协办")
    return doing.opinion


def _sign(doing: Act, charge: Assignment) -> None:
    """Note who signed and end this unit's own limit; those of the other units run on."""
    charge.signed_by, charge.signed_at = doing.user, doing.at
    own = doing.opinion.deadlines.filter(step=Step.CO_SIGN, unit=charge.unit, ended_at=None)
    own.update(ended_at=doing.at)


def give_part(opinion_id: int, *, actor: Any, at: datetime, part: str) -> Opinion:
    """Give the lead what this unit has to say or has done (协办意见): once in a round; it signs by the way."""
    with act("give_part", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        part = required(part, "请写明本单位办了什么、有什么意见。", "part")
        charge = charges_of(opinion, actor).filter(part_at=None).first()
        if charge is None:
            raise WrongState("本单位的协办意见已经交过了，要补充请写进展。")
        charge.part, charge.part_by, charge.part_at = part, doing.user, doing.at
        if charge.signed_at is None:
            _sign(doing, charge)
        charge.save(update_fields=["part", "part_by", "part_at", "signed_by", "signed_at"])
        doing.say("", f"{charge.unit.short_name}的协办意见：{part}")
        told = notify.handlers_of(opinion.lead_unit.code)
        doing.tell(notify.to_users("opinion_part_given", opinion, told, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion
