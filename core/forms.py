"""The base of every form: one crispy helper without a form tag, and error sentences in plain words."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

# Django's own sentences for dates, numbers and lengths are good; these two are not how people speak.
PLAIN_ERRORS = {"required": "请填写这一项。", "invalid_choice": "请从列表里选择。"}


class PlainMixin:
    """Mix into Form or ModelForm, before it: plain sentences and a helper that leaves the form tag to the template."""

    helper: FormHelper
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            _use_plain_errors(field)


class PlainForm(PlainMixin, forms.Form):
    """A form that belongs to no model; the usual input of a verb."""


def _use_plain_errors(field: forms.Field) -> None:
    """Replace the sentences that are still Django's; a form's own sentence stays."""
    for code, sentence in PLAIN_ERRORS.items():
        shipped = {str(getattr(cls, "default_error_messages", {}).get(code)) for cls in type(field).__mro__}
        if code in field.error_messages and str(field.error_messages[code]) in shipped:
            field.error_messages[code] = sentence
