# ruff: noqa: S608 - the statements are put together from the constants here; what people enter is always a parameter
"""The board's numbers read from the sums that triggers keep: whole months, the days at both ends, and fresh changes.

Exact at any moment: what is not folded yet is added while reading, and what is not answered lies under its limit, so
that it becomes late by being asked later. Each statement sees one moment. `queries` counts the same from the matters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import Role
from dashboards import queries
from dashboards.queries import MONTHS, TOWN_DIGITS, Counts, Tally, middle, month_before
from opinions.models import Opinion
from stations.models import Station

BY_REGION = (Role.TOWN_STAFF, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
BY_MATTER = (Role.STATION_STAFF, Role.UNIT_HANDLER, Role.REPRESENTATIVE, Role.GRID_WORKER)
_NEVER = (date.max, date.min)
_PLAIN = (
    "received", "in_time", "answered", "happy", "unhappy", "reopened",
    "outcome_a", "outcome_b", "outcome_c", "outcome_d",
)  # fmt: skip
_COLUMNS = f"start, station_id, town, category_id, unit_id, due_at, late_reply, {', '.join(_PLAIN)}"
_LATE = "late_reply + CASE WHEN due_at <= %(at)s THEN received ELSE 0 END"
_SUMS = f"sum({_LATE})::int AS late, " + ", ".join(f"sum({name})::int AS {name}" for name in _PLAIN)
_COUNTS = (
    "sum(received), sum(in_time + late), sum(in_time), sum(late), sum(answered), sum(happy + unhappy), sum(happy), "
    "sum(unhappy), sum(reopened), sum(outcome_a), sum(outcome_b), sum(outcome_c), sum(outcome_d)"
)
_FRESH = (
    "(start BETWEEN %(head_first)s AND %(head_last)s OR start BETWEEN %(tail_first)s AND %(tail_last)s "
    "OR start BETWEEN %(first_month)s AND %(month_end)s)"
)
_BRANCH = "SELECT id FROM stations_category WHERE %(subject)s IN (id, parent_id)"
_COUNTY_DIGITS = 6


def sight_of(user: Any) -> tuple[str, ...] | None:
    """Return the region prefixes of a user who sees whole towns; None where villages, single stations or single matters
    belong to what he sees: then the matters themselves must be counted.

    Says in other words what `Opinion.objects.visible_to` says; a test holds them together for every role.
    """
    prefixes: tuple[str, ...] = user.prefixes(*BY_REGION)
    if user.has_role(*BY_MATTER) or any(len(prefix) > TOWN_DIGITS for prefix in prefixes):
        return None
    return prefixes


@dataclass(frozen=True)
class Where:
    """Whole towns by prefix, cut to a town and a top subject, each or neither, as SQL over the sums' columns."""

    prefixes: tuple[str, ...]
    town: str
    subject: int | None

    @property
    def sql(self) -> str:
        """The condition; its values are `params`."""
        seen = " OR ".join(f"town LIKE %(prefix{number})s" for number in range(len(self.prefixes)))
        parts = [f"({seen or 'false'})"]
        if self.town:
            parts.append("town LIKE %(town)s")
        if self.subject:
            parts.append(
                "category_id = ANY(ARRAY(SELECT id FROM stations_category WHERE %(subject)s IN (id, parent_id)))"
            )
        return " AND ".join(parts)

    @property
    def level(self) -> str:
        """The condition that reads each matter once: from the sums of the county where whole counties are asked for."""
        is_wide = not (self.town or self.subject) and all(len(prefix) <= _COUNTY_DIGITS for prefix in self.prefixes)
        return f"{self.sql} AND category_id = 0" if is_wide else self.fine

    @property
    def fine(self) -> str:
        """The condition that reads the sums as they are."""
        return f"{self.sql} AND category_id IS DISTINCT FROM 0"

    @property
    def params(self) -> dict[str, Any]:
        """The condition's values; codes are digits, so none of them is a wildcard."""
        prefixes = {f"prefix{number}": f"{prefix}%" for number, prefix in enumerate(self.prefixes)}
        return {**prefixes, "town": f"{self.town}%", "subject": self.subject}


def pieces(since: date, until: date) -> dict[str, date]:
    """Cut a range of days into whole months and the days before and after them, as the statements' parameters."""
    first = since if since.day == 1 else month_before(since.replace(day=1), -1)
    end = (until + timedelta(days=1)).replace(day=1)  # the first month that is not whole
    if first >= end:
        months, head, tail = _NEVER, (since, until), _NEVER
    else:
        months, head, tail = (first, month_before(end, 1)), (since, first - timedelta(days=1)), (end, until)
    return _named(months, head, tail)


def _named(months: tuple[date, date], head: tuple[date, date], tail: tuple[date, date]) -> dict[str, date]:
    month_end = months[1] if months == _NEVER else month_before(months[1], -1) - timedelta(days=1)
    names = ("first_month", "last_month", "head_first", "head_last", "tail_first", "tail_last", "month_end")
    return dict(zip(names, (*months, *head, *tail, month_end), strict=True))


def _arms(columns: str, tables: tuple[str, str], where: Where, level: str, span: Mapping[str, date]) -> str:
    """Read months, the days at both ends and fresh changes, one after the other; a piece without days is left out."""
    month, day = tables
    pieces_of = (
        (month, "first_month", "last_month"),
        (day, "head_first", "head_last"),
        (day, "tail_first", "tail_last"),
    )
    kept = [
        f"SELECT {columns} FROM dashboards_{table} WHERE start BETWEEN %({first})s AND %({last})s AND {level}"
        for table, first, last in pieces_of
        if span[first] <= span[last]
    ]
    fresh = f"SELECT {columns} FROM dashboards_boardchange WHERE {_FRESH} AND {where.sql}"
    return " UNION ALL ".join([*kept, fresh])


