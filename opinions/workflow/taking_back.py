"""Taking the last step back (撤回): by whoever did it, within ten minutes, while nobody has acted since.

It is a verb of its own and never an edit: the history keeps both lines. State, limits and units are afterwards what
they were; who has been told already is told that it does not hold (docs/adr/0019).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.workflow import WrongState
from notices.calling_back import call_back
from opinions import notify
from opinions.models import Assignment, Deadline, HistoryEntry, Merge, Opinion, SupervisionCard, Undo
from opinions.states import VERB_LABELS
from opinions.supervision.levels import Cleared
from opinions.workflow.engine import Act, act, locked
from opinions.workflow.intake import searchable
from opinions.workflow.remembering import put_back

WITHIN = timedelta(minutes=10)
_PREFIX = "take_back_"
_PUBLIC: Mapping[str, str] = {
    "accept": "刚才受理时有一处填错了，站点重新看",
    "decline": "刚才的“没有受理”是点错了，站点接着看这件事",
    "assign": "刚才交给{unit}是交错了，站点重新找单位",
    "merge": "刚才和别的事并在一起是并错了，单独接着办",
}
_TOLD: Mapping[str, tuple[str, ...]] = {
    "accept": ("resident_accepted",),
    "decline": ("resident_declined",),
    "assign": ("opinion_assigned", "resident_assigned"),
    "merge": ("resident_merged",),
}


def take_back_accept(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Take 受理 back: the matter waits to be accepted again."""
    return _take_back("accept", opinion_id, actor, at)


def take_back_decline(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Take 不予受理 back: the matter waits to be accepted again."""
    return _take_back("decline", opinion_id, actor, at)


def take_back_assign(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Take 交办 back before the unit signed: the unit no longer has the matter."""
    return _take_back("assign", opinion_id, actor, at)


def take_back_merge(opinion_id: int, *, actor: Any, at: datetime) -> Opinion:
    """Take 并案 back: the matter goes on by itself. The lead is locked first, as in every verb that needs two."""
    with transaction.atomic():
        lead_id = Opinion.objects.values_list("merged_into_id", flat=True).get(pk=opinion_id)
        if lead_id is not None:
            locked(lead_id)
        opinion = _take_back("merge", opinion_id, actor, at)
        with act("let_go", lead_id, actor, opinion.changed_at) as letting:
            letting.say("", f"撤回并案：{opinion.title}")
        opinion.merges.filter(ended_at=None).update(ended_at=opinion.changed_at)
    return opinion


def verb_for(user: Any, opinion: Opinion, at: datetime) -> str:
    """Return the verb by which this user may take the matter's last step back now, "" when there is none."""
    kept = Undo.objects.filter(opinion_id=opinion.pk, user_id=user.pk, done_at__gte=at - WITHIN).first()
    return f"{_PREFIX}{kept.verb}" if kept is not None and _is_last(kept) else ""


def _is_last(kept: Undo) -> bool:
    """Tell whether nothing was written into the matter's history after the step."""
    return not HistoryEntry.objects.filter(opinion_id=kept.opinion_id, pk__gt=kept.entry_id).exists()


def _take_back(verb: str, opinion_id: int, actor: Any, at: datetime) -> Opinion:
    with act(f"{_PREFIX}{verb}", opinion_id, actor, at) as doing:
        kept = _kept(doing, verb)
        unit = doing.opinion.lead_unit.short_name if doing.opinion.lead_unit else ""
        doing.say(_PUBLIC[verb].format(unit=unit), VERB_LABELS[doing.verb])
        _correct(doing, kept)
        _put_back(doing, kept)
    return doing.opinion


def _kept(doing: Act, verb: str) -> Undo:
    """Return what the step left for taking it back, or say why it stays."""
    kept = Undo.objects.filter(opinion=doing.opinion, verb=verb, user=doing.user).first()
    if kept is None or not _is_last(kept):
        raise WrongState("后来又有人办过这件事，不能撤回了。请刷新页面再看。")
    if doing.at > kept.done_at + WITHIN:
        raise WrongState("过了 10 分钟，不能撤回了。")
    if verb == "decline" and Merge.objects.filter(lead=doing.opinion, ended_at__gte=kept.done_at).exists():
        raise WrongState("并在一起的事已经拆开单独办了，不能撤回。请照常登记一件新的。")
    return kept


def _correct(doing: Act, kept: Undo) -> None:
    """Call back what has not left; tell those who were reached that it does not hold."""
    opinion, tag = doing.opinion, f"{doing.at:%s%f}"
    reached = call_back(notify.subject_of(opinion), _TOLD[kept.verb], written_at=kept.done_at, mark=tag)
    drafts = notify.to_users("opinion_taken_back", opinion, reached.users, at=doing.at, tag=tag)
    # the unit sees the matter no longer: the notice leads to what it does have
    doing.tell(replace(draft, subject="opinion_list:open") for draft in drafts)
    if reached.is_outside:
        doing.tell(notify.to_resident("resident_taken_back", opinion, at=doing.at, tag=tag))


def _put_back(doing: Act, kept: Undo) -> None:
    opinion = doing.opinion
    Deadline.objects.filter(opinion=opinion, ended_at=None).exclude(pk__in=kept.limits).delete()
    Deadline.objects.filter(opinion=opinion, pk__in=kept.limits).update(ended_at=None)
    Assignment.objects.filter(opinion=opinion, ended_at=None).delete()
    cleared = SupervisionCard.objects.filter(opinion=opinion, cleared_at=kept.done_at, cleared_how=Cleared.WORK)
    cleared.update(cleared_at=None, cleared_how="")
    put_back(opinion, kept)
    opinion.body_folded = searchable(opinion.title, opinion.body, opinion.location)
    doing.target = opinion.state
