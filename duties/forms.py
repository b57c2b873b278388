"""Forms of the rosters' pages: rhythms, posts, days off, and what a verb needs."""

from typing import Any

from django import forms

from core.forms import PlainForm, PlainMixin
from core.workdays import day_words
from duties.models import DutyRules, Rhythm
from duties.states import Post
from stations.models import Representative, Station

WEEKDAYS = [(number, f"周{name}") for number, name in enumerate("一二三四五六日")]
WEEKS = [(1, "第一个"), (2, "第二个"), (3, "第三个"), (4, "第四个"), (5, "最后一个")]
_TIME = forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M")
_DATE = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")


def _dress(form: forms.BaseForm) -> None:
    for bound in form.fields.values():
        if not isinstance(bound.widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            bound.widget.attrs.setdefault("class", "input")


class RhythmForm(PlainMixin, forms.ModelForm):
    """When a post is sat; only what its pattern asks for is kept."""

    weekday = forms.TypedChoiceField(label="星期几", choices=WEEKDAYS, coerce=int, required=False)
    weeks = forms.TypedMultipleChoiceField(
        label="第几个", choices=WEEKS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    month_day = forms.IntegerField(label="几日", min_value=1, max_value=31, required=False)
    people = forms.IntegerField(label="几个人", min_value=1, max_value=9, initial=1)

    class Meta:
        model = Rhythm
        fields = ("post", "pattern", "weekday", "weeks", "month_day", "start", "end", "people", "on_holiday")
        widgets = {"start": _TIME, "end": _TIME, "pattern": forms.RadioSelect, "on_holiday": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = Post.choices
        self.fields["pattern"].choices, self.fields["pattern"].initial = Rhythm.Pattern.choices, "WEEKLY"
        self.fields["on_holiday"].choices = Rhythm.OnHoliday.choices
        self.fields["start"].initial, self.fields["end"].initial = "08:30", "12:00"
        _dress(self)

    def clean(self) -> dict[str, Any]:
        """Each pattern has its own parts; the others are emptied."""
        given = super().clean() or {}
        pattern = given.get("pattern")
        if pattern == "MONTHLY" and not given.get("month_day"):
            self.add_error("month_day", "请填每月几日。")
        if pattern == "NTH" and not given.get("weeks"):
            self.add_error("weeks", "请选每月第几个。")
        if given.get("start") and given.get("end") and given["end"] <= given["start"]:
            self.add_error("end", "结束要比开始晚。")
        given["month_day"] = given.get("month_day") if pattern == "MONTHLY" else None
        given["weeks"] = sorted(given.get("weeks") or []) if pattern == "NTH" else []
        given["weekday"] = None if pattern == "MONTHLY" else given.get("weekday") or 0
        return given


class PostsForm(PlainForm):
    """Which posts each person may sit: a row of ticks for everybody."""

    def __init__(
        self, *args: Any, people: list[Representative], posts: dict[int, frozenset[str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            self.fields[f"p-{person.pk}"] = forms.MultipleChoiceField(
                label=person.name, choices=Post.choices, required=False, widget=forms.CheckboxSelectMultiple,
                initial=[post for post in Post.values if post in posts[person.pk]],
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Representative, Any]]:
        """Each person with his ticks."""
        return [(person, self[f"p-{person.pk}"]) for person in self.people]

    def chosen(self) -> dict[int, list[str]]:
        """The posts of each person."""
        return {person.pk: self.cleaned_data[f"p-{person.pk}"] for person in self.people}


class _PersonForm(PlainForm):
    """A form that names one who serves at the station."""

    name_of_person = "representative"

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name_of_person in self.fields:
            chooser = self.fields[self.name_of_person]
            chooser.queryset = Representative.objects.serving(station)
            chooser.empty_label = "选一位代表"
        _dress(self)


class DaysOffForm(_PersonForm):
    """Days on which somebody cannot come."""

    representative = forms.ModelChoiceField(label="谁", queryset=Representative.objects.none())
    first_day = forms.DateField(label="从", widget=_DATE)
    last_day = forms.DateField(label="到", widget=_DATE, required=False, help_text="只有一天就不填。")
    note = forms.CharField(label="说明", max_length=60, required=False, help_text="只有本站点和他自己看得到。")


class ShiftForm(_PersonForm):
    """One duty, added or changed."""

    day = forms.DateField(label="日期", widget=_DATE)
    start = forms.TimeField(label="从", widget=_TIME, initial="08:30")
    end = forms.TimeField(label="到", widget=_TIME, initial="12:00")
    post = forms.ChoiceField(label="岗位", choices=Post.choices)
    representative = forms.ModelChoiceField(label="谁", queryset=Representative.objects.none(), required=False)


class SubstituteForm(_PersonForm):
    """Who stands in, and why."""

    representative = forms.ModelChoiceField(label="谁来顶", queryset=Representative.objects.none())
    reason = forms.CharField(label="原因", max_length=120, required=False, help_text="只有本站点看得到。")


class ArrangeForm(_PersonForm):
    """Swapping for people without a telephone: with whom, against which duty, and how they agreed."""

    name_of_person = "colleague"
    colleague = forms.ModelChoiceField(label="换给谁", queryset=Representative.objects.none())
    other: Any = forms.ModelChoiceField(
        label="换他哪一班",
        queryset=None,
        required=False,
        empty_label="不换，只是替他来",
        help_text="选的要是这位代表的班。",
    )
    note = forms.CharField(label="怎么说好的", max_length=120, help_text="比如：两位都打过电话。")

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = others
        self.fields["other"].label_from_instance = _of_whom


def _of_whom(shift: Any) -> str:
    return f"{shift.representative.name} {day_words(shift.day)} {shift.get_post_display()}"


class ReasonForm(PlainForm):
    """A reason that stays in the house."""

    reason = forms.CharField(label="原因", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class DutyRulesForm(PlainMixin, forms.ModelForm):
    """The county's numbers."""

    class Meta:
        model = DutyRules
        fields = ("publish_ahead_days", "remind_before_at", "remind_today_at")
        widgets = {"remind_before_at": _TIME, "remind_today_at": _TIME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)
