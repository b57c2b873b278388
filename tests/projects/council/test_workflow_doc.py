"""docs/workflow.md says of the councils exactly what states.py says."""

from pathlib import Path

from projects.council.states import TRANSITIONS, State
from tests.duties.test_workflow_doc import listed, said

PAGE = Path(__file__).resolve().parents[3] / "docs" / "workflow.md"
STAYING = {"change", "check", "ask", "answer"}


def section() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## Screening councils")[2].partition("\n## ")[0]


def test_the_section_lists_every_verb_with_its_states() -> None:
    narrow = {
        (verb, source, target) for verb, source, target in said(TRANSITIONS) if verb not in STAYING or source == target
    }
    assert listed(section()) == narrow


def test_the_section_names_every_state_in_both_tongues() -> None:
    for state in State:
        assert f"`{state.value}` {state.label}" in section()
