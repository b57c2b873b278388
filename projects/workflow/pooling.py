"""The reserve pool (项目储备库): take an idea in under public words, mend the words, shelve it with a reason."""

from datetime import datetime
from typing import Any

from accounts import audit
from core.text import tidy
from core.workflow import BadInput
from projects import notify
from projects.models import ProjectIdea
from projects.states import State
from projects.workflow.engine import act, needed
from stations.models import Category

TITLE, SUMMARY, REASON = 40, 400, 300  # characters


def pool(idea_id: int, *, actor: Any, at: datetime, title: str, summary: str, category: Category | None) -> ProjectIdea:
    """Put an idea into the pool (入库): from now on everybody reads the title and the summary, and may second it."""
    with act("pool", idea_id, actor, at) as doing:
        idea = doing.idea
        was_public = idea.pooled_at is not None
        _publish(idea, title, summary, category)
        idea.pooled_at = idea.pooled_at or doing.at
        idea.shelved_reason = ""
        doing.target = State.POOLED
        doing.say(f"进了项目储备库，公开的标题是“{idea.title}”，别人可以附议")
        doing.tell(notify.to_proposers("idea_pooled", idea, at=doing.at))
        if was_public:
            doing.tell(notify.to_seconders("idea_seconder_pooled", idea, at=doing.at))
    return idea


def reword(
    idea_id: int, *, actor: Any, at: datetime, title: str, summary: str, category: Category | None
) -> ProjectIdea:
    """Mend the public words of a pooled idea; the old ones stay in the history."""
    with act("reword", idea_id, actor, at) as doing:
        before = f"原来的标题：{doing.idea.title}。原来的说明：{doing.idea.summary}"
        _publish(doing.idea, title, summary, category)
        doing.say("", before)
    return doing.idea


def _publish(idea: ProjectIdea, title: str, summary: str, category: Category | None) -> None:
    idea.title = needed(tidy(title), "请写一个公开的标题。", "title", TITLE)
    idea.summary = needed(tidy(summary), "请写几句公开的说明：办什么、在哪里、谁受益。", "summary", SUMMARY)
    if category is None:
        raise BadInput("请选归入哪一类。", "category")
    idea.category = category


def shelve(idea_id: int, *, actor: Any, at: datetime, reason: str) -> ProjectIdea:
    """Shelve an idea (暂缓). The reason is read by the proposer, and by everybody where the idea was public."""
    with act("shelve", idea_id, actor, at) as doing:
        idea = doing.idea
        idea.shelved_reason = needed(tidy(reason), "请写明为什么暂缓，提议的人看得到。", "reason", REASON)
        doing.target = State.SHELVED
        doing.say(f"暂缓：{idea.shelved_reason}")
        doing.tell(notify.to_proposers("idea_shelved", idea, at=doing.at))
        if idea.pooled_at is not None:
            doing.tell(notify.to_seconders("idea_seconder_shelved", idea, at=doing.at))
    return idea


def reveal(idea_id: int, *, actor: Any, at: datetime, reason: str, ip: str = "") -> ProjectIdea:
    """Look at name and telephone in full; the reason goes into history and audit."""
    with act("reveal", idea_id, actor, at) as doing:
        reason = needed(reason, "请写明为什么要看。", "reason", 100)
        doing.say(f"{actor.label}看过您的联系方式", reason)
        audit.record(
            "proposer_revealed", actor=actor, at=doing.at, subject=f"idea:{idea_id}", detail={"reason": reason}, ip=ip
        )
    return doing.idea
