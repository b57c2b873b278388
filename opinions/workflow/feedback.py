"""The verbs after the answer: told, rated, kept or broken promises, look-back, and opening again."""

from datetime import datetime
from typing import Any

from core.workdays import day_words, end_of_day
from core.workflow import BadInput, VerbError, WrongState
from opinions import notify
from opinions.models import Assignment, LookBack, Opinion, Rating, Reply
from opinions.states import PROMISES, Outcome, Satisfaction, Solved, State, Step
from opinions.workflow.answering import hand_over
from opinions.workflow.engine import Act, act, required
from opinions.workflow.handling import hand_out
from stations.models import Unit


def feed_back(opinion_id: int, *, actor: Any, at: datetime, how: str) -> Opinion:
    """Record that the resident was told by telephone or in person (告知)."""
    with act("feed_back", opinion_id, actor, at) as doing:
        how = required(how, "请写明怎么告诉的，比如“打电话”。", "how")
        doing.opinion.told_at = doing.at
        doing.say("站点把结果当面或打电话告诉您了", how)
    return doing.opinion


def miss(opinion_id: int, *, actor: Any, at: datetime, note: str = "") -> Opinion:
    """Record that nobody was reached (没找到人), so that the next one who rings knows; nothing else changes."""
    with act("miss", opinion_id, actor, at) as doing:
        doing.say("", f"没找到人。{note.strip()[:300]}")
    return doing.opinion


def bounce(opinion_id: int, *, actor: Any, at: datetime, written_at: datetime | None = None) -> Opinion:
    """Note that the message with the answer did not arrive (没送到): the resident waits to be told in another way.

    `written_at` says which message; whoever told the resident after it leaves nothing to be done.
    """
    with act("bounce", opinion_id, actor, at) as doing:
        told_at = doing.opinion.told_at
        if told_at is None or (written_at is not None and written_at < told_at):
            raise WrongState("本人已经另外告知过，或者本来就要打电话告知。")
        doing.opinion.told_at = None
        doing.say("", "短信没送到，请打电话或当面告诉本人")
    return doing.opinion


