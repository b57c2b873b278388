"""Choices drawn without a template for each option: a county's lists are long, and a list page shows six of them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(forms.Select):
    """A `<select>` that looks and behaves like Django's and costs a hundredth of it."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the element with the option of `value` selected; grouped choices become option groups."""
        chosen = set(self.format_value(value))
        shown = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return mark_safe(f"<select{shown}>{_options(self.choices, chosen)}</select>")  # noqa: S308 - escaped below


def _options(choices: Iterable[Any], chosen: set[str]) -> str:
    parts = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            parts.append(f'<optgroup label="{escape(value)}">{_options(label, chosen)}</optgroup>')
            continue
        held = "" if value is None else str(value)
        selected = " selected" if held in chosen else ""
        chosen.discard(held)  # of two options with one value the first is meant
        parts.append(f'<option value="{escape(held)}"{selected}>{escape(label)}</option>')
    return "".join(parts)


class PlainChecks(forms.CheckboxSelectMultiple):
    """Boxes to tick, each in its label, drawn as one string."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the boxes in a `div`, those of `value` ticked."""
        chosen = set(self.format_value(value))
        stem = (attrs or {}).get("id", "")
        boxes = [
            f'<div><label for="{stem}_{place}"><input type="checkbox" name="{name}" value="{escape(held)}" '
            f'id="{stem}_{place}"{" checked" if str(held) in chosen else ""}> {escape(label)}</label></div>'
            for place, (held, label) in enumerate(self.choices)
        ]
        return mark_safe(f'<div id="{stem}">{"".join(boxes)}</div>')  # noqa: S308 - escaped above
