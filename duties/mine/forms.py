"""What a representative fills in: a note for the station, and what he asks of a colleague."""

from collections.abc import Iterable
from typing import Any

from django import forms

from core.forms import PlainForm
from duties.models import Shift
from duties.notify import when
from stations.models import Representative

TAKE_OVER = "0"


class AwayForm(PlainForm):
    """来不了: a note that only the station reads."""

    reason = forms.CharField(
        label="想跟站点说一句（可以不写）", max_length=120, required=False, help_text="只有站点的工作人员看得到。",
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )  # fmt: skip


class AskForm(PlainForm):
    """请人换: who, against which duty of his, and a word with it."""

    colleague = forms.TypedChoiceField(label="请谁", coerce=int)
    other = forms.ChoiceField(label="怎么换", widget=forms.RadioSelect)
    words = forms.CharField(
        label="跟他说一句（可以不写）", max_length=120, required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: Iterable[Representative], exchanges: Iterable[Shift] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = [(row.pk, row.name) for row in people]  # type: ignore[attr-defined]
        self.fields["colleague"].widget.attrs["class"] = "input"
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            (TAKE_OVER, "请他替我来，我不用还"),
            *((str(row.pk), f"和他对换：我去 {when(row)}") for row in exchanges),
        ]
