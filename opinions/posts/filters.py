"""What can be asked of the list of records in the address bar: post, month, station, place, words, what still waits."""

from datetime import date, datetime
from typing import Any

import django_filters
from django.db.models import QuerySet

from core.filters import RegisterFilter
from core.widgets import PlainSelect
from core.workdays import local_date
from opinions.filters import place_choices, station_choices
from opinions.models import PostRecord
from opinions.posts.models import Kind
from opinions.posts.states import State

_MONTHS = 24
STATES = (
    ("asked", "到了回访的日子"),
    ("waiting", "等回访的"),
    ("turned", "转成意见的"),
    ("wants", "想听结果的"),
    ("void", "记错了的"),
)


class RecordFilter(RegisterFilter):
    """Which records. Pass `user=` and `at=`."""

    kind = django_filters.ChoiceFilter(label="哪个岗", choices=Kind.choices, empty_label="都要", widget=PlainSelect)
    month = django_filters.ChoiceFilter(label="哪个月", method="by_month", empty_label="都要", widget=PlainSelect)
    station = django_filters.ChoiceFilter(label="站点", field_name="station_id", empty_label="都要", widget=PlainSelect)
    place = django_filters.ChoiceFilter(
        label="地方", field_name="station__region__code", lookup_expr="startswith", empty_label="都要",
        widget=PlainSelect,
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        label="后来怎样", choices=STATES, method="by_state", empty_label="都要", widget=PlainSelect
    )
    q = django_filters.CharFilter(label="什么事", field_name="subject", lookup_expr="icontains", max_length=50)

    class Meta:
        model = PostRecord
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.today = local_date(at)
        offers = {"month": months(self.today), "station": station_choices(self.user), "place": place_choices(self.user)}
        for name, choices in offers.items():
            self.form.fields[name].choices = [("", "都要"), *choices]
            if name != "month" and len(choices) < 2:
                del self.form.fields[name]
        for field in self.form.fields.values():
            field.widget.attrs["class"] = "input"

    def by_month(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep the days of a month."""
        year, month = map(int, value.split("-"))
        return rows.filter(day__year=year, day__month=month)

    def by_state(self, rows: "QuerySet[Any]", name: str, value: str) -> "QuerySet[Any]":
        """Keep what waits, what should be asked about by today, what became a matter, whom one owes word, mistakes."""
        if value == "asked":
            return rows.due(self.today)
        if value == "turned":
            return rows.exclude(opinion=None)
        if value == "wants":
            return rows.filter(wants_word=True)
        return rows.filter(state=State.VOID if value == "void" else State.WAITING)

    @property
    def shown(self) -> "QuerySet[Any]":
        """The filtered rows; those written by mistake only when asked for."""
        rows = self.qs
        is_void = self.form.is_valid() and self.form.cleaned_data["state"] == "void"
        return rows if is_void else rows.standing()


def months(today: date) -> list[tuple[str, str]]:
    """The months one may ask for, this one first."""
    found, year, month = [], today.year, today.month
    for _ in range(_MONTHS):
        found.append((f"{year}-{month:02}", f"{year} 年 {month} 月"))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found
