"""docs/workflow.md says exactly what states.py says."""

import re
from pathlib import Path

from opinions.states import OPEN, TRANSITIONS, VERB_LABELS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


def listed(cell: str) -> frozenset[str]:
    """Read the states of a table cell."""
    return frozenset("" if word == "–" else word for word in cell.strip().split(", "))


def test_the_page_lists_every_verb_with_its_states() -> None:
    page = {verb: (listed(source), listed(target)) for verb, source, target in ROW.findall(PAGE.read_text())}
    table = {row.verb: (row.sources, row.targets) for row in TRANSITIONS if row.verb != "add_words"}
    assert page.pop("add_words")[0] == frozenset(map(str, OPEN))
    assert page == table


def test_every_verb_has_its_word() -> None:
    assert set(VERB_LABELS) == {row.verb for row in TRANSITIONS}
