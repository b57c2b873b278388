"""docs/workflow.md says of the projects exactly what states.py says."""

from pathlib import Path

from projects.states import TRANSITIONS, State
from tests.duties.test_workflow_doc import listed, said

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"


def section() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## Livelihood projects")[2].partition("\n## ")[0]


def narrow(pairs: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """A verb that changes nothing is written as 不变; its table allows any of its states, the verb stays in its own."""
    staying = {"take_in", "let_go", "reveal", "change_plan", "inspect"}
    return {(verb, source, target) for verb, source, target in pairs if verb not in staying or source == target}


def test_the_section_lists_every_verb_with_its_states() -> None:
    assert listed(section()) == narrow(said(TRANSITIONS))


def test_the_section_names_every_state_in_both_tongues() -> None:
    for state in State:
        assert f"`{state.value}` {state.label}" in section()
