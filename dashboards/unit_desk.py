"""The unit's home: what waits for it, in the order in which it should be taken up. Reads only.

First what has to be signed, then what is late or nearly so, what somebody pressed for, what was decided on its wishes,
where it helps another unit, what it has promised, and the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from core.workdays import day_words
from dashboards.today import MOST_ROWS, Tile, ToDo, mine
from opinions.filters import GROUPS, next_workday_end
from opinions.models import Assignment, Extension, Opinion, ReturnRequest, Verdict
from opinions.states import State
from opinions.views.rows import COLUMNS, UNIT_ACTS, Row, prepared

SIGN, LATE, SOON, PRESSED, DECIDED, HELP, PROMISED, REST = ORDER = (
    "等签收",
    "已超期",
    "明天前到期",
    "有人催办",
    "申请有了答复",
    "协办：等你们的意见",
    "答应的日子",
    "别的在办",
)
_NEWS_DAYS = 5
_DECIDED_WORDS: Mapping[tuple[str, str], str] = {
    ("Extension", Verdict.GRANTED): "延期同意了",
    ("Extension", Verdict.REFUSED): "延期没有同意",
    ("ReturnRequest", Verdict.REFUSED): "退回没有同意",
}


def tiles(user: Any, at: datetime) -> list[Tile]:
    """Return the numbers of a unit's day: to sign, late, turning red, pressed, to answer, promises; one statement."""
    with_us = Q(state__in=[State.ASSIGNED, State.HANDLING])
    groups: dict[str, Q] = {name: GROUPS[name].where(at) & with_us for name in ("soon", "late")}
    groups["pressed"] = GROUPS["pressed"].where(at)
    states: dict[str, Q] = {state: Q(state=state) for state in (State.ASSIGNED, State.HANDLING, State.TRACKING)}
    counts = (
        mine(user)
        .filter(closed_at=None)
        .aggregate(**{f"n_{name}": Count("pk", filter=where) for name, where in {**groups, **states}.items()})
    )
    with_unit = "state=ASSIGNED&state=HANDLING"
    tomorrow = day_words(next_workday_end(at))
    rows = (
        ("待签收", "is-move", "half", State.ASSIGNED, "交办后一个工作日内", "state=ASSIGNED"),
        ("已超期", "is-late", "tri", "late", "先办这些", f"group=late&{with_unit}"),
        ("明天转红", "is-soon", "dia0", "soon", f"{tomorrow}下班前到期", f"group=soon&{with_unit}"),
        ("有人催办", "is-soon", "warn", "pressed", "代表、站点或县里催的", "group=pressed"),
        ("办理中", "is-move", "three", State.HANDLING, "按期限答复", "state=HANDLING"),
        ("跟踪落实", "is-move", "flag", State.TRACKING, "答应过日子的", "state=TRACKING"),
    )
    base = reverse("opinions:list")
    return [
        Tile(label, tone, glyph, counts[f"n_{key}"], note if counts[f"n_{key}"] else "没有", f"{base}?{query}")
        for label, tone, glyph, key, note, query in rows
    ]


def work(user: Any) -> "QuerySet[Opinion]":
    """Return what a unit has to do: lead and sign, answer, keep a promise; or help and give its part."""
    leads = Q(lead_unit__code__in=user.unit_codes, state__in=[State.ASSIGNED, State.HANDLING, State.TRACKING])
    helps = Assignment.objects.filter(
        opinion_id=OuterRef("pk"), role=Assignment.Part.CO, ended_at=None, part_at=None, unit__code__in=user.unit_codes
    )
    return mine(user).filter(leads | Q(Exists(helps), state__in=[State.ASSIGNED, State.HANDLING]))


def to_do(user: Any, at: datetime) -> ToDo:
    """Return the most urgent rows by what has to be done about them; the number of statements does not grow."""
    rows = work(user)
    by_due = rows.order_by(F("step_due_at").asc(nulls_last=True), "pk")
    values = list(by_due.values_list(*COLUMNS, named=True)[:MOST_ROWS])
    total = rows.count() if len(values) == MOST_ROWS else len(values)
    decided = decided_lately([item.pk for item in values], at)
    found: dict[str, list[Row]] = {word: [] for word in ORDER}
    for item, row in zip(values, prepared(values, at, "unit", "group=open", user.unit_codes), strict=True):
        word = part_of(item, row, at, decided)
        if word == DECIDED:
            row = replace(row, second=f"{decided[item.pk]} · {row.second}")
        found[word].append(row)
    return ToDo(tuple((word, found[word]) for word in ORDER if found[word]), total, len(values))


def part_of(item: Any, row: Row, at: datetime, decided: Mapping[int, str]) -> str:
    """Name the part of the list a matter belongs to: the first that fits."""
    if row.action not in UNIT_ACTS.values():  # it helps another unit
        return SIGN if row.action == "签收协办" else HELP
    if item.state == State.ASSIGNED:
        return SIGN
    due = item.step_due_at
    if due is not None and due <= next_workday_end(at):
        return LATE if due <= at else SOON
    if row.pressed:
        return PRESSED
    if item.state == State.TRACKING:
        return PROMISED
    return DECIDED if item.pk in decided else REST


def decided_lately(pks: Sequence[int], at: datetime) -> dict[int, str]:
    """Return in words what was decided in the last days on the units' wishes for these matters."""
    found: dict[int, str] = {}
    for model in (ReturnRequest, Extension):
        rows = model.objects.filter(opinion_id__in=pks, decided_at__gte=at - timedelta(days=_NEWS_DAYS))
        for opinion_id, verdict in rows.order_by("pk").values_list("opinion_id", "verdict"):
            if words := _DECIDED_WORDS.get((model.__name__, verdict)):
                found[opinion_id] = words
    return found
