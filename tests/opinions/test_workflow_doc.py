"""docs/workflow.md says exactly what states.py says."""

import re
from pathlib import Path

import pytest

from core.workflow import Transition
from opinions import states
from opinions.states import TRANSITIONS, VERB_LABELS
from opinions.suggestions import states as suggestions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


def listed(cell: str) -> frozenset[str]:
    """Read the states of a table cell."""
    return frozenset("" if word == "–" else word for word in cell.strip().split(", "))


@pytest.mark.parametrize(("part", "table"), [(0, states.TRANSITIONS), (1, suggestions.TRANSITIONS)])
def test_the_page_lists_every_verb_with_its_states(part: int, table: tuple[Transition, ...]) -> None:
    text = PAGE.read_text().partition("## Duty rosters")[0].split("## Formal suggestions")[part]
    page = {verb: (listed(source), listed(target)) for verb, source, target in ROW.findall(text)}
    for verb, (sources, targets) in page.items():
        if targets == {"（不变）"}:
            page[verb] = (sources, sources)
    assert page == {row.verb: (row.sources, row.targets) for row in table}


def test_every_verb_has_its_word() -> None:
    assert set(VERB_LABELS) == {row.verb for row in TRANSITIONS}
