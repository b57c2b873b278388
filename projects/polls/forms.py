"""What is typed into a poll: a voice, a new poll, slips to print, the end, what was mended, the county's numbers."""

from typing import Any
from uuid import uuid4

from django import forms

from core.forms import PlainForm, speak_plainly
from opinions.forms import DeskForm, words
from projects.polls import workflow
from projects.polls.models import Face, Poll
from projects.polls.rulebook import BOUNDS, Numbers


class VoiceForm(PlainForm):
    """One voice: the three faces, the poll's own questions, a sentence. Only the first is asked for."""

    overall = forms.ChoiceField(
        label="总的看，您满意吗？",
        choices=Face.choices,
        error_messages={"required": "请先点一个：满意、基本满意，还是不满意。"},
    )
    words = forms.CharField(label="还想说一句", max_length=workflow.WORDS, required=False)

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = [f"q{number}" for number in range(len(poll.questions))]
        for name, question in zip(self._names, poll.questions, strict=True):
            self.fields[name] = forms.ChoiceField(label=question, choices=Face.choices, required=False)

    @property
    def faces(self) -> list[Any]:
        """Return the fields that are answered with a face, the whole first."""
        return [self["overall"], *(self[name] for name in self._names)]

    @property
    def said(self) -> workflow.Answers:
        """Return what was said."""
        given = self.cleaned_data
        return workflow.Answers(given["overall"], [given[name] for name in self._names], given["words"])


class OpenForm(DeskForm):
    """请大家评: until when, and what is asked beside 总的看满意吗."""

    closes_on = forms.DateField(label="评到哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, workflow.MOST_QUESTIONS + 1):
            self.fields[f"question{number}"] = forms.CharField(
                label=f"另外问第 {number} 条",
                max_length=workflow.QUESTION,
                required=False,
                widget=forms.TextInput(attrs={"class": "input"}),
            )
            self.fields[f"question{number}"].shown_as = "text"  # type: ignore[attr-defined]
        speak_plainly(self.fields)

    @property
    def questions(self) -> list[str]:
        """Return what is asked, in its order."""
        return [self.cleaned_data[f"question{number}"] for number in range(1, workflow.MOST_QUESTIONS + 1)]


class SlipsForm(DeskForm):
    """印纸条: how many."""

    number = forms.IntegerField(
        label="印几张", min_value=1, max_value=workflow.MOST_SLIPS, initial=50, help_text="一页十张，裁开来发。"
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)  # one page, one batch


class CloseForm(DeskForm):
    """结束评议: how many slips never went out."""

    left = forms.IntegerField(
        label="没发出去的纸条有几张", min_value=0, initial=0, help_text="印了没发的，数一数，好算发出去几张。"
    )


class MendedForm(DeskForm):
    """报整改: what was mended."""

    words = words("改了什么", rows=4, most=workflow.MENDED, help_text="大家看得到。说清哪里不满意、改成了什么样。")


class NumbersForm(DeskForm):
    """The county's numbers; `seen` is what stood there when the page was opened."""

    bar = forms.IntegerField(label="满意率要到百分之几", help_text="满意和基本满意的，占来评的人的百分之几才算达到。")
    least = forms.IntegerField(label="至少几个人来评才作数", help_text="不到这么多人，不算达到，也不算没达到。")
    rectify_days = forms.IntegerField(label="没达到的，几个工作日整改好")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (low, high) in BOUNDS.items():
            self.fields[name].widget.attrs |= {"min": low, "max": high}

    @property
    def wanted(self) -> Numbers:
        """Return the numbers as typed."""
        return Numbers(**{name: self.cleaned_data[name] for name in BOUNDS})


def seen_words(numbers: Numbers) -> str:
    """Name a state of the numbers for the hidden field."""
    return "-".join(str(getattr(numbers, name)) for name in BOUNDS)
