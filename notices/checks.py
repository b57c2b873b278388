"""Start-up check: every registered kind has its text."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.template import TemplateDoesNotExist
from django.template.loader import select_template

from notices import kinds


def check_texts(**_: Any) -> list[CheckMessage]:
    """An error for each kind whose template is missing or broken; found at start-up, not at the first message."""
    problems: list[CheckMessage] = []
    for kind in kinds.known():
        for channel in kind.channels:
            try:
                select_template(kind.texts(channel))
            except TemplateDoesNotExist:
                problems.append(Error(f"Notice kind {kind.name} has no text for {channel}.", id="notices.E001"))
    return problems
