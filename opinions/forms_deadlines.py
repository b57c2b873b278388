"""The form of the table of limits: a number for each line, the categories' own lines, and one to add."""

from collections.abc import Iterable
from typing import Any

from django import forms

from core.forms import PlainForm
from opinions import deadline_table
from opinions.deadlines import DEFAULT_DAYS, Rows
from stations.models import Category

_LADDER = ("SOON", "RED", "ORDER", "INVITE", "SUGGESTION")


def _number(label: str, most: int, hint: str = "", unit: str = "个工作日", **options: Any) -> forms.IntegerField:
    errors = {
        "required": f"请填几{unit}。",
        "invalid": "请填整数。",
        "min_value": f"最少 1 {unit}。",
        "max_value": f"最多 {most} {unit}。",
    }
    widget = forms.NumberInput(attrs={"class": "input num", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, help_text=hint, min_value=1, max_value=most, widget=widget, error_messages=errors, **options
    )


class DeadlineTableForm(PlainForm):
    """The whole table at once; `wanted` is what it says, `rows` is what is stored."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rows: Rows, categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.rows, self.lines = rows, deadline_table.by_key()
        self.fields["seen"].initial = deadline_table.fingerprint(rows)
        names = {category.pk: category.path for category in categories}
        for key, line in self.lines.items():
            days = rows.get((line.step, line.kind, None), line.default)
            self.fields[f"d-{key}"] = _number(line.label, line.most, line.hint, line.unit, initial=days)
        self.own = [key for key in sorted(rows, key=lambda key: (key[2] or 0, key[0], key[1])) if key[2] is not None]
        for number, (step, kind, category) in enumerate(self.own):
            line = self.lines[f"{step}-{kind}" if kind else step]
            label = f"{names.get(category or 0, '')}：{line.label}"
            self.fields[f"c-{number}"] = _number(label, line.most, initial=rows[step, kind, category])
            self.fields[f"x-{number}"] = forms.BooleanField(label=f"不再单列 {label}", required=False)
        choices = [("", "选类别"), *((pk, name) for pk, name in names.items())]
        select = forms.Select(attrs={"class": "input"})
        steps = [("", "选哪一步"), *((key, line.label) for key, line in self.lines.items() if line.step not in _LADDER)]
        self.fields["new_category"] = forms.ChoiceField(label="类别", choices=choices, required=False, widget=select)
        self.fields["new_line"] = forms.ChoiceField(
            label="哪一步", choices=steps, required=False, widget=forms.Select(attrs={"class": "input"})
        )
        self.fields["new_days"] = _number("几个工作日", 60, required=False)

    @property
    def step_fields(self) -> list[Any]:
        """Return the fields of the steps."""
        return [self[f"d-{key}"] for key, line in self.lines.items() if line.step not in _LADDER]

    @property
    def ladder_fields(self) -> list[Any]:
        """Return the fields of reminders and supervision."""
        return [self[f"d-{key}"] for key, line in self.lines.items() if line.step in _LADDER]

    @property
    def own_fields(self) -> list[tuple[Any, Any]]:
        """Return for each category's own line its number and its tick to drop it."""
        return [(self[f"c-{number}"], self[f"x-{number}"]) for number in range(len(self.own))]

    @property
    def new_fields(self) -> list[Any]:
        """Return the fields of a line to add."""
        return [self["new_category"], self["new_line"], self["new_days"]]

    def clean(self) -> dict[str, Any]:
        """A line to add needs all three parts, is within its bounds, and is not there yet."""
        given = super().clean() or {}
        parts = [given.get(name) for name in ("new_category", "new_line", "new_days")]
        if not any(parts):
            return given
        if not all(parts):
            self.add_error("new_days", "要给一个类别单列，请把类别、哪一步、几个工作日都填上。")
            return given
        line = self.lines[str(parts[1])]
        if int(parts[2] or 0) > line.most:
            self.add_error("new_days", f"最多 {line.most} 个工作日。")
        if (line.step, line.kind, int(str(parts[0]))) in self.rows:
            self.add_error("new_category", "这个类别的这一步已经单列了，请改上面那一行。")
        return given

    @property
    def wanted(self) -> dict[tuple[str, str, int | None], int]:
        """Return the rows that the sent form asks for; a line at its default needs no row."""
        given = self.cleaned_data
        rows: dict[tuple[str, str, int | None], int] = {}
        for key, line in self.lines.items():
            if given[f"d-{key}"] != DEFAULT_DAYS[line.step, line.kind]:
                rows[line.step, line.kind, None] = given[f"d-{key}"]
        for number, own in enumerate(self.own):
            if not given[f"x-{number}"]:
                rows[own] = given[f"c-{number}"]
        if given["new_category"]:
            line = self.lines[given["new_line"]]
            rows[line.step, line.kind, int(given["new_category"])] = given["new_days"]
        return rows
