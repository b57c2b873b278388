"""docs/workflow.md says of the rosters exactly what states.py says."""

import re
from pathlib import Path

from duties.states import ROSTER_TRANSITIONS, SHIFT_TRANSITIONS, SWAP_TRANSITIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


def states(cell: str) -> frozenset[str]:
    return frozenset("" if word == "–" else word for word in cell.strip().split(", "))


def listed(text: str) -> set[tuple[str, str, str]]:
    """Every verb, source and target of the tables in a text."""
    found = set()
    for verb, source, target in ROW.findall(text):
        for state in states(source):
            targets = {state} if "不变" in target else states(target)
            found |= {(verb, state, to) for to in targets}
    return found


def said(rows: object) -> set[tuple[str, str, str]]:
    return {(row.verb, source, target) for row in rows for source in row.sources for target in row.targets}  # type: ignore[attr-defined]


def test_the_section_lists_every_verb_with_its_states() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Duty rosters")[2].partition("\n## ")[0]
    shifts, _, swaps = section.partition("Swaps:")
    assert listed(shifts) == said(ROSTER_TRANSITIONS) | said(SHIFT_TRANSITIONS)
    assert listed(swaps) == said(SWAP_TRANSITIONS)
