"""What the unit does, and what the representative says of it: more time asked for, the reply, the opinion on it."""

from datetime import date, datetime
from typing import Any

from core.workdays import day_words, local_date
from core.workflow import BadInput, WrongState
from opinions.models import FormalSuggestion, Verdict
from opinions.states import PROMISES, Outcome, Satisfaction
from opinions.suggestions import deadlines, notify
from opinions.suggestions.models import SuggestionExtension, SuggestionReply
from opinions.suggestions.states import MOST_ROUNDS, State
from opinions.suggestions.workflow.county import open_round
from opinions.suggestions.workflow.engine import Act, act, by_word_of_mouth, required


def request_extension(suggestion_id: int, *, actor: Any, at: datetime, months: int, reason: str) -> FormalSuggestion:
    """Ask for more months (申请延期) before the limit has passed; six months from the first assignment are the end."""
    with act("request_extension", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        reason = required(reason, "请写明为什么要延期。", "reason")
        old, first = _clock(row)
        if deadlines.is_past(old, doing.at):
            raise WrongState("期限已经过了，不能再延。请尽快答复。")
        if row.extensions.filter(verdict=Verdict.PENDING).exists():
            raise WrongState("已经有一份延期申请等县人大核。")
        if not 1 <= months <= deadlines.MOST_MONTHS - 1:
            raise BadInput("请选一到五个月。", "months")
        new = deadlines.due_on(old, months, first)
        if new <= old:
            raise BadInput("从第一次交办起最多六个月，已经用完，不能再延。", "months")
        SuggestionExtension.objects.create(
            suggestion=row,
            unit=row.lead_unit,
            round=row.round,
            reason=reason,
            months=months,
            old_due_on=old,
            new_due_on=new,
            asked_by=doing.actor,
            asked_at=doing.at,
        )
        doing.say(f"申请延到 {day_words(new, unless_in=doing.today.year)}：{reason}")
        doing.tell("suggestion_extension_asked", notify.county(row))
    return row


def _clock(row: FormalSuggestion) -> tuple[date, date]:
    """Return the limit and the day of the first assignment; the database holds that an assigned one has both."""
    if row.due_on is None or row.first_assigned_on is None:
        raise WrongState("这份建议现在没有在走的期限。")
    return row.due_on, row.first_assigned_on


def reply(
    suggestion_id: int, *, actor: Any, at: datetime, body: str, outcome: str, promised_on: date | None = None
) -> FormalSuggestion:
    """Answer the representative with a letter (答复), class A to D; a promise has its date."""
    with act("reply", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        body = required(body, "请写答复，写清办了什么、结果怎样。", "body")
        if outcome not in Outcome.values:
            raise BadInput("请选办得怎么样。", "outcome")
        if outcome in PROMISES and (promised_on is None or promised_on <= doing.today):
            raise BadInput("“正在解决”和“列入计划”要写承诺日期，要在今天以后。", "promised_on")
        due, _first = _clock(row)
        made = SuggestionReply.objects.create(
            suggestion=row,
            unit=row.lead_unit,
            round=row.round,
            body=body,
            outcome=outcome,
            promised_on=promised_on if outcome in PROMISES else None,
            author=doing.actor,
            created_at=doing.at,
            due_on=due,
            is_in_time=not deadlines.is_past(due, doing.at),
        )
        row.extensions.filter(verdict=Verdict.PENDING).update(verdict=Verdict.LAPSED)
        row.replied_at = doing.at
        doing.target = State.REPLIED
        said = f"答复：{made.get_outcome_display()}" + ("" if made.is_in_time else "（超期）")
        doing.say(said)
        name = row.lead_unit.short_name if row.lead_unit else "单位"
        doing.note(f"{name}给代表建议“{row.title}”写了答复：{made.get_outcome_display()}。代表正在看。")
        doing.tell("suggestion_replied", [*notify.authors(row), *notify.signers(row), *notify.county(row)])
        doing.notices.extend(notify.to_residents(row, at=doing.at))
    return row


def judge(
    suggestion_id: int, *, actor: Any, at: datetime, satisfaction: str, comment: str = "", how: str = ""
) -> FormalSuggestion:
    """The representative's opinion on the reply: it closes the paper, or the first 不满意 sends it back once."""
    with act("judge", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        if satisfaction not in Satisfaction.values:
            raise BadInput("请选满意、基本满意或者不满意。", "satisfaction")
        comment = comment.strip()
        if satisfaction == Satisfaction.DISSATISFIED:
            comment = required(comment, "请写明哪里不满意，单位要照着重新办。", "comment")
        how = by_word_of_mouth(doing, how)
        answer = row.replies.get(round=row.round)
        answer.satisfaction, answer.comment = satisfaction, comment
        answer.judged_by, answer.judged_how, answer.judged_at = doing.actor, how, doing.at
        answer.save()
        said = f"代表说：{Satisfaction(satisfaction).label}" + (f"。{comment}" if comment else "")
        doing.say(f"{said}（代记：{how}）" if how else said)
        if satisfaction == Satisfaction.DISSATISFIED and row.round < MOST_ROUNDS:
            _again(doing, comment)
        else:
            _close(doing, satisfaction)
    return row


def _again(doing: Act, comment: str) -> None:
    """Open the second round with the same units. What is left of the six months is all the time there is."""
    row = doing.suggestion
    running = row.charges.filter(round=row.round).select_related("unit").order_by("pk")
    parts = [(charge.unit, charge.role) for charge in running]
    row.charges.filter(ended_at=None).update(ended_at=doing.at)
    row.round, row.replied_at = row.round + 1, None
    open_round(doing, parts, comment)
    due = day_words(row.due_on or doing.today, unless_in=doing.today.year)
    left = f"{due}前" if row.due_on and row.due_on >= local_date(doing.at) else "六个月已经到了，马上"
    doing.target = State.ASSIGNED
    doing.say(f"{doing.text}。重新办，{left}答复")
    doing.note(f"代表对建议“{row.title}”的答复不满意，单位正在重新办。")
    doing.tell("suggestion_dissatisfied", [*notify.handlers(row), *notify.county(row)])


def _close(doing: Act, satisfaction: str) -> None:
    row = doing.suggestion
    row.charges.filter(ended_at=None).update(ended_at=doing.at)
    row.satisfaction, row.closed_at = satisfaction, doing.at
    doing.target = State.CLOSED
    doing.note(f"代表建议“{row.title}”办结了。代表说：{Satisfaction(satisfaction).label}。")
    doing.tell("suggestion_closed", [*notify.handlers(row), *notify.county(row), *notify.signers(row)])
