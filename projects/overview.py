"""The county's overview of a year: how many projects stand where, what they cost, how they go; each number its rows.

The rows are counted through the filters of the two registers that a number opens, so that list and number agree.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from projects.filters import IdeaFilter
from projects.models import ProjectIdea
from projects.places import lies_in, town_of
from projects.present import MARKS
from projects.states import ON_THE_LIST, State
from projects.works.filters import POLLS, WorkFilter, with_poll
from projects.works.measure import BY_URGENCY, Light
from projects.works.measure import MARKS as LIGHT_MARKS
from projects.works.models import Work
from projects.works.planning import money

BEFORE = (State.IDEA, State.POOLED, State.SCREENED, State.LISTED)
LIGHT_WORDS = {
    Light.LATE: "过了当初答应的日子", Light.SOON: "七天以内有节点到期", Light.ON_TIME: "都还没到日子",
    Light.DONE: "已经完工",
}  # fmt: skip
POLL_MARKS = {
    "good": ("is-done", "full"), "mending": ("is-late", "tri"), "again": ("is-soon", "ret"),
    "few": ("is-soon", "minus"), "running": ("is-move", "half"), "none": ("is-wait", "none"),
}  # fmt: skip
Mark = tuple[str, str, str]


@dataclass(frozen=True)
class Asked:
    """What is looked at: a year, and where one likes a town and a unit."""

    year: str
    town: str = ""
    unit: str = ""

    def works(self, **more: str) -> str:
        """Return the address of the register of the yearly list that holds exactly these."""
        return _address("projects:works", {"year": self.year, "town": self.town, "unit": self.unit} | more)

    def pool(self, **more: str) -> str:
        """Return the address of the reserve pool that holds exactly these."""
        return _address("projects:list", {"tab": "all", "year": self.year, "town": self.town} | more)


def _address(name: str, asked: Mapping[str, str]) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in asked.items() if value})}"


@dataclass(frozen=True)
class Figure:
    """A number and the list that opens its rows; what is nothing opens nothing."""

    words: str
    url: str


def count_figure(count: int, url: str) -> Figure:
    """Show how many."""
    return Figure(f"{count:,}", url if count else "")


def funds_figure(funds: Decimal, url: str) -> Figure:
    """Show a sum in 万元."""
    return Figure(money(funds), url if funds else "")


@dataclass
class Sums:
    """What some projects on the list come to."""

    count: int = 0
    funds: Decimal = Decimal(0)
    lights: Counter[str] = field(default_factory=Counter)

    def add(self, work: Work, light: Light) -> None:
        """Count one more."""
        self.count += 1
        self.funds += work.funds
        self.lights[light] += 1


@dataclass(frozen=True)
class Line:
    """One line of a panel: its mark, how many, their funds, and how long its bar is per hundred of the longest."""

    mark: Mark
    count: Figure
    funds: Figure | None
    share: int
    says: str = ""


@dataclass(frozen=True)
class Row:
    """A town or a unit: how many stand before the list, how many on it, their funds and their lights."""

    name: str
    before: Sequence[tuple[str, Figure]]
    listed: Figure
    funds: Figure
    lights: Sequence[tuple[str, str, Figure]]


@dataclass(frozen=True)
class Overview:
    """All that the page shows."""

    asked: Asked
    listed: Figure
    funds: Figure
    lights: Sequence[Line]
    stages: Sequence[Line]
    polls: Sequence[Line]
    towns: Sequence[Row]
    units: Sequence[Row]

    @property
    def is_empty(self) -> bool:
        """Tell whether the year has nothing at all."""
        return not any(line.count.url for line in self.stages)


def years_of(user: Any) -> list[int]:
    """Return the years that have any project, the newest first."""
    rows = ProjectIdea.objects.visible_to(user).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


class Overseer:
    """Loads and counts what a user sees; the choices of the page are those of the registers."""

    def __init__(self, user: Any, today: date, asked: Asked) -> None:
        self.today, self.asked = today, asked
        place = {"year": asked.year, "town": asked.town}
        self.ideas = IdeaFilter(place | {"tab": "all"}, queryset=ProjectIdea.objects.visible_to(user), user=user)
        seen = Work.objects.visible_to(user)
        self.works = WorkFilter(place | {"unit": asked.unit}, queryset=seen, user=user, today=today)

    @property
    def towns(self) -> dict[str, str]:
        """The towns in which anything lies, by code."""
        known = dict(self.works.towns) | {code: name for code, name in self.ideas.form.fields["town"].choices if code}
        return dict(sorted(known.items()))

    def before(self) -> Counter[tuple[str, str]]:
        """Count by town and state what does not stand on the list; units have no part in it yet."""
        found: Counter[tuple[str, str]] = Counter()
        if not self.asked.unit:
            rows = self.ideas.qs.filter(state__in=(*BEFORE, State.SHELVED)).order_by()
            for place, state, count in rows.values_list("region_id", "state").annotate(count=Count("pk")):
                found[town_of(place), state] += count
        return found

    def built(self) -> list[Work]:
        """Load what stands on the list, with what its light is reckoned from; nothing where the year has no list."""
        if not self.works.form.is_valid():
            return []
        rows = with_poll(self.works.qs).select_related("idea")
        columns = ("unit_id", "funds", "ends_on", "first_ends_on", "finished_on", "idea__state", "idea__region_id")
        return list(rows.only(*columns).prefetch_related("milestones"))


@dataclass(frozen=True)
class Headline:
    """This year's list in one line, for a board of many other things."""

    asked: Asked
    listed: Figure
    funds: Figure
    lights: Sequence[tuple[Mark, Figure]]


