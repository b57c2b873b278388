"""A form whose answer is a file leaves its page as it is: the button must work again at once."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ANSWERED_WITH_A_FILE = re.compile(
    r"<form[^>]*(?:class=\"[^\"]*export|projects:(?:poll_hand_out|ballot_print|ballot_word|government_|works_(?:word|excel)|export))[^>]*>"
)
FOLDER = Path(settings.BASE_DIR) / "templates"
FORMS = [
    pytest.param(found[0], id=f"{path.relative_to(FOLDER)}-{number}")
    for path in sorted(FOLDER.rglob("*.html"))
    for number, found in enumerate(ANSWERED_WITH_A_FILE.finditer(path.read_text()))
]


def test_such_forms_are_found() -> None:
    assert len(FORMS) > 6


@pytest.mark.parametrize("form", FORMS)
def test_a_download_can_be_asked_for_again(form: str) -> None:
    assert "data-again" in form
