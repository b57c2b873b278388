"""What a clerk heard on the telephone or at the door, written on the call sheet: one short form for each line."""

from typing import Any

from django import forms

from core.forms import PlainForm
from opinions.states import Satisfaction, Solved

TOLD, MISSED = "TOLD", "MISSED"
RESULTS = (*Satisfaction.choices, (TOLD, "告诉了，没评"), (MISSED, "没找到人"))


class CallForm(PlainForm):
    """The answer in one word; whether it was solved is asked wherever he rated. `seen` is the matter as listed."""

    result = forms.ChoiceField(choices=RESULTS, error_messages={"required": "请选一个：他怎么说，还是没找到人。"})
    solved = forms.ChoiceField(choices=Solved.choices, required=False)
    comment = forms.CharField(max_length=300, required=False)
    seen = forms.CharField(max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask whether it was solved, as the verb does."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") in Satisfaction.values and not cleaned.get("solved") and "solved" not in self.errors:
            self.add_error("solved", "再问一声：问题解决了没有。")
        return cleaned
