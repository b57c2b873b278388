"""What can be asked of the reserve pool in the address bar, on the desk and by everybody."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core.codes import normalise
from core.filters import RegisterFilter
from core.text import fold
from projects.models import ProjectIdea
from projects.places import lies_in, towns_of
from projects.states import SCREENED, Source, State
from stations.models import Category, Station

TABS: Mapping[str, tuple[str, Q]] = {
    "new": ("待看", Q(state=State.IDEA)),
    "pool": ("储备库", Q(state=State.POOLED)),
    "screened": ("议定", Q(state__in=SCREENED)),
    "shelved": ("暂缓", Q(state=State.SHELVED)),
    "all": ("全部", Q()),
}
SORTS = (("new", "新提的在前"), ("seconds", "附议多的在前"))


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


class IdeaFilter(RegisterFilter):
    """Tab, words, town, station, year, category, source, state, least number of seconders. Pass `user=`."""

    tab = django_filters.ChoiceFilter(
        label="范围", choices=[(key, label) for key, (label, _) in TABS.items()], method="by_tab"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)
    town = django_filters.ChoiceFilter(label="乡镇、街道", method="by_town", empty_label="都要", widget=_select())
    station = django_filters.ModelChoiceFilter(
        label="站点", queryset=Station.objects.none(), empty_label="都要", widget=_select()
    )
    year = django_filters.ChoiceFilter(label="年度", empty_label="都要", widget=_select())
    category = django_filters.ModelChoiceFilter(
        label="类别", queryset=Category.objects.none(), method="by_category", empty_label="都要", widget=_select()
    )
    source = django_filters.ChoiceFilter(label="从哪来", choices=Source.choices, empty_label="都要", widget=_select())
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="都要", widget=_select())
    seconds = django_filters.NumberFilter(
        label="附议至少几人",
        field_name="seconds",
        lookup_expr="gte",
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "input", "min": 0}),
    )
    sort = django_filters.ChoiceFilter(label="排序", choices=SORTS, method="by_sort")

    class Meta:
        model = ProjectIdea
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = ProjectIdea.objects.visible_to(self.user)
        places = seen.order_by().values_list("region_id", flat=True).distinct()
        years = seen.order_by("-year").values_list("year", flat=True).distinct()
        self.form.fields["town"].choices = towns_of(places)
        self.form.fields["year"].choices = [(str(year), f"{year} 年") for year in years]
        self.form.fields["station"].queryset = Station.objects.visible_to(self.user)
        self.form.fields["category"].queryset = Category.objects.filter(parent=None)

    def by_tab(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Keep a named part."""
        return rows.filter(TABS[value][1])

    def by_words(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Keep what holds every word, or has this receipt."""
        found = Q()
        for word in fold(value).split()[:6]:
            found &= Q(body_folded__contains=word) | Q(title__contains=word) | Q(summary__contains=word)
        return rows.filter(found | Q(receipt=normalise(value) or "-"))

    def by_town(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Keep what lies in a town, or what is for the county as a whole."""
        return rows.filter(lies_in(value))

    def by_category(self, rows: "QuerySet[ProjectIdea]", name: str, value: Category) -> "QuerySet[ProjectIdea]":
        """Keep a branch of the tree."""
        return rows.filter(Q(category=value) | Q(category__parent=value))

    def by_sort(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Put in order; `ordered` adds what makes the order stable."""
        return rows.order_by("-seconds", "-created_at", "-id") if value == "seconds" else rows

    @property
    def ordered(self) -> "QuerySet[ProjectIdea]":
        """The rows in their order: newest first unless asked otherwise."""
        return self.qs if self.qs.ordered else self.qs.order_by("-created_at", "-id")


class PublicFilter(RegisterFilter):
    """What everybody may ask: words of the public text, a town, and what was shelved."""

    q = django_filters.CharFilter(label="找一找", method="by_words", max_length=60)
    town = django_filters.ChoiceFilter(label="乡镇、街道", method="by_town", empty_label="全县", widget=_select())
    shelved = django_filters.BooleanFilter(label="看暂缓的", method="by_state", widget=forms.CheckboxInput)

    class Meta:
        model = ProjectIdea
        fields: list[str] = []

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["town"].choices = towns

    def by_words(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Keep what holds every word in its public text: never in what the proposer wrote."""
        for word in value.split()[:6]:
            rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
        return rows

    def by_town(self, rows: "QuerySet[ProjectIdea]", name: str, value: str) -> "QuerySet[ProjectIdea]":
        """Keep what lies in a town, and what is for the whole county."""
        return rows.filter(Q(region__code__startswith=value) | Q(region_id=value[:6]))

    def by_state(self, rows: "QuerySet[ProjectIdea]", name: str, value: bool) -> "QuerySet[ProjectIdea]":
        """Keep what was shelved, or what was not."""
        return rows.filter(state=State.SHELVED) if value else rows.filter(state__in=(State.POOLED, *SCREENED))

    @property
    def chosen_town(self) -> str:
        """The town that was asked for; none where what was typed is not one of the choices."""
        return str(self.form.cleaned_data.get("town") or "") if self.form.is_valid() else ""
