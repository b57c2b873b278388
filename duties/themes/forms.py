"""The input of the themes' pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import PlainForm
from duties.themes.models import TITLE, WORDS
from duties.themes.workflow import MOST_PEOPLE, Wording
from stations.models import Representative, Unit

_AREA = {"rows": 2, "class": "input"}
_DAY = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")


def _line() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input"})


class ThemeForm(PlainForm):
    """What a month is about."""

    title = forms.CharField(
        label="主题", max_length=TITLE, widget=_line(), help_text=f"{TITLE} 个字以内，比如：夏季用水、秋粮收购。"
    )
    about = forms.CharField(
        label="这个月主要说什么",
        max_length=WORDS,
        widget=forms.Textarea(attrs=_AREA),
        help_text="一两句话，让群众一看就懂。",
    )
    bring = forms.CharField(
        label="群众可以带什么来", max_length=WORDS, required=False, widget=forms.Textarea(attrs=_AREA),
        help_text="比如：水费单、停水的日子、水管的照片。",
    )  # fmt: skip
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="请哪些单位来", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: "QuerySet[Unit]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = units  # type: ignore[attr-defined]

    @property
    def wording(self) -> Wording:
        """What was typed."""
        given = self.cleaned_data
        return Wording(given["title"], given["about"], given["bring"], tuple(given["units"]))


class NoteForm(PlainForm):
    """What was done, and who of the representatives took part."""

    day = forms.DateField(label="哪天", widget=_DAY)
    what = forms.CharField(
        label="做了什么", max_length=WORDS, widget=forms.Textarea(attrs=_AREA),
        help_text="会公开，不写姓名。比如：在友谊社区讲怎么看水费单。",
    )  # fmt: skip
    people = forms.IntegerField(
        label="来了多少人", min_value=0, max_value=MOST_PEOPLE, widget=forms.NumberInput(attrs={"class": "input"})
    )
    place = forms.CharField(label="在哪里", max_length=40, required=False, widget=_line())
    representatives = forms.ModelMultipleChoiceField(
        Representative.objects.none(), label="参加的代表", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="勾上的，自己记进他的履职档案。",
    )  # fmt: skip

    def __init__(self, *args: Any, representatives: "QuerySet[Representative]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["representatives"].queryset = representatives  # type: ignore[attr-defined]


class StrikeForm(PlainForm):
    """Why a note is struck out."""

    reason = forms.CharField(label="为什么划掉", max_length=WORDS, widget=_line())
