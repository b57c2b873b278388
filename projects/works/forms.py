"""The forms of the building. Meaning is checked by the verbs; no form writes a row."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import QuerySet

from core.forms import speak_plainly
from opinions.forms import DeskForm
from opinions.forms import words as sentences
from opinions.photos_field import PhotosField
from projects.models import ProjectIdea
from projects.works import inspecting, reporting
from projects.works.models import Milestone, Work
from projects.works.planning import LENGTHS, MOST_STEPS, Plan, Step, newest_change
from stations.models import Unit

BLANK_STEPS = 3
OF_A_CHANGE = ("reason", "seen")  # no part of the plan itself


def _day(label: str, **more: Any) -> forms.DateField:
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=picker, **more)


def _key() -> forms.UUIDField:
    return forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)


class PlanForm(DeskForm):
    """列入年度, 改计划: who builds what, with which money, where and by when."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="责任单位", empty_label="请选单位")
    leader_post = forms.CharField(
        label="责任领导的职务", max_length=LENGTHS["leader_post"], help_text="只写职务，比如“分管副县长”，不写姓名。"
    )
    scope = sentences("建设内容", rows=2, most=LENGTHS["scope"], help_text="建什么、建多少。人人看得到。")
    funds = forms.DecimalField(label="资金（万元）", min_value=0, max_digits=9, decimal_places=2)
    funds_source = forms.CharField(label="资金从哪来", max_length=60, required=False)
    beneficiaries = forms.IntegerField(label="多少人受益", min_value=0, max_value=10_000_000, required=False)
    place = forms.CharField(label="建在哪里", max_length=200, required=False)
    starts_on = _day("计划哪天开工")
    ends_on = _day("计划哪天完工")
    reason = sentences("为什么改", rows=2, most=LENGTHS["reason"], help_text="人人看得到。")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: "QuerySet[Unit]", is_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if not is_change:
            del self.fields["reason"], self.fields["seen"]


class StepForm(DeskForm):
    """One milestone in a row; an empty row counts as none."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="节点", max_length=LENGTHS["title"], required=False)
    due_on = _day("哪天完成", required=False)
    weight = forms.IntegerField(label="权重", min_value=1, max_value=1000, required=False, initial=1)

    def clean(self) -> dict[str, Any]:
        """Name what is missing in a row that was begun."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("id") or cleaned.get("title") or cleaned.get("due_on"):
            if not cleaned.get("title"):
                self.add_error("title", "请写节点的名称。")
            if not cleaned.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", "请写哪天完成。")
        return cleaned


STEP_FORMS = forms.formset_factory(StepForm, extra=BLANK_STEPS, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 8)


def initial_of(work: Work | None, idea: ProjectIdea) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the plan's form and its rows begin with: what is kept, else the project's public words."""
    if work is None:
        return {"scope": idea.summary, "place": idea.location}, []
    names = [name for name in PlanForm.base_fields if name not in ("unit", *OF_A_CHANGE)]
    rows = [{"id": row.pk, "title": row.title, "due_on": row.due_on, "weight": row.weight} for row in work.parts]
    return {name: getattr(work, name) for name in names} | {"unit": work.unit_id, "seen": newest_change(work)}, rows


def plan_from(data: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Plan:
    """Return the plan of a filled form."""
    steps = [
        Step(row["title"], row["due_on"], row.get("weight") or 1, row.get("id")) for row in rows if row.get("title")
    ]
    given = {name: data[name] for name in data if name not in OF_A_CHANGE}
    return Plan(steps=steps, **given)


class DayForm(DeskForm):
    """开工, 完工: on which day."""

    day = _day("哪天")


class ReportForm(DeskForm):
    """报进度: what was done, how far each milestone is, photos; on a telephone as well."""

    words = sentences("做了什么", rows=3, most=reporting.WORDS, help_text="两三句就行，人人看得到。不写人名、电话。")
    photos = PhotosField(label="现场照片")
    client_key = _key()

    def __init__(self, *args: Any, steps: Sequence[Milestone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._steps = {f"step_{step.pk}": step.pk for step in steps}
        for step in steps:
            field = forms.IntegerField(label=f"{step.title}，做到百分之几", min_value=0, max_value=100)
            field.widget.attrs |= {"class": "input num", "inputmode": "numeric"}
            field.initial = step.percent
            field.shown_as = "text"  # type: ignore[attr-defined]
            field.show_hidden_initial = True  # what the page showed, so that only what was changed is reported
            self.fields[f"step_{step.pk}"] = field
        speak_plainly(self.fields)
        self.order_fields([*self._steps, "words", "photos", "client_key"])

    def percents(self) -> dict[int, int]:
        """Return what was changed, by the milestone's number: what was left alone may have moved since."""
        return {pk: self.cleaned_data[name] for name, pk in self._steps.items() if name in self.changed_data}


class InspectForm(DeskForm):
    """视察: the day, who went, what they saw; a problem in each line."""

    day = _day("哪天去的")
    people = forms.CharField(label="哪些代表", max_length=inspecting.PEOPLE)
    words = sentences("看到的情况", rows=3, most=inspecting.WORDS)
    findings = sentences(
        "发现的问题", rows=3, most=5200, required=False,
        help_text="一行写一个。每个问题都转成一件意见，有期限、有答复。没有就空着。",
    )  # fmt: skip
    photos = PhotosField(label="现场照片")
    client_key = _key()

    def clean_findings(self) -> list[str]:
        """Return the lines."""
        return [line for line in self.cleaned_data["findings"].splitlines() if line.strip()]

    def clean_client_key(self) -> UUID:
        """A key that no page of ours made counts as none."""
        return self.cleaned_data["client_key"] or uuid4()
