"""The county board put together: tiles, stations, towns, units, subjects and months, each number with its list.

Works on a `Tally`; asks the database nothing itself but through `scope`, `tally` and `queries`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.workdays import local_date
from dashboards import queries, tally
from dashboards.county_scope import Scope
from dashboards.queries import MONTHS, Counts, Life, Rate, Tally
from dashboards.tally import Where, sight_of

VITALITY = {
    "ACTIVE": ("is-done", "full", "活跃"),
    "DORMANT": ("is-soon", "moon", "休眠"),
    "SHELL": ("is-late", "shell", "空壳"),
}
TOO_MANY_AGAIN = 8.0  # per cent opened again: marked, by the county's own rule of thumb
TOO_LATE = 85.0  # per cent answered in time under which a unit is marked
HEAT_STEPS = (0.2, 0.4, 0.6, 0.8)
SPARK_WIDTH, SPARK_TOP, SPARK_BOTTOM = 116.0, 6.0, 34.0
NO_CASES = "不到 10 件，不算比例"


@dataclass(frozen=True)
class Figure:
    """A number ready to be shown: words, unit, the cases behind a rate, and the list that confirms it."""

    value: str
    unit: str
    url: str
    base: str = ""
    base_url: str = ""
    is_off: bool = False


@dataclass(frozen=True)
class Tile:
    """A figure tile: name, number, change, line of twelve months over the twelve before, definition."""

    key: str
    name: str
    figure: Figure
    change: str
    arrow: str
    tone: str
    definition: str
    line: str
    line_before: str
    end: tuple[float, float] | None


@dataclass(frozen=True)
class Measure:
    """How a tile is counted: its rate (None for a plain number), its lists, its words, and whether more is better."""

    key: str
    name: str
    rate: Callable[[Counts], Rate] | None
    part: str
    base: str
    definition: str
    good: int


MEASURES = (
    Measure("received", "收到意见", None, "", "", "按收到的日子算", 0),
    Measure("timely", "按期答复", lambda c: c.timely, "in_time", "due", "按期答复的 ÷ 到期该答的", 1),
    Measure("satisfied", "评了的人里满意", lambda c: c.satisfied, "happy", "rated", "满意和基本满意 ÷ 评了的", 1),
    Measure("took_part", "评价参与", lambda c: c.took_part, "rated", "answered", "评了的 ÷ 答复过的", 1),
    Measure("again", "重新办", lambda c: c.again, "reopened", "answered", "重新办过的 ÷ 答复过的", -1),
)


def rate_figure(rate: Rate, scope: Scope, part: str, base: str, **where: Any) -> Figure:
    """Show a rate with its cases; over too few cases the number of cases stands instead of a percentage."""
    cases = f"{rate.part:,} / {rate.base:,} 件"
    links = scope.list_url(figure=part, **where), scope.list_url(figure=base, **where)
    if rate.percent is None:
        return Figure("—", "", links[0], cases, links[1])
    return Figure(f"{rate.percent:.1f}", "%", links[0], cases, links[1])


def _rates(counts: Counts, scope: Scope, **where: Any) -> dict[str, Figure]:
    """Show every rate of a line, and mark too many that were opened again."""
    figures = {
        measure.key: rate_figure(measure.rate(counts), scope, measure.part, measure.base, **where)
        for measure in MEASURES
        if measure.rate is not None
    }
    again = counts.again.percent
    figures["again"] = replace(figures["again"], is_off=again is not None and again > TOO_MANY_AGAIN)
    return figures


def tiles(now: Counts, before: Counts, months: Sequence[tuple[date, Counts]], scope: Scope) -> list[Tile]:
    """Return the five tiles."""
    return [_tile(measure, now, before, months, scope) for measure in MEASURES]


def _tile(measure: Measure, now: Counts, before: Counts, months: Sequence[tuple[date, Counts]], scope: Scope) -> Tile:
    if measure.rate is None:
        figure = Figure(f"{now.received:,}", "件", scope.list_url())
        change = _number_change(now.received, before.received, scope.span.before_words)
        series: list[float | None] = [float(counts.received) for _, counts in months]
    else:
        figure = rate_figure(measure.rate(now), scope, measure.part, measure.base)
        old, new = measure.rate(before).percent, measure.rate(now).percent
        change = _point_change(new, old, scope.span.before_words)
        series = [measure.rate(counts).percent for _, counts in months]
    words, direction = change
    line, line_before, end = spark(series[:MONTHS], series[MONTHS:])
    return Tile(
        key=measure.key,
        name=measure.name,
        figure=figure,
        change=words,
        arrow={1: "▲", -1: "▼"}.get(direction, ""),
        tone={1: "is-done", -1: "is-late"}.get(direction * measure.good, ""),
        definition=measure.definition,
        line=line,
        line_before=line_before,
        end=end,
    )


def _number_change(new: int, old: int, words: str) -> tuple[str, int]:
    if not words:
        return "从头数起", 0
    if old < queries.LEAST_CASES:
        return f"{words}不到 10 件，没法比", 0
    share = round(100 * (new - old) / old)
    if share == 0:
        return f"和{words}持平", 0
    return (f"比{words}多 {share}%", 1) if share > 0 else (f"比{words}少 {-share}%", -1)


def _point_change(new: float | None, old: float | None, words: str) -> tuple[str, int]:
    if not words:
        return NO_CASES if new is None else "从头数起", 0
    if new is None or old is None:
        return f"{words}没法比" if old is None else NO_CASES, 0
    points = round(new - old, 1)
    if points == 0:
        return f"和{words}持平", 0
    return (f"比{words}高 {points} 个点", 1) if points > 0 else (f"比{words}低 {-points} 个点", -1)


def spark(before: Sequence[float | None], now: Sequence[float | None]) -> tuple[str, str, tuple[float, float] | None]:
    """Return the points of this year's line, of last year's, and where this year's ends; months without a value
    are passed over.
    """
    known = [value for value in (*before, *now) if value is not None]
    if not known:
        return "", "", None
    low, high = min(known), max(known)
    scale = (SPARK_BOTTOM - SPARK_TOP) / (high - low) if high > low else 0.0

    def points(series: Sequence[float | None]) -> list[tuple[float, float]]:
        step = SPARK_WIDTH / (MONTHS - 1)
        return [
            (round(2 + step * place, 1), round(SPARK_BOTTOM - (value - low) * scale, 1))
            for place, value in enumerate(series)
            if value is not None
        ]

    line, old = points(now), points(before)
    return _svg(line), _svg(old), line[-1] if line else None


def _svg(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points) if len(points) > 1 else ""


@dataclass(frozen=True)
class StationRow:
    """A station's line in the table, or a town's tile."""

    name: str
    code: str
    url: str
    counts: Counts
    life: Life
    figures: Mapping[str, Figure]

    @property
    def mark(self) -> tuple[str, str, str]:
        """Tone, shape and word of its vitality."""
        return VITALITY[self.life.vitality]


def station_rows(sums: Mapping[int, Counts], lives: Sequence[Life], scope: Scope) -> list[StationRow]:
    """Return every station in the order asked for; stations without a value for it stand last."""
    rows = [_station_row(life, sums.get(life.station.pk, Counts()), scope) for life in lives]
    name, down = scope.sort.removeprefix("-"), scope.sort.startswith("-")
    known = [row for row in rows if _sort_value(row, name) is not None]
    rest = [row for row in rows if _sort_value(row, name) is None]
    return sorted(known, key=lambda row: _sort_value(row, name), reverse=down) + rest


def _station_row(life: Life, counts: Counts, scope: Scope) -> StationRow:
    station = life.station
    figures = _rates(counts, scope, station=station.pk)
    name = station.name.removesuffix("融合站点") or station.name
    return StationRow(name, station.code, scope.list_url(station=station.pk), counts, life, figures)


def _sort_value(row: StationRow, name: str) -> Any:
    if name == "name":
        return row.life.station.region_id
    if name == "received":
        return row.counts.received
    if name == "moved":
        return row.life.moved_at
    return getattr(row.counts, name).percent


@dataclass(frozen=True)
class TownTile:
    """A town on the map of tiles: how its stations stand, and how much came in."""

    name: str
    url: str
    received: int
    vitality: str
    note: str


def town_tiles(places: Mapping[tuple[int | None, str], Counts], lives: Sequence[Life], scope: Scope) -> list[TownTile]:
    """Return a tile for each town in view; a town is as dead as the station of the town itself."""
    sums: dict[str, int] = {}
    for (_, town), counts in places.items():
        sums[town] = sums.get(town, 0) + counts.received
    own = {life.station.region_id: life for life in lives}
    tiles = []
    for code, name in scope.towns.items():
        if scope.town not in ("", code):
            continue
        received, life = sums.get(code, 0), own.get(code)
        vitality = life.vitality if life else "SHELL"
        note = f"{received:,} 件" if vitality == "ACTIVE" else (life.missing[0] if life else "没有站点")
        tiles.append(TownTile(name, scope.list_url(place=code), received, vitality, note))
    return tiles


@dataclass(frozen=True)
class UnitRow:
    """A unit by timeliness and by what came of its answers."""

    name: str
    url: str
    counts: Counts
    timely: Figure
    median: int | None
    parts: tuple[tuple[str, int, int, float, float], ...]


OUTCOME_WORDS = ("已解决", "正在解决", "列入计划", "暂无条件")


def unit_rows(counted: Tally, names: Mapping[int, str], scope: Scope) -> list[UnitRow]:
    """Return the units that were handed something, the one with most matters first."""
    order = sorted(counted.units, key=lambda unit: (-counted.units[unit].received, unit))
    return [
        _unit_row(unit, names.get(unit, ""), counted.units[unit], counted.medians.get(unit), scope) for unit in order
    ]


def _unit_row(unit: int, name: str, counts: Counts, median: int | None, scope: Scope) -> UnitRow:
    timely = rate_figure(counts.timely, scope, "in_time", "due", unit=unit)
    percent = counts.timely.percent
    timely = replace(timely, is_off=percent is not None and percent < TOO_LATE)
    total, left, parts = sum(counts.outcomes), 0.0, []
    for number, (word, count) in enumerate(zip(OUTCOME_WORDS, counts.outcomes, strict=True), 1):
        width = 300 * count / total if total else 0.0
        parts.append((word, number, count, round(left, 1), round(width, 1)))
        left += width
    return UnitRow(name, scope.list_url(unit=unit), counts, timely, median, tuple(parts))


@dataclass(frozen=True)
class Heat:
    """Subjects by town: a head of towns, and rows of numbers with their depth of colour and their lists."""

    towns: Sequence[str]
    rows: Sequence[tuple[str, int, str, Sequence[tuple[int, str, str]]]]
    unsorted: int
    unsorted_url: str


def heat(places: Mapping[tuple[int | None, str], Counts], scope: Scope) -> Heat:
    """Return the table of subjects and towns; subjects nobody spoke of are left out."""
    numbers = {place: counts.received for place, counts in places.items()}
    codes = [code for code in scope.towns if scope.town in ("", code)]
    most = max((number for (subject, _), number in numbers.items() if subject), default=0)
    totals: dict[int | None, int] = {}
    for (subject, _), number in numbers.items():
        totals[subject] = totals.get(subject, 0) + number
    rows = []
    for subject, name in scope.subjects.items():
        if not totals.get(subject):
            continue
        of_towns = [(numbers.get((subject, code), 0), code) for code in codes]
        cells = [
            (number, _depth(number, most), scope.list_url(category=subject, place=code) if number else "")
            for number, code in of_towns
        ]
        rows.append((name, totals[subject], scope.list_url(category=subject), cells))
    names = [_plain_town(scope.towns[code]) for code in codes]
    return Heat(names, rows, totals.get(None, 0), scope.list_url(figure="unsorted"))


def _plain_town(name: str) -> str:
    for ending in ("街道", "镇", "乡"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _depth(number: int, most: int) -> str:
    if not number or not most:
        return "h0"
    deep = sum(number / most > step for step in HEAT_STEPS)
    return f"h{deep}c" if deep else "h0"


@dataclass(frozen=True)
class MonthRow:
    """A month of the last twelve, each number with its list."""

    month: date
    counts: Counts
    url: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Board:
    """Everything the page and the workbook show."""

    scope: Scope
    now: Counts
    tiles: Sequence[Tile]
    stations: Sequence[StationRow]
    towns: Sequence[TownTile]
    units: Sequence[UnitRow]
    heat: Heat
    months: Sequence[MonthRow]

    @property
    def asleep(self) -> list[StationRow]:
        """Dormant and shell stations, shells first."""
        rows = [row for row in self.stations if row.life.vitality != "ACTIVE"]
        return sorted(rows, key=lambda row: (row.life.vitality != "SHELL", row.life.station.region_id))

    @property
    def vitality(self) -> list[tuple[str, str, str, int]]:
        """How many stations live, sleep, or are shells: tone, shape, word, number."""
        number = [row.life.vitality for row in self.stations]
        return [(*mark, number.count(key)) for key, mark in VITALITY.items()]


def _month_row(month: date, counts: Counts, scope: Scope) -> MonthRow:
    last = queries.month_before(month, -1) - timedelta(days=1)
    days = {"since": month, "until": min(last, local_date(scope.at))}
    return MonthRow(month, counts, scope.list_url(**days), _rates(counts, scope, **days))


def board_of(scope: Scope) -> Board:
    """Count and put together; the number of statements does not depend on the number of rows."""
    counted, lives = _counted(scope)
    return Board(
        scope=scope,
        now=counted.now,
        tiles=tiles(counted.now, counted.before, counted.months, scope),
        stations=station_rows(counted.stations, lives, scope),
        towns=town_tiles(counted.places, lives, scope),
        units=unit_rows(counted, queries.unit_names(), scope),
        heat=heat(counted.places, scope),
        months=[_month_row(month, counts, scope) for month, counts in counted.months[MONTHS:]],
    )


def _counted(scope: Scope) -> tuple[Tally, list[Life]]:
    now = scope.span.since, scope.span.until
    before = scope.span.before_since, scope.span.before_until
    prefixes = sight_of(scope.user) if scope.is_valid else None
    if prefixes is None:
        lives = queries.lives(scope.stations, scope.place, scope.at)
        return queries.counted(scope.rows, now, before, scope.at), lives
    where = Where(prefixes, scope.town, scope.subject)
    return tally.read(where, now, before, scope.at), tally.lives(where, scope.at)
