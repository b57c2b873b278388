"""Grouping (归并): ideas about the same thing stand together under one, and each proposer is told of the whole.

Taking a group apart gives back exactly what was. Whoever needs two ideas locked locks the lead first; groupings
themselves run one after another.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.turns import wait_turn
from core.workflow import BadInput, VerbError
from opinions.actors import SYSTEM
from projects import notify
from projects.models import ProjectIdea
from projects.states import OPEN, State
from projects.workflow.engine import Act, act, locked, needed


def merge(idea_id: int, *, actor: Any, at: datetime, lead_id: int) -> ProjectIdea:
    """Put an idea under another one that is open. Neither proposer learns anything of the other."""
    with transaction.atomic():
        wait_turn("merge_ideas")
        lead = _locked(lead_id)
        with act("merge", idea_id, actor, at) as doing:
            idea = doing.idea
            lead = _fit(lead, idea)
            with act("take_in", lead.pk, actor, doing.at) as taking:
                taking.say("又有人提了同样的，放在一起", f"收进来：{idea.named}")
            idea.merged_into, idea.state_before = lead, idea.state
            doing.target = State.MERGED
            doing.say("别人也提了同样的，放在一起办，有了进展一样告诉您", f"归到：{lead.named}")
            doing.tell(notify.to_proposer("idea_merged", idea, at=doing.at))
    return idea


def _locked(lead_id: int) -> ProjectIdea | None:
    try:
        return locked(lead_id)
    except ProjectIdea.DoesNotExist:
        return None


def _fit(lead: ProjectIdea | None, idea: ProjectIdea) -> ProjectIdea:
    """Return the lead where the idea may be put under it; else say why not."""
    if lead is None:
        raise BadInput("没有找到要归到的那一件。", "lead")
    if lead.pk == idea.pk:
        raise BadInput("不能归到它自己。", "lead")
    if lead.region_id[:6] != idea.region_id[:6]:
        raise BadInput("那一件是别的县的。", "lead")
    if idea.followers.filter(state=State.MERGED).exists():
        raise VerbError("这一件下面还收着别的，请先拆开，或者把那一件归到这件来。")
    if lead.state not in OPEN:
        raise BadInput(f"那一件现在是“{lead.get_state_display()}”，不能再归进去。", "lead")
    return lead


def unmerge(idea_id: int, *, actor: Any, at: datetime, reason: str) -> ProjectIdea:
    """Take an idea out again (拆开): it stands as it did before."""
    with transaction.atomic():
        lead_id = ProjectIdea.objects.filter(pk=idea_id).values_list("merged_into_id", flat=True).get()
        if lead_id is not None:
            locked(lead_id)
        with act("unmerge", idea_id, actor, at) as doing:
            reason = needed(reason, "请写明为什么拆开。", "reason", 300)
            idea = doing.idea
            if idea.merged_into_id != lead_id:
                raise VerbError("它刚刚被归到了另一件里，请刷新页面再看。")
            with act("let_go", lead_id, actor, doing.at) as letting:
                letting.say("", f"拆出去：{idea.named}。{reason}")
            doing.target = idea.state_before
            idea.merged_into, idea.state_before = None, ""
            doing.say("不再和别的放在一起，单独看", reason)
            doing.tell(notify.to_proposer("idea_unmerged", idea, at=doing.at))
    return idea


def release(doing: Act) -> None:
    """Take everything apart that was put under an idea which is withdrawn; each goes on by itself."""
    for pk in doing.idea.followers.filter(state=State.MERGED).order_by("pk").values_list("pk", flat=True):
        unmerge(pk, actor=SYSTEM, at=doing.at, reason="一起的那一件撤回了")
