"""docs/workflow.md says of themes and notes exactly what states.py says."""

from duties.themes.states import NOTE_TRANSITIONS, TRANSITIONS
from tests.duties.test_workflow_doc import PAGE, listed, said


def test_the_section_lists_every_verb_with_its_states() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Monthly themes")[2].partition("\n## ")[0]
    themes, _, notes = section.partition("Notes of what was done:")
    assert listed(themes) == said(TRANSITIONS)
    assert listed(notes) == said(NOTE_TRANSITIONS)