def _cells(where: Where, level: str, span: Mapping[str, date]) -> str:
    return _arms(_COLUMNS, ("monthcount", "daycount"), where, level, span)


def _ask(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()  # type: ignore[no-any-return]


def tables_sql(where: Where, span: Mapping[str, date]) -> str:
    """Return the statement that counts by station, by unit, and by town and subject in one reading."""
    return (
        f"WITH cell AS ({_cells(where, where.fine, span)}), "
        f"joint AS (SELECT station_id, town, category_id, unit_id, {_SUMS} FROM cell "
        "GROUP BY station_id, town, category_id, unit_id) "
        "SELECT GROUPING(station_id, unit_id), station_id, unit_id, town, coalesce(c.parent_id, c.id) AS subject, "
        f"{_COUNTS} FROM joint LEFT JOIN stations_category c ON c.id = category_id "
        "GROUP BY GROUPING SETS ((station_id), (unit_id), (town, coalesce(c.parent_id, c.id))) HAVING sum(received) > 0"
    )


def totals_sql(where: Where, span: Mapping[str, date]) -> str:
    """Return the statement that counts everything together."""
    cell = _cells(where, where.level, span)
    return f"WITH cell AS ({cell}), joint AS (SELECT {_SUMS} FROM cell) SELECT {_COUNTS} FROM joint"


def months_sql(where: Where, span: Mapping[str, date]) -> str:
    """Return the statement that counts by month."""
    return (
        f"WITH cell AS ({_cells(where, where.level, span)}), "
        f"joint AS (SELECT date_trunc('month', start)::date AS month, {_SUMS} FROM cell GROUP BY 1) "
        f"SELECT month, {_COUNTS} FROM joint GROUP BY month"
    )


def answers_sql(where: Where, span: Mapping[str, date]) -> str:
    """Return the statement that reads the histograms of the units' days, in order."""
    arms = _arms("unit_id, days, timed", ("monthanswers", "dayanswers"), where, where.level, span)
    return (
        f"SELECT unit_id, days, sum(timed) FROM ({arms}) AS answers WHERE days IS NOT NULL "
        "GROUP BY unit_id, days HAVING sum(timed) <> 0 ORDER BY unit_id, days"
    )


def _tables(where: Where, span: Mapping[str, date], at: datetime) -> tuple[Any, Any, Any]:
    stations: dict[int, Counts] = {}
    units: dict[int, Counts] = {}
    places: dict[tuple[int | None, str], Counts] = {}
    for level, station, unit, town, subject, *counts in _ask(
        tables_sql(where, span), {**where.params, **span, "at": at}
    ):
        if level == 1:
            stations[station] = Counts(*counts)
        elif level == 2 and unit is not None:
            units[unit] = Counts(*counts)
        elif level == 3:
            places[subject, town] = Counts(*counts)
    return stations, units, places


def beside(span: Mapping[str, date], months: Sequence[tuple[date, Any]]) -> dict[str, date]:
    """Leave out of a span the whole months that were read already."""
    if span["first_month"] < months[0][0] or span["last_month"] >= months[-1][0]:  # the last one may not be whole
        return dict(span)
    return {**span, "first_month": date.max, "last_month": date.min, "month_end": date.min}


def _total(where: Where, span: Mapping[str, date], months: Sequence[tuple[date, Counts]], at: datetime) -> Counts:
    rest = beside(span, months)
    ((*counts,),) = _ask(totals_sql(where, rest), {**where.params, **rest, "at": at})
    found = Counts(*(number or 0 for number in counts))
    if rest == span:
        return found
    return sum((one for month, one in months if span["first_month"] <= month <= span["last_month"]), found)


def _months(where: Where, until: date, at: datetime) -> list[tuple[date, Counts]]:
    months = [month_before(until.replace(day=1), back) for back in range(2 * MONTHS - 1, -1, -1)]
    span = pieces(months[0], until)
    rows = _ask(months_sql(where, span), {**where.params, **span, "at": at})
    found = {month: Counts(*counts) for month, *counts in rows}
    return [(month, found.get(month, Counts())) for month in months]


def _medians(where: Where, span: Mapping[str, date]) -> dict[int, int]:
    histograms: dict[int, list[tuple[int, int]]] = {}
    for unit, days, number in _ask(answers_sql(where, span), {**where.params, **span}):
        histograms.setdefault(unit, []).append((days, number))
    return {unit: middle(histogram) for unit, histogram in histograms.items()}


@lru_cache(maxsize=64)
def _judged_sql(prefixes: tuple[str, ...], town: str) -> tuple[str, Any]:
    inside = Q()
    for prefix in prefixes:
        inside |= Q(region__code__startswith=prefix)
    here = Q(region__code__startswith=town) & inside
    return queries.judged(Station.objects.filter(here), Opinion.objects.filter(here)).query.sql_with_params()


def lives(where: Where, at: datetime) -> list[queries.Life]:
    """Judge the stations of these places, as `queries.lives` does, with a statement that is put together once."""
    if not where.prefixes:
        return []
    rows = _ask(*_judged_sql(where.prefixes, where.town))
    return [queries.life_of(queries.Judged(*row), at) for row in rows]


def read(where: Where, now: tuple[date, date], before: tuple[date, date], at: datetime) -> Tally:
    """Read everything the board counts, in four statements; `now`, which ends today, and `before` are two days each."""
    span = pieces(*now)
    stations, units, places = _tables(where, span, at)
    months = _months(where, now[1], at)
    return Tally(
        now=sum(stations.values(), Counts()),
        before=_total(where, pieces(*before), months, at),
        months=months,
        stations=stations,
        units=units,
        places=places,
        medians=_medians(where, span),
    )
