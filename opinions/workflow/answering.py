"""How an approved answer reaches people: whoever raised the matter, those merged into it, and those who seconded."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from core.workflow import BadInput
from opinions import notify
from opinions.actors import SYSTEM
from opinions.models import Deadline, Opinion, Reply
from opinions.states import Outcome, State, Step
from opinions.workflow.engine import Act, act


def hand_over(doing: Act, answer: Reply) -> None:
    """Bring an approved answer to the resident: waiting for his rating, told by message where a phone was left.

    Whoever was merged into the matter gets the same answer on his own receipt and rates it himself.
    """
    opinion = doing.opinion
    opinion.outcome, opinion.promised_on = answer.outcome, answer.promised_on
    opinion.fed_back_at = doing.at
    invited = notify.to_resident("resident_fed_back", opinion, at=doing.at, tag=f"{opinion.round}:{doing.at:%s}")
    opinion.told_at = doing.at if invited else None
    doing.target = State.FED_BACK
    doing.start(Step.RATE)
    doing.tell(invited)
    _tell_seconders(doing)
    _share(doing, answer)


def _tell_seconders(doing: Act) -> None:
    """Tell each who seconded and left a number, once; then the number is forgotten, its hash still counts him once."""
    opinion = doing.opinion
    told = notify.to_seconders(opinion, at=doing.at, tag=str(opinion.round))
    if told:
        doing.tell(told)
        opinion.secondings.exclude(phone_hash="").update(phone="")


def _share(doing: Act, answer: Reply) -> None:
    waiting = followers(doing.opinion, kept_promise=doing.verb == "fulfil")
    if not waiting:
        return
    refuse_names(answer.body, doing.opinion, len(waiting))
    for follower_id in waiting:
        _share_with(follower_id, doing.opinion, answer, doing.at)


def followers(lead: Opinion, *, kept_promise: bool = False) -> list[int]:
    """Return the ids of the matters that get the lead's answer: the merged, and at `fulfil` those with its promise."""
    waiting = Q(state=State.MERGED)
    if kept_promise:
        promise = Deadline.objects.filter(opinion_id=OuterRef("pk"), step=Step.PROMISE, ended_at=None)
        waiting |= Q(Exists(promise), state=State.TRACKING)
    return list(lead.followers.filter(waiting).order_by("pk").values_list("pk", flat=True))


def refuse_names(text: str, lead: Opinion, others: int) -> None:
    """Refuse to tell others an answer that holds the name or the telephone of the one who raised the matter."""
    named = len(lead.name) > 1 and lead.name in text
    if named or (lead.phone and lead.phone in text):
        raise BadInput(f"这份答复还要告诉并在一起的 {others} 位群众，里面写着留言人的称呼或电话，请先改掉。", "body")


def _share_with(follower_id: int, lead: Opinion, answer: Reply, at: datetime) -> None:
    """Give one follower the answer as his own (一并答复): outcome, promise, and the days to rate it."""
    with act("share_answer", follower_id, SYSTEM, at) as doing:
        opinion = doing.opinion
        opinion.merges.filter(ended_at=None).update(ended_at=doing.at)
        doing.stop(Step.PROMISE)
        opinion.closed_at = None
        opinion.category = opinion.category or lead.category
        opinion.accepted_at = opinion.accepted_at or doing.at
        opinion.lead_unit, opinion.replied_at = answer.unit, lead.replied_at
        own = Reply.objects.create(
            opinion=opinion,
            unit=answer.unit,
            round=opinion.round,
            body=answer.body,
            outcome=answer.outcome,
            promised_on=answer.promised_on,
            author=answer.author,
            created_at=answer.created_at,
            is_in_time=answer.is_in_time,
            verdict=Reply.Verdict.APPROVED,
            reviewed_by=answer.reviewed_by,
            reviewed_at=doing.at,
        )
        hand_over(doing, own)
        who = answer.unit.short_name if answer.unit else "站点"
        doing.say(f"一起办的这件事有结果了，{who}答复：{Outcome(answer.outcome).label}")
