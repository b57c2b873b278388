"""The desk's list of matters: what can be asked for in the address bar, and the groups that tiles and lists share.

A tile's number and the list behind it come from the same `GROUPS`, so they cannot disagree. Choices come from what the
user may see; reference data are kept by each process for a minute, because they hardly change.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.cache import caches
from django.db.models import F, Q, QuerySet

from accounts.models import Role
from core import codes
from core.fields import keyed_hash
from core.filters import RegisterFilter
from core.text import clean_phone
from core.widgets import PlainChecks, PlainSelect
from core.workdays import OFFICE, WorkCalendar, end_of_day, local_date
from opinions.figures import FIGURES
from opinions.models import Opinion
from opinions.search import Words, place_gram, scope_of, station_gram
from opinions.states import CLOSED, PRESSED, WAITING_STATION, Channel, Kind, Satisfaction, State
from stations.models import Category, Region, Station, Unit

SEES_PHONES = (Role.STATION_STAFF, Role.TOWN_STAFF, Role.COUNTY_STAFF)
KEPT_SECONDS = 60
MOST_COUNTED = 1000  # rows of a list that are counted and can be walked through


@dataclass(frozen=True)
class Group:
    """A named part of the register; `where` is its condition at a moment."""

    label: str
    where: Callable[[datetime], Q]


def next_workday_end(at: datetime) -> datetime:
    """Return the closing hour of the next working day after today."""
    day = local_date(at) + timedelta(days=1)
    while not WorkCalendar.load().is_workday(day):
        day += timedelta(days=1)
    return end_of_day(day)


def _open(at: datetime) -> Q:
    return Q(closed_at=None)


def _waits(at: datetime) -> Q:
    return Q(closed_at=None) & ~Q(state=State.FED_BACK)


def _to_do(at: datetime) -> Q:
    waits = Q(state__in=[*WAITING_STATION, State.TRACKING]) | Q(state=State.FED_BACK, told_at=None)
    return Q(closed_at=None) & waits  # which lets the database look among the running ones only


def _soon(at: datetime) -> Q:
    after = max(at, end_of_day(local_date(at)))
    return _waits(at) & Q(step_due_at__gt=after, step_due_at__lte=next_workday_end(at))


def _today(at: datetime) -> Q:
    return _waits(at) & Q(step_due_at__gt=at, step_due_at__lte=end_of_day(local_date(at)))


GROUPS: Mapping[str, Group] = {
    "open": Group("在办", _open),
    "todo": Group("等站点办", _to_do),
    "unit": Group("等单位办", lambda at: Q(state__in=[State.ASSIGNED, State.HANDLING])),
    "today": Group("今天到期", _today),
    "soon": Group("明天转红", _soon),
    "late": Group("已超期", lambda at: _waits(at) & Q(step_due_at__lte=at)),
    "pressed": Group(
        "催办过的",
        lambda at: Q(closed_at=None, state__in=PRESSED) & (Q(rep_presses__gt=0) | Q(staff_presses__gt=0)),
    ),
    "untold": Group("待告知", lambda at: Q(state=State.FED_BACK, told_at=None)),
    "unrated": Group("等评价", lambda at: Q(state=State.FED_BACK) & ~Q(told_at=None)),
    "county": Group("提请县里交办", lambda at: Q(state=State.ACCEPTED, needs_county=True)),
    "closed": Group("办完的", lambda at: Q(state__in=CLOSED)),
    "all": Group("全部", lambda at: Q()),
}
SORTS = (("due", "期限近的在前"), ("new", "新来的在前"))


class OpinionFilter(RegisterFilter):
    """State, group, category, unit, kind, channel, place, station, rating and words. Pass `user=` and `at=`."""

    group = django_filters.ChoiceFilter(
        label="范围", choices=[(key, group.label) for key, group in GROUPS.items()], method="by_group"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)
    state = django_filters.MultipleChoiceFilter(label="状态", choices=State.choices, widget=PlainChecks, distinct=False)
    category = django_filters.ChoiceFilter(label="类别", method="by_category", widget=PlainSelect)
    unit = django_filters.ChoiceFilter(label="主办单位", field_name="lead_unit_id", widget=PlainSelect)
    place = django_filters.ChoiceFilter(label="地方", method="by_place", widget=PlainSelect)
    station = django_filters.ChoiceFilter(label="站点", field_name="station_id", widget=PlainSelect)
    kind = django_filters.ChoiceFilter(label="缓急", choices=Kind.choices, empty_label="都要", widget=PlainSelect)
    channel = django_filters.ChoiceFilter(
        label="从哪来", choices=Channel.choices, empty_label="都要", widget=PlainSelect
    )
    satisfaction = django_filters.ChoiceFilter(
        label="评价", choices=Satisfaction.choices, empty_label="都要", widget=PlainSelect
    )
    figure = django_filters.ChoiceFilter(
        label="看板数字",
        choices=[(key, figure.label) for key, figure in FIGURES.items()],
        method="by_figure",
        empty_label="都要",
        widget=PlainSelect,
    )
    mine = django_filters.BooleanFilter(label="只看我首问的", method="by_first_contact", widget=forms.CheckboxInput)
    round = django_filters.NumberFilter(
        label="第几轮", field_name="round", lookup_expr="gte", min_value=1, max_value=99
    )
    since = django_filters.DateFilter(label="收到从", method="by_since")
    until = django_filters.DateFilter(label="收到到", method="by_until")
    sort = django_filters.ChoiceFilter(label="排序", choices=SORTS, method="by_sort")

    class Meta:
        model = Opinion
        fields: list[str] = []

    def __init__(self, data: Any, *args: Any, at: datetime, is_whole: bool = False, **kwargs: Any) -> None:
        """`is_whole` builds every field, for drawing the panel; else only those that the query names are made."""
        self.at = at
        self.words = Words((), ())
        if not is_whole:
            self.base_filters = {name: one for name, one in type(self).base_filters.items() if name in data}  # type: ignore[has-type]
        super().__init__(data, *args, **kwargs)
        for name in [name for name in OFFERS if name in self.filters]:
            self._offer(name)
        for name, field in self.form.fields.items():
            if name not in ("state", "mine"):
                field.widget.attrs.setdefault("class", "input")
            if name in ("since", "until"):
                field.widget.input_type = "date"

    def _offer(self, name: str) -> None:
        """Give a field its choices; where there is nothing to choose the field goes."""
        offers = OFFERS[name](self.user)
        if name in ("place", "station") and len(offers) < 2:
            del self.form.fields[name], self.filters[name]
            return
        self.form.fields[name].empty_label = None
        self.form.fields[name].choices = [("", "都要"), *offers]

    def by_group(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Keep one of the named groups."""
        return rows.filter(GROUPS[value].where(self.at))

    def by_figure(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Keep the rows behind one number of the county board."""
        return rows.filter(FIGURES[value].where(self.at))

    def by_words(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Find a receipt, a whole telephone number (for those who may see one), or words of the message."""
        receipt = codes.normalise(value)
        if codes.is_valid_receipt(receipt):
            return rows.filter(receipt=receipt)
        if (phone := _phone(value)) and self.user.has_role(*SEES_PHONES):
            return rows.filter(phone_hash=keyed_hash(phone, "phone"))
        self.words = Words.read(value, self._within())
        return rows  # the words are looked for last, by `qs` and `in_order`, which know how many rows are wanted

    def _within(self) -> list[int]:
        """Return where the rows can lie at all, for the index of words: what was chosen, else what the user sees."""
        chosen = self.form.cleaned_data
        if chosen.get("station"):
            return [station_gram(int(chosen["station"]))]
        return [place_gram(chosen["place"])] if chosen.get("place") else scope_of(self.user)

    def by_category(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Keep a category and what lies under it."""
        return rows.filter(Q(category_id=value) | Q(category__parent_id=value))

    def by_place(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Keep a region and everything inside it: a prefix of the code."""
        return rows.filter(region__code__startswith=value)

    def by_first_contact(self, rows: "QuerySet[Opinion]", name: str, value: bool) -> "QuerySet[Opinion]":
        """Keep what this user answers for."""
        return rows.filter(first_contact_id=self.user.pk) if value else rows

    def by_since(self, rows: "QuerySet[Opinion]", name: str, value: Any) -> "QuerySet[Opinion]":
        """Keep what came in on that day or later."""
        return rows.filter(created_at__gte=_midnight(value))

    def by_until(self, rows: "QuerySet[Opinion]", name: str, value: Any) -> "QuerySet[Opinion]":
        """Keep what came in on that day or before."""
        return rows if value == date.max else rows.filter(created_at__lt=_midnight(value + timedelta(days=1)))

    def by_sort(self, rows: "QuerySet[Opinion]", name: str, value: str) -> "QuerySet[Opinion]":
        """Sorting is applied by `ordered`, once, also when nothing is said."""
        return rows

    @property
    def sorted_by(self) -> str:
        """The order in force: what was asked for, else by limit while matters run, else the newest first."""
        asked = self.data.get("sort")
        if asked in dict(SORTS):
            return str(asked)
        states = self.data.getlist("state")
        has_ended = self.data.get("group") in ("all", "closed") or bool(states) and set(states) <= set(CLOSED)
        return "new" if has_ended else "due"

    @property
    def qs(self) -> "QuerySet[Opinion]":
        """The filtered rows, found in the way that is soonest when they are counted up to the cap."""
        rows = super().qs  # which reads the words
        return self.words.any(rows, MOST_COUNTED + 1)

    @property
    def ordered(self) -> "QuerySet[Opinion]":
        """All filtered rows in order, for whoever reads to the end."""
        return self.in_order(sys.maxsize)

    def in_order(self, wanted: int) -> "QuerySet[Opinion]":
        """Return the filtered rows in order, found in the way that is soonest for the first `wanted` of them.

        The id makes the order total, so that pages never overlap.
        """
        rows = super().qs
        rows = self.words.first(rows, wanted)
        if self.sorted_by == "new":
            return rows.order_by("-created_at", "-id")
        return rows.order_by(F("step_due_at").asc(nulls_last=True), "id")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=OFFICE)


def _phone(text: str) -> str:
    try:
        return clean_phone(text)
    except ValueError:
        return ""


def _kept(key: str, read: Callable[[], Any]) -> Any:
    return caches["process"].get_or_set(key, read, KEPT_SECONDS)


def category_choices() -> list[tuple[str, Any]]:
    """Return the category tree as grouped choices: the whole branch first, its leaves below."""
    return _kept("desk-categories", _read_categories)


def _read_categories() -> list[tuple[str, Any]]:
    rows = list(Category.objects.order_by("position", "id").values_list("id", "parent_id", "name"))
    tree: list[tuple[str, Any]] = []
    for pk, parent, name in rows:
        if parent is None:
            leaves = [(str(leaf), label) for leaf, above, label in rows if above == pk]
            tree.append((name, [(str(pk), f"{name}（全部）"), *leaves]) if leaves else (str(pk), name))
    return tree


def unit_choices() -> list[tuple[str, str]]:
    """Return all units, by their short names."""
    return _kept("desk-units", _read_units)


def _read_units() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Unit.objects.order_by("code").values_list("pk", "short_name")]


