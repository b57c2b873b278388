"""How a council is shown: marks, its agenda with tallies and what the units say, and the result for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from projects.council.figures import Tally, tallies
from projects.council.models import AgendaItem, Council, FeasibilityOpinion
from projects.council.states import QUESTIONS, Result, State
from projects.models import ProjectIdea
from projects.present import place_of

MARKS = {
    State.PREPARED: ("is-wait", "none"),
    State.OPEN: ("is-move", "half"),
    State.CLOSED: ("is-done", "full"),
}
RESULT_MARKS = {
    Result.KEEP: ("is-done", "full"),
    Result.LATER: ("is-soon", "minus"),
    Result.NO: ("is-wait", "cross"),
    Result.GONE: ("is-wait", "merge"),
}


def mark_of(council: Council) -> tuple[str, str, str]:
    """Return tone, shape and word of a meeting."""
    return (*MARKS[State(council.state)], council.get_state_display())


@dataclass(frozen=True)
class Entry:
    """One item of an agenda with all that is known of it."""

    number: int
    item: AgendaItem
    place: str
    tally: Tally
    opinions: list[FeasibilityOpinion]

    @property
    def checks(self) -> list[tuple[str, str, str]]:
        """Return each question, its answer in words, and the note."""
        return [
            (label, getattr(self.item, f"get_{name}_display")() or "还没核对", getattr(self.item, f"{name}_note"))
            for name, label in QUESTIONS
        ]

    @property
    def is_checked(self) -> bool:
        """Tell whether the three questions are answered."""
        return all(getattr(self.item, name) for name, _ in QUESTIONS)

    @property
    def mark(self) -> tuple[str, str, str] | None:
        """Return the result as tone, shape and word, None before the meeting has closed."""
        item = self.item
        return (*RESULT_MARKS[Result(item.result)], item.get_result_display()) if item.result else None


def agenda(council: Council) -> list[Entry]:
    """Return the agenda in its order; the same number of queries however long it is."""
    return entries(council.items.order_by("position", "id"))


def entries(rows: Any) -> list[Entry]:
    """Return items with their tallies and opinions."""
    said = Prefetch("opinions", FeasibilityOpinion.objects.select_related("unit").order_by("pk"))
    items = list(rows.select_related("idea__region", "council__station", "council__region").prefetch_related(said))
    found = tallies(item.pk for item in items)
    return [
        Entry(number, item, place_of(item.idea), found.get(item.pk, Tally()), list(item.opinions.all()))
        for number, item in enumerate(items, 1)
    ]


def results_of(idea: ProjectIdea) -> list[Entry]:
    """Return what councils decided of an idea, the newest first: for its public page and for the desk's."""
    decided = AgendaItem.objects.filter(idea=idea, council__state=State.CLOSED).exclude(result=Result.GONE)
    return entries(decided.order_by("-council__closed_at", "-pk"))


def latest_kept(ideas: Iterable[ProjectIdea]) -> dict[int, Entry]:
    """Return for each idea the county's last decision to list it."""
    rows = AgendaItem.objects.filter(idea__in=list(ideas), result=Result.KEEP, council__station=None)
    return {entry.item.idea_id: entry for entry in entries(rows.order_by("council__closed_at", "pk"))}
