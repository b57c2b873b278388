"""What part of the county a board shows: period, town and subject from the address bar, cut by what the user may see.

The same scope writes the addresses of the lists behind its numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Role
from core.forms import PlainForm
from core.widgets import PlainSelect
from core.workdays import local_date
from dashboards import queries
from opinions.models import Opinion
from stations.models import Station

COUNTY_ROLES = (Role.COUNTY_STAFF, Role.COUNTY_LEADER)
PERIODS = (("month", "本月"), ("year", "今年"), ("12m", "近 12 个月"), ("all", "全部"))
DEFAULT_PERIOD = "year"
BEGINNING = date(2000, 1, 1)  # before anything the portal could hold
SORTS = ("received", "timely", "satisfied", "took_part", "again", "moved", "name")


@dataclass(frozen=True)
class Span:
    """A period in days, both ends included, and the one it is compared with."""

    since: date
    until: date
    before_since: date
    before_until: date
    before_words: str


def span_of(period: str, today: date) -> Span:
    """Return the period that ends today, and the comparable one: last month's or last year's same days, the twelve
    months before, or for everything ever received none.
    """
    if period == "month":
        before = queries.month_before(today.replace(day=1), 1)
        end = min(before + timedelta(days=today.day - 1), today.replace(day=1) - timedelta(days=1))
        return Span(today.replace(day=1), today, before, end, "上月同期")
    if period == "all":
        return Span(BEGINNING, today, BEGINNING - timedelta(days=1), BEGINNING - timedelta(days=1), "")
    last_year = _year_before(today)
    if period == "year":
        return Span(date(today.year, 1, 1), today, date(today.year - 1, 1, 1), last_year, "去年同期")
    since = last_year + timedelta(days=1)
    return Span(since, today, _year_before(since), last_year, "前 12 个月")


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


class ScopeForm(PlainForm):
    """The board's filters; an unusable value shows nothing instead of everything."""

    period = forms.ChoiceField(label="时间", choices=PERIODS, required=False, widget=forms.RadioSelect)
    town = forms.ChoiceField(label="乡镇街道", required=False, widget=PlainSelect)
    category = forms.ChoiceField(label="类别", required=False, widget=PlainSelect)
    sort = forms.CharField(required=False, max_length=12)

    def __init__(self, data: QueryDict, *, towns: dict[str, str], subjects: dict[int, str]) -> None:
        super().__init__(data)
        for name in ("town", "category"):
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["town"].choices = [("", "全部乡镇街道"), *towns.items()]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", "全部类别"), *((str(pk), name) for pk, name in subjects.items())]  # type: ignore[attr-defined]

    def clean_sort(self) -> str:
        """Keep a known column, with a minus for the other way round; anything else means the default."""
        sort = self.cleaned_data["sort"]
        return sort if sort.removeprefix("-") in SORTS else "timely"


@dataclass(frozen=True)
class Scope:
    """What is looked at: by whom, when, which days, where, which subject."""

    user: Any
    at: datetime
    period: str
    span: Span
    town: str
    subject: int | None
    sort: str
    towns: dict[str, str]
    subjects: dict[int, str]
    is_valid: bool

    @property
    def place(self) -> "QuerySet[Opinion]":
        """The opinions of this place, of any day and subject."""
        rows = Opinion.objects.visible_to(self.user)
        if not self.is_valid:
            return rows.none()
        return rows.filter(region__code__startswith=self.town) if self.town else rows

    @property
    def rows(self) -> "QuerySet[Opinion]":
        """The opinions of this place and subject, of any day."""
        if not self.subject:
            return self.place
        return self.place.filter(Q(category_id=self.subject) | Q(category__parent_id=self.subject))

    @property
    def stations(self) -> "QuerySet[Station]":
        """The stations of this place."""
        stations = Station.objects.visible_to(self.user)
        return stations.filter(region__code__startswith=self.town) if self.is_valid else stations.none()

    def list_url(self, **more: Any) -> str:
        """Return the address of the list that holds exactly the rows of this scope and the further filters."""
        query = self._list_query
        if not query.keys().isdisjoint(more):
            return _address(query | more)
        # Numbers, days and known words only: nothing here needs quoting, and a board writes a thousand of these.
        return self._list_start + "".join([f"&{name}={value}" for name, value in more.items()])

    @cached_property
    def _list_query(self) -> dict[str, Any]:
        query: dict[str, Any] = {"group": "all", "since": self.span.since, "until": self.span.until}
        if self.town:
            query["place"] = self.town
        if self.subject:
            query["category"] = self.subject
        return query

    @cached_property
    def _list_start(self) -> str:
        return _address(self._list_query)

    def board_query(self, **changes: Any) -> str:
        """Return the board's own query with some parts changed; what is at its default is left out."""
        query = {"period": self.period, "town": self.town, "category": self.subject or "", "sort": self.sort} | changes
        defaults = {"period": DEFAULT_PERIOD, "sort": "timely"}
        return urlencode({key: value for key, value in query.items() if value and value != defaults.get(key)})


@cache
def _list() -> str:
    return reverse("opinions:list")


def _address(query: Mapping[str, Any]) -> str:
    return f"{_list()}?" + "&".join([f"{name}={value}" for name, value in query.items()])


def scope_of(user: Any, data: QueryDict, at: datetime) -> tuple[Scope, ScopeForm]:
    """Read the address bar; choices are the towns of the user's prefix and the top subjects."""
    towns = queries.town_names(user.prefixes(*COUNTY_ROLES))
    subjects = queries.subject_names()
    form = ScopeForm(data, towns=towns, subjects=subjects)
    is_valid = form.is_valid()
    clean = form.cleaned_data
    period = clean.get("period") or DEFAULT_PERIOD
    scope = Scope(
        user=user,
        at=at,
        period=period,
        span=span_of(period, local_date(at)),
        town=clean.get("town", ""),
        subject=int(clean["category"]) if clean.get("category") else None,
        sort=clean.get("sort") or "timely",
        towns=towns,
        subjects=subjects,
        is_valid=is_valid,
    )
    return scope, form