def place_choices(user: Any) -> list[tuple[str, str]]:
    """Return the towns of a county, or the villages of a town, that lie in the user's scope."""
    return _kept(f"desk-places-{user.pk}-{scope_key(user)}", lambda: _read_places(user))


def _read_places(user: Any) -> list[tuple[str, str]]:
    wide = user.prefixes(Role.COUNTY_STAFF, Role.COUNTY_LEADER)
    if wide:
        where, level = _inside(wide), "township"
    else:
        narrow = [*user.prefixes(Role.TOWN_STAFF), *stations_of(user).values_list("region_id", flat=True)]
        where, level = _inside(narrow), "village"
    rows = Region.objects.filter(where, level=level).order_by("code") if where else Region.objects.none()
    return [(code, name) for code, name in rows.values_list("code", "short_name")]


def station_choices(user: Any) -> list[tuple[str, str]]:
    """Return the stations whose matters the user may see by his office."""
    return _kept(f"desk-stations-{user.pk}-{scope_key(user)}", lambda: _read_stations(user))


def _read_stations(user: Any) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in stations_of(user).order_by("code").values_list("pk", "name")]


def stations_of(user: Any) -> "QuerySet[Station]":
    """Return the stations of a user's office: his own, those of his region, those he serves as a representative."""
    return Station.objects.visible_to(user)


def _inside(prefixes: Any) -> Q:
    where = Q()
    for prefix in prefixes:
        where |= Q(code__startswith=prefix)
    return where


def scope_key(user: Any) -> str:
    """Name what a user may choose from: people with the same roles in the same places are offered the same."""
    return "-".join(sorted(f"{grant.role}.{grant.scope}" for grant in user.grants))


OFFERS: Mapping[str, Callable[[Any], list[tuple[str, Any]]]] = {
    "category": lambda user: category_choices(),
    "unit": lambda user: unit_choices(),
    "place": place_choices,
    "station": station_choices,
}


def default_query(data: Any) -> Any:
    """Return the query with the group that is meant when none is named: what is open, or everything when searching."""
    data = data.copy()
    if not data.get("group") and not data.getlist("state"):
        data["group"] = "all" if data.get("q") else "open"
    return data
