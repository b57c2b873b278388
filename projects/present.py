"""How an idea is shown, for the desk and for everybody: its mark, the road ahead, who keeps it. No HTML."""

from collections.abc import Mapping
from dataclasses import dataclass

from projects.models import ProjectIdea
from projects.states import ROAD, Source, State

MARKS: Mapping[str, tuple[str, str]] = {
    State.IDEA: ("is-wait", "none"),
    State.POOLED: ("is-move", "quart"),
    State.SCREENED: ("is-move", "half"),
    State.LISTED: ("is-move", "three"),
    State.ADOPTED: ("is-move", "flag"),
    State.BALLOTED: ("is-move", "dia"),
    State.BUILDING: ("is-move", "bull"),
    State.COMPLETED: ("is-done", "full"),
    State.EVALUATED: ("is-done", "box"),
    State.RECTIFYING: ("is-soon", "ret"),
    State.SHELVED: ("is-soon", "minus"),
    State.MERGED: ("is-wait", "merge"),
    State.WITHDRAWN: ("is-wait", "cross"),
}
COUNTY_OFFICE = "县人大代表工委"


@dataclass(frozen=True)
class Mark:
    """A state as shape, colour and word."""

    tone: str
    glyph: str
    label: str


@dataclass(frozen=True)
class Stop:
    """One step of the road: behind, here, or ahead."""

    word: str
    tone: str
    glyph: str


def mark_of(idea: ProjectIdea) -> Mark:
    """Return the mark of an idea."""
    return Mark(*MARKS[idea.state], idea.get_state_display())


def road_of(idea: ProjectIdea) -> list[Stop]:
    """Return the steps of the whole road; an idea that stands under another one is where that one is.

    What the government's list brought begins on the list: no step is shown that was never taken.
    """
    idea = idea.merged_into or idea
    if idea.state == State.WITHDRAWN:
        return []
    words = [word for word, _ in ROAD]
    if idea.state == State.SHELVED:
        behind = words[: 2 if idea.pooled_at is not None else 1] if idea.source != Source.LIST else []
        return [*(Stop(word, "on", "full") for word in behind), Stop(idea.get_state_display(), "now", "minus")]
    here = next(number for number, (_, states) in enumerate(ROAD) if idea.state in states)
    listed = next(number for number, (_, states) in enumerate(ROAD) if State.ADOPTED in states)
    first = listed if idea.source == Source.LIST and here >= listed else 0
    return [_stop(word, number, here) for number, word in enumerate(words)][first:]


def _stop(word: str, number: int, here: int) -> Stop:
    if number == here:
        return Stop(word, "now", "bull")
    if number == len(ROAD) - 1:
        return Stop(word, "off", "box")
    return Stop(word, "on", "full") if number < here else Stop(word, "off", "none")


def place_of(idea: ProjectIdea) -> str:
    """Return the place in words: the county as a whole, or the town or village."""
    return "全县" if len(idea.region_id) <= 6 else idea.region.short_name


def keeper_of(idea: ProjectIdea) -> str:
    """Return who looks after it."""
    return idea.station.name if idea.station else COUNTY_OFFICE


def support_words(idea: ProjectIdea, gathered: int) -> str:
    """Say how many wished for it: those who proposed it, and those who seconded."""
    proposed = f"{gathered + 1} 人提过" if gathered else ""
    seconded = f"{idea.seconds} 人附议" if idea.seconds else ""
    return "，".join(filter(None, (proposed, seconded))) or "还没有人附议"
