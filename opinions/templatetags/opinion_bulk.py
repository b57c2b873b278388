"""The long choices of a preview with fifty rows, written without a template."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str, empty: str) -> SafeString:
    """Draw the options of a choice: `empty` names the one that chooses nothing."""
    drawn = [f'<option value="">{escape(empty)}</option>']
    for value, label in choices:
        mark = " selected" if value == chosen else ""
        drawn.append(f'<option value="{escape(value)}"{mark}>{escape(label)}</option>')
    return mark_safe("".join(drawn))  # noqa: S308 - every value is escaped
