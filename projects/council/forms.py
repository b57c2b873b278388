"""The forms of a council. Meaning is checked by the verbs; no form writes a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import speak_plainly
from opinions.forms import DeskForm, words
from projects.council import asking, preparing
from projects.council.models import AgendaItem
from projects.council.states import DECISIONS, HIGHEST, LOWEST, MEASURES, QUESTIONS, Check, Verdict
from projects.models import ProjectIdea
from stations.models import Representative, Station, Unit


class PlanForm(DeskForm):
    """When and where a meeting sits, and who is invited."""

    shown_as = {"invited": "choices"}

    station = forms.ModelChoiceField(Station.objects.none(), label="哪个站点的会", empty_label=None)
    title = forms.CharField(label="名称", max_length=preparing.TITLE)
    day = forms.DateField(label="哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(label="在哪里", max_length=preparing.PLACE)
    chair = forms.CharField(label="谁主持", max_length=preparing.CHAIR)
    invited = forms.ModelMultipleChoiceField(
        Representative.objects.none(), label="请哪些代表", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        *args: Any,
        stations: "QuerySet[Station] | None" = None,
        people: "QuerySet[Representative] | None" = None,
        may_be_county: bool = False,
        **kwargs: Any,
    ) -> None:
        """`stations`: a new meeting, whose people are chosen on the next page; `people`: one that is there."""
        super().__init__(*args, **kwargs)
        if stations is None:
            del self.fields["station"]
        else:
            field: Any = self.fields["station"]
            field.queryset = stations
            if may_be_county:
                field.required, field.empty_label = False, "全县的会（县里开）"
        if people is None:
            del self.fields["invited"]
        else:
            self.fields["invited"].queryset = people  # type: ignore[attr-defined]


class AddForm(DeskForm):
    """One more item of the agenda."""

    idea = forms.ModelChoiceField(
        ProjectIdea.objects.none(), label="加哪一件", empty_label="请选",
        error_messages={"invalid_choice": "这一件刚刚排上了，或者不在储备库里了。请另选一件。"},
    )  # fmt: skip

    def __init__(self, *args: Any, ideas: "QuerySet[ProjectIdea]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["idea"]
        field.queryset = ideas
        field.label_from_instance = lambda idea: f"{idea.title}（{idea.seconds} 人附议）"


class CheckForm(DeskForm):
    """The three conditions of an item."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in QUESTIONS:
            answer: Any = forms.ChoiceField(
                label=label, choices=Check.choices, widget=forms.RadioSelect, required=False
            )
            note: Any = forms.CharField(
                label="说明", max_length=preparing.NOTE, required=False, help_text="选“不是”“说不准”的要写。"
            )
            if name == "benefits_many":
                note.help_text = "谁受益、大约多少人。提交政府的清单上写的就是它。"
            answer.shown_as, note.shown_as = "seg", "text"
            note.widget.attrs["class"] = "input"
            self.fields[name], self.fields[f"{name}_note"] = answer, note
        speak_plainly(self.fields)

    @property
    def answers(self) -> dict[str, tuple[str, str]]:
        """Return what the verb takes."""
        return {name: (self.cleaned_data[name], self.cleaned_data[f"{name}_note"]) for name, _ in QUESTIONS}


class AskForm(DeskForm):
    """Which unit is asked."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="请哪个单位说", empty_label="请选")

    def __init__(self, *args: Any, units: "QuerySet[Unit]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class AnswerForm(DeskForm):
    """What the unit says."""

    verdict = forms.ChoiceField(label="行不行", choices=Verdict.choices, widget=forms.RadioSelect)
    words = words("为什么", rows=4, most=asking.WORDS, help_text="行，要什么条件；不行，卡在哪里。会上照着念。")
    cost = forms.DecimalField(label="大约要多少钱（万元）", max_digits=9, decimal_places=2, min_value=0, required=False)


@dataclass(frozen=True)
class Row:
    """One measure of one item, ready to draw: five choices, the one chosen, what is wrong."""

    name: str
    label: str
    hint: str
    choices: list[tuple[int, bool]]
    error: str = ""


@dataclass(frozen=True)
class Line:
    """One item on a score sheet."""

    item: AgendaItem
    rows: list[Row]


def marks_from(data: Mapping[str, Any], items: Iterable[AgendaItem]) -> dict[int, dict[str, int]]:
    """Return the marks that were sent, by item; an item without any is left out, a strange one counts as none."""
    found = {}
    for item in items:
        sent = {name: _mark(data.get(f"{name}_{item.pk}")) for name, _, _ in MEASURES}
        given = {name: value for name, value in sent.items() if value is not None}
        if given:
            found[item.pk] = given
    return found


def _mark(typed: Any) -> int | None:
    allowed = {str(number): number for number in range(LOWEST, HIGHEST + 1)}
    return allowed.get(str(typed))


def lines(
    items: Iterable[AgendaItem], marks: Mapping[int, Mapping[str, int]], wrong: tuple[str, str] = ("", "")
) -> list[Line]:
    """Return a sheet with the marks on it; `wrong`: the field that was refused, and why."""
    return [
        Line(
            item,
            [
                Row(
                    f"{name}_{item.pk}",
                    label,
                    hint,
                    [(value, marks.get(item.pk, {}).get(name) == value) for value in range(LOWEST, HIGHEST + 1)],
                    wrong[1] if wrong[0] == f"{name}_{item.pk}" else "",
                )
                for name, label, hint in MEASURES
            ],
        )
        for item in items
    ]


DECISION_CHOICES = [(one.value, one.label) for one in DECISIONS]
