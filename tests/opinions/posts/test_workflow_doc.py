"""docs/workflow.md says of the service posts exactly what states.py says."""

from opinions.posts.states import TRANSITIONS
from tests.duties.test_workflow_doc import PAGE, listed, said


def test_the_section_lists_every_verb_with_its_states() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Service posts")[2].partition("\n## ")[0]
    assert listed(section) == said(TRANSITIONS)
