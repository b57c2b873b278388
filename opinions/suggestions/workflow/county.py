"""What the county committee does: send back, put on its list, hand out with a date, decide on more time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.workdays import day_words, local_date
from core.workflow import BadInput, VerbError
from opinions.models import FormalSuggestion, Verdict
from opinions.suggestions import deadlines, notify
from opinions.suggestions.models import SuggestionCharge, SuggestionExtension
from opinions.suggestions.states import State
from opinions.suggestions.workflow.engine import Act, act, required
from stations.models import Unit

# The row stays locked until the verb is written: a refusal takes the number back, and none is left out.
_TAKE_NUMBER = """
INSERT INTO opinions_suggestionseries (county_code, year, last) VALUES (%s, %s, 1)
ON CONFLICT (county_code, year) DO UPDATE SET last = opinions_suggestionseries.last + 1 RETURNING last
"""


def send_back(suggestion_id: int, *, actor: Any, at: datetime, reason: str) -> FormalSuggestion:
    """Send the paper back to be changed (退回修改), with the reason."""
    with act("send_back", suggestion_id, actor, at) as doing:
        doing.suggestion.return_reason = required(reason, "请写明要改什么。", "reason")
        doing.target = State.RETURNED
        doing.say(f"退回修改：{doing.suggestion.return_reason}")
        doing.tell("suggestion_returned", notify.authors(doing.suggestion))
    return doing.suggestion


def accept(suggestion_id: int, *, actor: Any, at: datetime) -> FormalSuggestion:
    """Put it on the county's list (立案): it gets its number, year and running."""
    with act("accept", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        row.year = doing.today.year
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_NUMBER, [row.county_code, row.year])
            row.serial = cursor.fetchone()[0]
        row.number = f"{row.year}-{row.serial:03d}"
        row.accepted_at = doing.at
        doing.target = State.ACCEPTED
        doing.say(f"立案，编号 {row.number}")
        doing.note(f"县人大给代表建议“{row.title}”立案了，编号 {row.number}。")
        doing.tell("suggestion_accepted", [*notify.authors(row), *notify.signers(row)])
    return row


def assign(
    suggestion_id: int, *, actor: Any, at: datetime, lead: Unit, co_units: Sequence[Unit] = (), demand: str = ""
) -> FormalSuggestion:
    """Hand it out (交办): lead and co-handling units; the clock of the law starts here and nowhere else."""
    with act("assign", suggestion_id, actor, at) as doing:
        row = doing.suggestion
        helpers = list(dict.fromkeys(co_units))
        if lead in helpers:
            raise BadInput("主办单位不用再写成协办。", "co_units")
        if not all(unit.is_active for unit in (lead, *helpers)):
            raise BadInput("选的单位里有已经停用的。", "lead")
        row.lead_unit, row.first_assigned_on, row.assigned_at = lead, doing.today, doing.at
        open_round(doing, [(lead, SuggestionCharge.Part.LEAD), *((unit, SuggestionCharge.Part.CO) for unit in helpers)],
                   demand.strip())  # fmt: skip
        joined = f"，{'、'.join(unit.short_name for unit in helpers)}协办" if helpers else ""
        due = day_words(row.due_on or doing.today, unless_in=doing.today.year)
        doing.target = State.ASSIGNED
        doing.say(f"交给{lead.short_name}主办{joined}，{due}前答复代表")
        doing.note(f"代表建议“{row.title}”交给{lead.short_name}办，{due}前答复代表。")
        doing.tell("suggestion_assigned", notify.handlers(row))
        doing.tell("suggestion_accepted", [*notify.authors(row), *notify.signers(row)])
    return row


def open_round(doing: Act, parts: Sequence[tuple[Unit, str]], demand: str) -> None:
    """Write the charges of a round and its limit, counted from today, never past the sixth month of the first."""
    row = doing.suggestion
    months = deadlines.usual_months()
    first = row.first_assigned_on or doing.today
    due_on = deadlines.due_on(doing.today, months, first)
    doing.set_limit(due_on)
    SuggestionCharge.objects.bulk_create(
        SuggestionCharge(
            suggestion=row,
            unit=unit,
            role=part,
            round=row.round,
            demand=demand,
            months=months,
            started_on=doing.today,
            due_on=due_on,
            assigned_by=doing.actor if doing.actor.pk else None,
            assigned_at=doing.at,
        )
        for unit, part in parts
    )


def grant_extension(suggestion_id: int, *, actor: Any, at: datetime, note: str = "") -> FormalSuggestion:
    """Grant the months (同意延期). The old date stays in the wish."""
    with act("grant_extension", suggestion_id, actor, at) as doing:
        wish = _decide(doing, Verdict.GRANTED, note.strip())
        doing.set_limit(wish.new_due_on)
        old, new = day_words(wish.old_due_on), day_words(wish.new_due_on, unless_in=local_date(at).year)
        doing.say(f"答复的日子从 {old}延到 {new}。原因：{wish.reason}")
        doing.note(f"代表建议“{doing.suggestion.title}”的答复从 {old}延到 {new}。原因：{wish.reason}")
        doing.tell(
            "suggestion_extension_decided", [*notify.handlers(doing.suggestion), *notify.authors(doing.suggestion)]
        )
    return doing.suggestion


def refuse_extension(suggestion_id: int, *, actor: Any, at: datetime, reason: str) -> FormalSuggestion:
    """Refuse the months (不同意延期); the date stands."""
    with act("refuse_extension", suggestion_id, actor, at) as doing:
        reason = required(reason, "请写明为什么不同意延期。", "reason")
        wish = _decide(doing, Verdict.REFUSED, reason)
        doing.say(f"没有同意延期，还是 {day_words(wish.old_due_on)}前答复：{reason}")
        doing.tell("suggestion_extension_decided", notify.handlers(doing.suggestion))
    return doing.suggestion


def _decide(doing: Act, verdict: str, note: str) -> SuggestionExtension:
    wish = doing.suggestion.extensions.filter(verdict=Verdict.PENDING).first()
    if wish is None:
        raise VerbError("现在没有等着核的延期申请，可能刚刚有人核过了。")
    wish.verdict, wish.note = verdict, note
    wish.decided_by, wish.decided_at = doing.actor, doing.at
    wish.save()
    return wish
