"""What a council decides of an idea: it passes the screening, and the county puts it on the list to the government."""

from datetime import datetime
from typing import Any

from core.text import tidy
from projects import notify
from projects.models import ProjectIdea
from projects.states import State
from projects.workflow.engine import act, needed
from projects.workflow.pooling import REASON


def screen(idea_id: int, *, actor: Any, at: datetime, reason: str, goes_on: bool = False) -> ProjectIdea:
    """Pass the screening (议定) with a reason everybody reads. `goes_on`: the list follows at once and tells."""
    with act("screen", idea_id, actor, at) as doing:
        words = needed(tidy(reason), "请写明为什么列入，大家看得到。", "reason", REASON)
        doing.target = State.SCREENED
        doing.say(f"代表议事会议定列入：{words}")
        if not goes_on:
            doing.tell(notify.to_proposers("idea_screened", doing.idea, at=doing.at))
    return doing.idea


def enlist(idea_id: int, *, actor: Any, at: datetime, reason: str) -> ProjectIdea:
    """Carry out the verb `list`: the county puts it on the list to the government (提交政府)."""
    with act("list", idea_id, actor, at) as doing:
        words = needed(tidy(reason), "请写明为什么列入，大家看得到。", "reason", REASON)
        doing.target = State.LISTED
        doing.say(f"县里的议事会列进提交政府的清单：{words}")
        doing.tell(notify.to_proposers("idea_listed", doing.idea, at=doing.at))
        doing.tell(notify.to_seconders("idea_seconder_listed", doing.idea, at=doing.at))
    return doing.idea
