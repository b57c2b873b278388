"""The whole way of a project in plain sentences, from the first idea to the verdict, for everybody.

Made of the states and days of its history alone; nothing that a person wrote comes in, so nobody can be read from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from core.workdays import local_date
from projects.models import ProjectIdea
from projects.states import Source, State

BEGAN: Mapping[str, str] = {
    Source.REPRESENTATIVE: "人大代表提出来",
    Source.OPINION: "群众反映一件事，站点看着适合做成项目",
    Source.LIST: "县里的年度清单上有它，照清单列入当年要办的事",
}
ARRIVED: Mapping[str, str] = {
    State.POOLED: "收进项目储备库",
    State.SCREENED: "民生议事会商量过",
    State.LISTED: "列进清单，提交政府",
    State.ADOPTED: "列入当年要办的事",
    State.BALLOTED: "代表投票通过",
    State.BUILDING: "开工",
    State.COMPLETED: "完工",
    State.RECTIFYING: "大家评过，还不够满意，要整改",
    State.EVALUATED: "大家评过，达到了",
    State.SHELVED: "暂缓",
}
AGAIN: Mapping[tuple[str, str], str] = {
    (State.RECTIFYING, State.COMPLETED): "整改好了",
    (State.SHELVED, State.POOLED): "又收进项目储备库",
}


@dataclass(frozen=True)
class Chapter:
    """One thing that happened, and on which day."""

    day: date
    words: str


def story_of(idea: ProjectIdea, gathered: int, tied: Iterable[date] = ()) -> list[Chapter]:
    """Tell a project's way so far, the first thing first; `gathered` is how many more had the same idea.

    `tied` are the days of ballots that did not settle it: they move no state.
    """
    began = BEGAN.get(idea.source, "有群众提出来")
    voices = (f"后来又有 {gathered} 人提了同样的" if gathered else "", f"{idea.seconds} 人附议" if idea.seconds else "")
    told = [Chapter(local_date(idea.created_at), "，".join(filter(None, (began, *voices))))]
    for at, verb, source, target in idea.history.order_by("at", "id").values_list(
        "at", "verb", "from_state", "to_state"
    ):
        words = "请大家来评" if verb == "open_poll" else ""
        if source and source != target:
            words = AGAIN.get((source, target), ARRIVED.get(target, ""))
        if words:
            told.append(Chapter(local_date(at), words))
    told += [Chapter(day, "代表投票，票数相同没有定下来，要再投一次") for day in tied]
    return sorted(told, key=lambda chapter: chapter.day)
