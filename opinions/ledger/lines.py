"""What a preview says of one row: its cells with their errors, and what would become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices


class Verdict(TextChoices):
    """What would become of a row."""

    READY = "READY", "可以办"
    ALREADY = "ALREADY", "已经有了"
    BLANK = "BLANK", "没填，跳过"
    BAD = "BAD", "有错，不办"


@dataclass(frozen=True)
class ShownCell:
    """A cell of the preview: heading, text, the sentence when it cannot be understood, what it was understood as."""

    label: str
    text: str
    error: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the preview; `ready` is what will be carried out, None where nothing will."""

    number: int
    cells: tuple[ShownCell, ...]
    verdict: str
    note: str = ""
    ready: Any = None

    @property
    def label(self) -> str:
        """The verdict in words."""
        return Verdict(self.verdict).label

    @property
    def sentences(self) -> list[str]:
        """What is wrong, by cell: 第 12 行 收到日期：看不懂“2023.13.1”."""
        return [f"第 {self.number} 行 {cell.label}：{cell.error}" for cell in self.cells if cell.error]


@dataclass
class Outcome:
    """What carrying out a sheet came to: numbers, and rows that were refused with their sentence."""

    done: int = 0
    already: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def counts(lines: Sequence[Line]) -> dict[str, int]:
    """Count the lines by verdict."""
    found = dict.fromkeys(Verdict.values, 0)
    for line in lines:
        found[line.verdict] += 1
    return found
