"""The base of every form: one crispy helper without a form tag, and error sentences in plain words."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

_FROM_LIST = "请从列表里选择。"
# Said in place of the framework's own sentences, which speak of variables and valid values.
PLAIN_ERRORS = {
    "required": "请填写这一项。",
    "invalid_choice": _FROM_LIST,
    "invalid_list": _FROM_LIST,
    "invalid_pk_value": _FROM_LIST,
    "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。请删去一些，您写的都还在。",
    "min_length": "至少要 %(limit_value)d 个字，现在只有 %(show_value)d 个。",
    "max_value": "这里最大填 %(limit_value)s。",
    "min_value": "这里最小填 %(limit_value)s。",
    "max_digits": "最多写 %(max)s 位数，这个太长了。",
    "max_decimal_places": "小数点后面最多写 %(max)s 位。",
    "max_whole_digits": "小数点前面最多写 %(max)s 位，这个太大了。",
    "empty": "这个文件是空的，请换一个。",
    "null_characters_not_allowed": "里面有看不见的怪字符，请重新输入一遍。",
}
# What "invalid" means depends on the kind of field; the nearest class above decides.
PLAIN_INVALID: dict[type[forms.Field], str] = {
    forms.DateField: "日期没有写对，请写成 2026-04-09 的样子。",
    forms.TimeField: "时间没有写对，请写成 8:30 的样子。",
    forms.DecimalField: "请填一个数，如 120 或者 86.5。",
    forms.IntegerField: "请填一个整数。",
    forms.EmailField: "邮箱没有写对，请写成 name@example.com 的样子。",
    forms.UUIDField: "这个页面放得太久了，请刷新后再送。",
    forms.ModelChoiceField: _FROM_LIST,
}


class PlainMixin:
    """Mix into Form or ModelForm, before it: plain sentences and a helper that leaves the form tag to the template."""

    helper: FormHelper
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        speak_plainly(self.fields)


class PlainForm(PlainMixin, forms.Form):
    """A form that belongs to no model; the usual input of a verb."""


def speak_plainly(fields: Mapping[str, forms.Field]) -> None:
    """Replace the sentences that are still the framework's; a form's own sentence stays.

    The browser's own limit on length goes too: it cuts what is pasted without a word, and the server says how much
    is too much while keeping all of it.
    """
    for field in fields.values():
        invalid = next((PLAIN_INVALID[cls] for cls in type(field).__mro__ if cls in PLAIN_INVALID), None)
        for code, sentence in {**PLAIN_ERRORS, **({"invalid": invalid} if invalid else {})}.items():
            if _is_shipped(field, code):
                field.error_messages[code] = sentence
        field.widget.attrs.pop("maxlength", None)


def _is_shipped(field: forms.Field, code: str) -> bool:
    """Whether nobody of us wrote the sentence: it is missing, so that the validator's is used, or the class's own."""
    said = field.error_messages.get(code)
    shipped = (vars(cls).get("default_error_messages", {}) for cls in type(field).__mro__)
    return said is None or any(said is sentences.get(code) for sentences in shipped)
