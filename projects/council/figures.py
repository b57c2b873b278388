"""The scores of an item as everybody may read them: how many voices and the averages, never who gave what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Sum

from projects.council.models import Score
from projects.council.states import MEASURES

FEWEST = 2  # the average of one voice is his own sheet


@dataclass(frozen=True)
class Tally:
    """The sums of one item. Fewer than FEWEST voices are counted and not averaged."""

    voices: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)

    @property
    def averages(self) -> list[tuple[str, str]]:
        """Return measure and average in words, to one decimal place."""
        return [(label, self.mean(name)) for name, label, _ in MEASURES] if self.voices >= FEWEST else []

    def mean(self, name: str) -> str:
        """Return one average as it is shown."""
        return _shown(self.sums[name], self.voices)

    @property
    def overall(self) -> str:
        """Return the average of the four."""
        return _shown(sum(self.sums.values()), self.voices * len(MEASURES)) if self.voices >= FEWEST else ""

    @property
    def weight(self) -> Fraction:
        """Return what an item is put in order by, exactly."""
        return Fraction(sum(self.sums.values()), self.voices * len(MEASURES)) if self.voices else Fraction(0)


def _shown(total: int, count: int) -> str:
    return str((Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP))


def tallies(item_ids: Iterable[int]) -> dict[int, Tally]:
    """Return the tally of each item that has a voice, in one query."""
    sums: dict[str, Any] = {name: Sum(name) for name, _, _ in MEASURES}
    rows: Any = (
        Score.objects.filter(item__in=list(item_ids)).order_by().values("item").annotate(voices=Count("pk"), **sums)
    )
    return {row["item"]: Tally(row["voices"], {name: row[name] for name in sums}) for row in rows}
