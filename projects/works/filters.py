"""What can be asked of the projects on the yearly list in the address bar; the overview counts by the same filter."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When

from core.filters import RegisterFilter
from projects.places import lies_in, towns_of
from projects.polls.models import Poll, Verdict
from projects.states import ON_THE_LIST, State
from projects.works.measure import Light
from projects.works.models import Work
from projects.works.planning import MOST_FUNDS

STAGES = [(state.value, state.label) for state in (*ON_THE_LIST, State.SHELVED)]
# What came of the newest poll of a finished project; one that is finished and was never asked about stands last.
POLLS = {
    "good": ("群众满意", Q(last_verdict=Verdict.GOOD)),
    "mending": ("没达到，正在整改", Q(last_verdict=Verdict.BAD, idea__state=State.RECTIFYING)),
    "again": ("整改好了，等再评", Q(last_verdict=Verdict.BAD)),
    "few": ("来评的人太少，不作数", Q(last_verdict=Verdict.FEW)),
    "running": ("正在评", Q(last_verdict="")),
    "none": ("完工了，还没评", Q(last_verdict=None, idea__state=State.COMPLETED)),
}


def with_poll(rows: "QuerySet[Work]") -> "QuerySet[Work]":
    """Say of each row as `polled` which of POLLS it is, "" where there is nothing to ask about yet."""
    last = Poll.objects.filter(idea=OuterRef("pk")).order_by("-round")
    cases = [When(condition, then=Value(key)) for key, (_, condition) in POLLS.items()]
    return rows.annotate(last_verdict=Subquery(last.values("verdict")[:1])).annotate(
        polled=Case(*cases, default=Value(""))
    )


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


def _sum(label: str, lookup: str) -> django_filters.NumberFilter:
    box = forms.NumberInput(attrs={"class": "input", "min": 0, "step": "any"})
    return django_filters.NumberFilter(
        label=label, field_name="funds", lookup_expr=lookup, min_value=0, max_value=MOST_FUNDS, widget=box
    )


class WorkFilter(RegisterFilter):
    """Words, year, town, unit, stage, light, poll, funds. Pass `user=` and `today=`.

    Where no stage is asked, what stands on the list is kept: what was put aside is found by asking for it.
    """

    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)
    year = django_filters.ChoiceFilter(label="年度", field_name="idea__year", empty_label="都要", widget=_select())
    town = django_filters.ChoiceFilter(label="乡镇、街道", method="by_town", empty_label="都要", widget=_select())
    unit = django_filters.ChoiceFilter(label="责任单位", field_name="unit_id", empty_label="都要", widget=_select())
    stage = django_filters.ChoiceFilter(
        label="阶段", field_name="idea__state", choices=STAGES, empty_label="都要（不算暂缓的）", widget=_select()
    )
    poll = django_filters.ChoiceFilter(
        label="群众评得怎样", choices=[(key, label) for key, (label, _) in POLLS.items()], method="by_poll",
        empty_label="都要", widget=_select(),
    )  # fmt: skip
    least = _sum("资金至少几万元", "gte")
    most = _sum("资金最多几万元", "lte")
    light = django_filters.ChoiceFilter(  # the last, so that it looks at what the others left
        label="灯", choices=Light.choices, method="by_light", empty_label="都要", widget=_select()
    )

    class Meta:
        model = Work
        fields: list[str] = []

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        seen = Work.objects.visible_to(self.user).order_by().distinct()
        known = list(seen.values_list("idea__year", "idea__region_id", "unit_id", "unit__short_name"))
        self.towns = towns_of({place for _, place, _, _ in known})
        years = sorted({year for year, _, _, _ in known}, reverse=True)
        self.units = sorted({(str(unit), name) for _, _, unit, name in known}, key=lambda unit: unit[1])
        self.form.fields["year"].choices = [(str(year), f"{year} 年") for year in years]
        self.form.fields["town"].choices = self.towns
        self.form.fields["unit"].choices = self.units

    def filter_queryset(self, queryset: "QuerySet[Work]") -> "QuerySet[Work]":
        """Keep what stands on the list unless a stage is asked for."""
        if not self.form.cleaned_data.get("stage"):
            queryset = queryset.filter(idea__state__in=ON_THE_LIST)
        return super().filter_queryset(queryset)

    def by_words(self, rows: "QuerySet[Work]", name: str, value: str) -> "QuerySet[Work]":
        """Keep what holds every word in its title, scope or place."""
        for word in value.split()[:6]:
            held = Q(idea__title__icontains=word) | Q(scope__icontains=word) | Q(place__icontains=word)
            rows = rows.filter(held)
        return rows

    def by_town(self, rows: "QuerySet[Work]", name: str, value: str) -> "QuerySet[Work]":
        """Keep what lies in a town, or what is for the county as a whole."""
        return rows.filter(lies_in(value, "idea__region"))

    def by_poll(self, rows: "QuerySet[Work]", name: str, value: str) -> "QuerySet[Work]":
        """Keep what the newest poll came to."""
        return with_poll(rows).filter(polled=value)

    def by_light(self, rows: "QuerySet[Work]", name: str, value: str) -> "QuerySet[Work]":
        """Keep what has a light; the rows are asked for it one by one, so that there is one rule for it."""
        asked = rows.with_light_columns()
        return rows.filter(pk__in=[row.pk for row in asked if row.light(self.today) == value])

    @property
    def in_order(self) -> "QuerySet[Work]":
        """The rows in their order: what is being built by its last day, then what is finished, the newest first."""
        return self.qs.order_by("-finished_on", "ends_on", "pk")