def arrive(opinion_id: int, *, actor: Any, at: datetime, written_at: datetime) -> Opinion:
    """Note that a message with the answer, sent anew, reached the telephone after all (送到了): the resident is told.

    `written_at` says which message; one that was written before the present answer tells nothing of it.
    """
    with act("arrive", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        if opinion.told_at is not None or opinion.fed_back_at is None or written_at < opinion.fed_back_at:
            raise WrongState("本人已经告知过，或者送到的是以前的答复。")
        opinion.told_at = doing.at
        doing.say("", "重新发的短信送到了")
    return doing.opinion


def rate(
    opinion_id: int,
    *,
    actor: Any,
    at: datetime,
    solved: str,
    satisfaction: str,
    attitude: str = "",
    comment: str = "",
) -> Opinion:
    """Rate the answer (评价). 不满意 brings it back for a second round, a second one to a look-back; who recorded the
    rating changes nothing.
    """
    with act("rate", opinion_id, actor, at) as doing:
        if solved not in Solved.values:
            raise BadInput("请选事情解决了没有。", "solved")
        if satisfaction not in Satisfaction.values:
            raise BadInput("请选满意不满意。", "satisfaction")
        if attitude and attitude not in Satisfaction.values:
            raise BadInput("办事态度请在三个里选一个，或者不选。", "attitude")
        opinion = doing.opinion
        answer = _latest_answer(opinion)
        Rating.objects.create(
            reply=answer,
            opinion=opinion,
            round=opinion.round,
            solved=solved,
            satisfaction=satisfaction,
            attitude=attitude,
            comment=comment.strip()[:500],
            recorded_by=doing.user,
            created_at=doing.at,
        )
        opinion.satisfaction = satisfaction
        opinion.told_at = opinion.told_at or doing.at
        doing.stop(Step.RATE)
        said = f"您的评价：{Satisfaction(satisfaction).label}，{Solved(solved).label}"
        doing.say(said, "站点打电话代记" if doing.user else "")
        if satisfaction == Satisfaction.DISSATISFIED:
            _not_satisfied(doing, comment.strip())
        else:
            _settle(doing, answer)
    return opinion


def _latest_answer(opinion: Opinion) -> Reply:
    return opinion.replies.filter(verdict=Reply.Verdict.APPROVED).order_by("-id")[0]


def _settle(doing: Act, answer: Reply) -> None:
    """Close the matter, or keep track of what was promised."""
    if answer.outcome not in PROMISES:
        doing.close(State.CLOSED)
        return
    doing.target = State.TRACKING
    doing.start_promise(end_of_day(answer.promised_on), answer.created_at)
    doing.public += f"。承诺 {day_words(answer.promised_on)}前办到，站点接着盯"


def _not_satisfied(doing: Act, comment: str) -> None:
    opinion = doing.opinion
    opinion.is_reopened = True
    if opinion.round >= 2:
        doing.target = State.TRACKING
        doing.start(Step.LOOK_BACK)
        doing.public += "。站点要上门或打电话再看一次"
        county = notify.county_staff_of(opinion.region_id)
        told = [opinion.first_contact_id, *county]
        doing.tell(notify.to_users("opinion_dissatisfied", opinion, told, at=doing.at, tag="look-back"))
        return
    demand = f"群众不满意，重新办。{comment}".strip()
    _next_round(doing, demand)
    told = [opinion.first_contact_id]
    doing.tell(notify.to_users("opinion_dissatisfied", opinion, told, at=doing.at, tag=str(opinion.round)))
    doing.tell(notify.to_resident("resident_redo", opinion, at=doing.at, tag=str(opinion.round)))


def _next_round(doing: Act, demand: str) -> None:
    """Open the next round with the units of the last one; a matter that no unit had waits to be assigned."""
    opinion = doing.opinion
    last = opinion.assignments.filter(round=opinion.round).select_related("unit").order_by("-role", "id")
    units = {row.unit: row.role for row in last if row.unit.is_active}
    leads = [unit for unit, role in units.items() if role == Assignment.Part.LEAD and unit == opinion.lead_unit]
    if opinion.merged_into_id and not units and opinion.lead_unit and opinion.lead_unit.is_active:
        leads = [opinion.lead_unit]  # its answer came with the matter it was merged into; from here it goes by itself
    opinion.merged_into = None
    opinion.round += 1
    opinion.closed_at, opinion.replied_at, opinion.fed_back_at, opinion.told_at = None, None, None, None
    opinion.outcome, opinion.promised_on, opinion.satisfaction = "", None, ""
    if not leads:
        opinion.lead_unit, opinion.reply_due_at = None, None
        doing.target = State.ACCEPTED
        doing.start(Step.ASSIGN)
        doing.public += "。这件事退回去重新办，站点马上找单位"
        return
    co_units = [(unit, Assignment.Part.CO) for unit, role in units.items() if role == Assignment.Part.CO]
    hand_out(doing, [(leads[0], Assignment.Part.LEAD), *co_units], demand)
    doing.public += f"。退回{leads[0].short_name}重新办，{day_words(opinion.reply_due_at)}前再答复"


def close_unrated(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Close what the resident left unrated after the limit; counted as unrated, never as satisfied."""
    with act("close_unrated", opinion_id, actor, at) as doing:
        if doing.opinion.step_due_at is None or doing.opinion.step_due_at > doing.at:
            raise VerbError("评价的期限还没到。")
        doing.stop(Step.RATE)
        doing.say("过了评价的日子，没有评价，按“没有评”记")
        _settle(doing, _latest_answer(doing.opinion))
    return doing.opinion


def fulfil(opinion_id: int, *, actor: Any, at: datetime, finding: str) -> Opinion:
    """Confirm that a promise was kept (兑现); the resident is asked again."""
    with act("fulfil", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        finding = required(finding, "请写明看到办成了什么。", "finding")
        if not opinion.deadlines.filter(step=Step.PROMISE, ended_at=None).exists():
            raise VerbError("这件事没有在跟踪的承诺，请做回头看。")
        answer = Reply.objects.create(
            opinion=opinion,
            unit=opinion.lead_unit,
            round=opinion.round,
            body=finding,
            outcome=Outcome.A,
            author=actor,
            created_at=doing.at,
            is_in_time=doing.at <= opinion.step_due_at,
            verdict=Reply.Verdict.APPROVED,
            reviewed_by=actor,
            reviewed_at=doing.at,
        )
        doing.stop(Step.PROMISE)
        hand_over(doing, answer)
        doing.say(f"答应的事办到了：{finding}")
    return opinion


def look_back(opinion_id: int, *, actor: Any, at: datetime, finding: str) -> Opinion:
    """Close after a second 不满意 with what the look-back found (回头看)."""
    with act("look_back", opinion_id, actor, at) as doing:
        finding = required(finding, "请写明回头看看到了什么。", "finding")
        if not doing.opinion.deadlines.filter(step=Step.LOOK_BACK, ended_at=None).exists():
            raise VerbError("这件事在跟踪承诺，不是回头看。")
        LookBack.objects.create(opinion=doing.opinion, finding=finding, author=actor, created_at=doing.at)
        doing.say(f"站点回头看过：{finding}")
        doing.close(State.CLOSED)
    return doing.opinion


def reopen(opinion_id: int, *, actor: Any, at: datetime, reason: str, lead: Unit | None = None) -> Opinion:
    """Open a closed matter again (重新办): county staff, with a reason, to its unit or to the one named."""
    with act("reopen", opinion_id, actor, at) as doing:
        opinion = doing.opinion
        reason = required(reason, "请写明为什么要重新办。", "reason")
        unit = lead or opinion.lead_unit
        if unit is None:
            raise BadInput("这件事没有交过单位，请选一个单位。", "lead")
        opinion.round += 1
        opinion.is_reopened = True
        opinion.merged_into = None
        opinion.closed_at, opinion.replied_at, opinion.fed_back_at, opinion.told_at = None, None, None, None
        opinion.outcome, opinion.promised_on, opinion.satisfaction = "", None, ""
        hand_out(doing, [(unit, Assignment.Part.LEAD)], reason)
        doing.say(f"县人大要求重新办，交给{unit.short_name}，{day_words(opinion.reply_due_at)}前答复", reason)
        doing.tell(notify.to_resident("resident_redo", opinion, at=doing.at, tag=str(opinion.round)))
    return opinion
