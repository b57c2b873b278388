"""The input of the duty record's pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from opinions.forms import DeskForm, day_field
from opinions.records.states import DutyKind
from stations.models import Station


class AddForm(DeskForm):
    """Something done that left no trace in the portal, and what it can be checked by."""

    kind = forms.ChoiceField(label="哪一类", choices=DutyKind.choices, widget=forms.RadioSelect)
    day = day_field("哪天")
    station = forms.ModelChoiceField(Station.objects.none(), label="哪个站点", empty_label=None)
    what = forms.CharField(label="做了什么", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    note = forms.CharField(
        label="有什么可以核对", max_length=200, help_text="比如签到表、照片、谁在场。另一位工作人员核对过才算。"
    )

    def __init__(self, *args: Any, stations: "QuerySet[Station]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]
        self.fields["day"].required = True


class RejectForm(DeskForm):
    """Why it does not belong in the record."""

    reason = forms.CharField(label="为什么不记", max_length=200)
