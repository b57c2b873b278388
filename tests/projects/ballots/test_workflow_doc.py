"""docs/workflow.md says of the ballots exactly what states.py says."""

from pathlib import Path

from projects.ballots.states import TRANSITIONS, State
from tests.duties.test_workflow_doc import listed, said

PAGE = Path(__file__).resolve().parents[3] / "docs" / "workflow.md"


def section() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## Ballots of the representatives")[2].partition("\n## ")[0]


def test_the_section_lists_every_verb_with_its_states() -> None:
    assert listed(section()) == said(TRANSITIONS)


def test_the_section_names_every_state_in_both_tongues() -> None:
    for state in State:
        assert f"`{state.value}` {state.label}" in section()
