"""Merging (并案): matters about the same thing are handled once, under one lead matter, and answered to each person.

A merged matter stands still: its limits stop, its state waits. Taking it apart gives back exactly what was. Whoever
needs two matters locked locks the lead first; mergings themselves run one after another.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.turns import wait_turn
from core.workflow import BadInput, VerbError
from opinions import notify
from opinions.actors import SYSTEM
from opinions.models import Deadline, Merge, Opinion
from opinions.states import BEFORE_ANSWER, State
from opinions.workflow.engine import Act, act, locked, required


def merge(opinion_id: int, *, actor: Any, at: datetime, lead_id: int) -> Opinion:
    """Put a matter under a lead that is not answered yet. Neither person learns anything of the other."""
    with transaction.atomic():
        wait_turn("merge")
        lead = _locked(lead_id)
        with act("merge", opinion_id, actor, at) as doing:
            opinion = doing.opinion
            lead = _fit(lead, opinion)
            with act("take_in", lead.pk, actor, doing.at) as taking:
                taking.say("又有一位群众反映同一件事，一起办", f"并进来：{opinion.title}")
            _stand_still(doing, lead)
            doing.say("和别人反映的同一件事一起办，有了结果一样告诉您，也请您评", f"并到：{lead.title}")
            doing.tell(notify.to_resident("resident_merged", opinion, at=doing.at, tag=f"{doing.at:%s%f}"))
    return opinion


def _locked(lead_id: int) -> Opinion | None:
    try:
        return locked(lead_id)
    except Opinion.DoesNotExist:
        return None


def _fit(lead: Opinion | None, opinion: Opinion) -> Opinion:
    """Return the lead where the matter may be put under it; else say why not."""
    if lead is None:
        raise BadInput("没有找到要并到的那件事。", "lead")
    if lead.pk == opinion.pk:
        raise BadInput("不能并到它自己。", "lead")
    if opinion.followers.filter(state=State.MERGED).exists():
        raise VerbError("这件事下面还并着别的事，请先拆开，或者把那件并到这件来。")
    if lead.state == State.MERGED:
        raise BadInput("那件事自己也并到了别的事里，请并到最前面的那一件。", "lead")
    if lead.state not in BEFORE_ANSWER:
        raise BadInput("那件事已经答复或者办结了，不能再并进去。请直接答复这件。", "lead")
    return lead


def _stand_still(doing: Act, lead: Opinion) -> None:
    opinion = doing.opinion
    running = Deadline.objects.filter(opinion=opinion, ended_at=None)
    Merge.objects.create(
        opinion=opinion,
        lead=lead,
        state_before=opinion.state,
        step_due_at_before=opinion.step_due_at,
        is_provisional_before=opinion.is_provisional,
        limits_before=list(running.values_list("pk", flat=True)),
        merged_by=doing.user,
        merged_at=doing.at,
    )
    opinion.merged_into = lead
    opinion.is_provisional = False
    doing.close(State.MERGED)


def unmerge(opinion_id: int, *, actor: Any, at: datetime, reason: str) -> Opinion:
    """Take a matter out again (拆开): state, limits and dates are what they were before the merging."""
    with transaction.atomic():
        lead_id = Opinion.objects.filter(pk=opinion_id).values_list("merged_into_id", flat=True).get()
        if lead_id is not None:
            locked(lead_id)
        with act("unmerge", opinion_id, actor, at) as doing:
            reason = required(reason, "请写明为什么拆开。", "reason")
            if doing.opinion.merged_into_id != lead_id:
                raise VerbError("这件事刚刚被别人并到了另一件里，请刷新页面再看。")
            with act("let_go", lead_id, actor, doing.at) as letting:
                letting.say("", f"拆出去：{doing.opinion.title}。{reason}")
            _move_again(doing)
            doing.say("这件事不再和别的事一起办，单独接着办", reason)
            told = [doing.opinion.first_contact_id] if doing.user is None else []
            doing.tell(notify.to_users("opinion_unmerged", doing.opinion, told, at=doing.at, tag=f"{doing.at:%s%f}"))
    return doing.opinion


def _move_again(doing: Act) -> None:
    opinion = doing.opinion
    merging = opinion.merges.get(ended_at=None)
    merging.ended_at = doing.at
    merging.save(update_fields=["ended_at"])
    Deadline.objects.filter(pk__in=merging.limits_before, opinion=opinion).update(ended_at=None)
    opinion.merged_into, opinion.closed_at = None, None
    opinion.step_due_at, opinion.is_provisional = merging.step_due_at_before, merging.is_provisional_before
    doing.target = merging.state_before


def release(doing: Act, reason: str) -> None:
    """Take everything apart that was merged into a matter which ends without an answer; each goes on by itself."""
    for follower_id in doing.opinion.followers.filter(state=State.MERGED).order_by("pk").values_list("pk", flat=True):
        unmerge(follower_id, actor=SYSTEM, at=doing.at, reason=reason)