def headline_of(user: Any, today: date, town: str = "") -> Headline | None:
    """Return this year's list in one line; None where nothing stands on it. Two statements."""
    asked, whole = Asked(f"{today.year}", town), Sums()
    rows = Work.objects.visible_to(user).filter(idea__year=today.year, idea__state__in=ON_THE_LIST)
    for work in (rows.filter(lies_in(town, "idea__region")) if town else rows).with_light_columns():
        whole.add(work, work.light(today))
    if not whole.count:
        return None
    lights: list[tuple[Mark, Figure]] = [
        ((*LIGHT_MARKS[light], str(light.label)), count_figure(whole.lights[light], asked.works(light=light)))
        for light in (Light.LATE, Light.DONE)
    ]
    return Headline(asked, count_figure(whole.count, asked.works()), funds_figure(whole.funds, asked.works()), lights)


def overview_of(overseer: Overseer) -> Overview:
    """Count and put together; the number of statements does not depend on the number of rows."""
    asked, before = overseer.asked, overseer.before()
    works = [(work, work.light(overseer.today)) for work in overseer.built()]
    whole = Sums()
    for work, light in works:
        whole.add(work, light)
    by_town = _grouped(works, lambda work: town_of(work.idea.region_id))
    by_unit = _grouped(works, lambda work: str(work.unit_id))
    units = dict(overseer.works.units)
    return Overview(
        asked=asked,
        listed=count_figure(whole.count, asked.works()),
        funds=funds_figure(whole.funds, asked.works()),
        lights=[
            Line(
                (*LIGHT_MARKS[light], light.label),
                count_figure(whole.lights[light], asked.works(light=light)),
                None,
                0,
                LIGHT_WORDS[light],
            )
            for light in BY_URGENCY
        ],
        stages=_stages(before, _grouped(works, lambda work: work.idea.state), asked),
        polls=_polls(Counter(work.polled for work, _ in works), asked),  # type: ignore[attr-defined]
        towns=[
            _row(name, {"town": code}, by_town.get(code, Sums()), asked, _before_of(code, before, asked))
            for code, name in overseer.towns.items()
            if code in by_town or any(place == code for place, _ in before)
        ],
        units=[
            _row(units[code], {"unit": code}, by_unit[code], asked, {})
            for code in sorted(by_unit, key=lambda code: (-by_unit[code].count, units[code]))
        ],
    )


def _grouped(works: Iterable[tuple[Work, Light]], key: Callable[[Work], str]) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for work, light in works:
        found.setdefault(key(work), Sums()).add(work, light)
    return found


def _before_of(town: str, before: Counter[tuple[str, str]], asked: Asked) -> dict[str, int]:
    """What of a town does not stand on the list; nothing is said of it where one unit is asked for."""
    return {} if asked.unit else {state: before[town, state] for state in (*BEFORE, State.SHELVED)}


def _stages(before: Counter[tuple[str, str]], listed: Mapping[str, Sums], asked: Asked) -> list[Line]:
    """Every state of the road, and what was put aside; before the list nothing has a sum yet."""
    none = Sums()
    rows: list[tuple[Mark, int, Decimal | None, str]] = []
    for state in (*BEFORE, *ON_THE_LIST, State.SHELVED):
        mark = (*MARKS[state], state.label)
        if state in ON_THE_LIST:
            sums = listed.get(state, none)
            rows.append((mark, sums.count, sums.funds, asked.works(stage=state)))
        else:
            count = sum(number for (_, at), number in before.items() if at == state)
            rows.append((mark, count, None, asked.pool(state=state)))
    return _lines(rows)


def _polls(polled: Counter[str], asked: Asked) -> list[Line]:
    return _lines(
        [((*POLL_MARKS[key], label), polled[key], None, asked.works(poll=key)) for key, (label, _) in POLLS.items()]
    )


def _lines(rows: Sequence[tuple[Mark, int, Decimal | None, str]]) -> list[Line]:
    most = max((count for _, count, _, _ in rows), default=0) or 1
    return [
        Line(mark, count_figure(count, url), None if funds is None else funds_figure(funds, url), 100 * count // most)
        for mark, count, funds, url in rows
    ]


def _row(name: str, where: dict[str, str], sums: Sums, asked: Asked, before: Mapping[str, int]) -> Row:
    return Row(
        name=name,
        before=[
            (State(state).label, count_figure(count, asked.pool(state=state, **where)))
            for state, count in before.items()
        ],
        listed=count_figure(sums.count, asked.works(**where)),
        funds=funds_figure(sums.funds, asked.works(**where)),
        lights=[
            (LIGHT_MARKS[light][0], light.label, count_figure(sums.lights[light], asked.works(light=light, **where)))
            for light in BY_URGENCY
        ],
    )
