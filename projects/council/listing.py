"""What stands on the list to the government: the projects' public words, scores and opinions; nobody's name."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.council.figures import Tally
from projects.council.models import FeasibilityOpinion
from projects.council.present import latest_kept
from projects.models import ProjectIdea
from projects.present import place_of
from projects.states import State


@dataclass(frozen=True)
class Listed:
    """One row, ready to be read."""

    number: int
    idea: ProjectIdea
    place: str
    benefit: str
    opinions: list[FeasibilityOpinion]
    tally: Tally

    @property
    def opinion(self) -> str:
        """Return what the units said, one after another."""
        return "；".join(f"{one.unit.short_name}：{one.get_verdict_display()}，{one.words}" for one in self.opinions)

    @property
    def cost(self) -> str:
        """Return the rough cost in 万元 as each unit put it."""
        return "；".join(one.cost_words for one in self.opinions if one.cost is not None)

    @property
    def cost_number(self) -> Decimal | str:
        """Return the rough cost as a number where one unit alone named one, for adding up; else its words."""
        named = [one.cost for one in self.opinions if one.cost is not None]
        return named[0] if len(named) == 1 else self.cost

    @property
    def scores(self) -> str:
        """Return the averages and how many gave them."""
        tally = self.tally
        if not tally.voices:
            return ""
        parts = "、".join(f"{label} {mean}" for label, mean in tally.averages)
        return f"综合 {tally.overall}（{parts}），{tally.voices} 人打分" if parts else f"{tally.voices} 人打分"


def years(user: Any) -> list[int]:
    """Return the years that have something on the list, the newest first."""
    rows = ProjectIdea.objects.visible_to(user).filter(state=State.LISTED)
    return list(rows.order_by("-year").values_list("year", flat=True).distinct())


def listed(user: Any, year: int) -> list[Listed]:
    """Return the list of a year: the best scored first, then by how many seconded it."""
    ideas = ProjectIdea.objects.visible_to(user).filter(state=State.LISTED, year=year)
    rows = list(ideas.select_related("region").defer("name", "phone", "body", "body_folded").order_by("pk"))
    kept = latest_kept(rows)
    none = Tally()

    def weight(idea: ProjectIdea) -> tuple[Any, int, int]:
        entry = kept.get(idea.pk)
        return (-(entry.tally if entry else none).weight, -idea.seconds, idea.pk)

    return [_row(number, idea, kept.get(idea.pk)) for number, idea in enumerate(sorted(rows, key=weight), 1)]


def _row(number: int, idea: ProjectIdea, entry: Any) -> Listed:
    said = [one for one in entry.opinions if one.verdict] if entry else []
    benefit = entry.item.benefits_many_note if entry else ""
    return Listed(number, idea, place_of(idea), benefit or idea.summary, said, entry.tally if entry else Tally())
