"""The input of the commendations' pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm
from duties.commendations.models import REASON, TITLE
from stations.models import Station

_DAY = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")


class WordsForm(PlainForm):
    """What somebody is commended for."""

    title = forms.CharField(
        label="表彰什么", max_length=TITLE, widget=forms.TextInput(attrs={"class": "input"}),
        help_text="比如：接待群众用心、三个月盯完一条路。",
    )  # fmt: skip
    day = forms.DateField(label="哪天的事", widget=_DAY, help_text="说的是一段日子的，写最后一天。")
    reason = forms.CharField(
        label="为什么", max_length=REASON, widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        help_text="写他做了什么、群众得了什么好处。会公开，不写群众的姓名和电话，也不和别人比。",
    )  # fmt: skip


class NewForm(WordsForm):
    """The same, and which of his stations it was at."""

    station = forms.ModelChoiceField(
        Station.objects.none(), label="哪个站点", empty_label=None, widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, *args: Any, stations: "QuerySet[Station]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]


class ReasonForm(PlainForm):
    """Why it is taken back."""

    reason = forms.CharField(label="为什么撤下", max_length=REASON, widget=forms.TextInput(attrs={"class": "input"}))
