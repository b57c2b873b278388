"""The preview of 成批办理: one line a matter with what is proposed for it, what was typed, and what is wrong with it.

All lines of a preview share the same statements, so that fifty cost as many as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.workdays import day_words
from opinions import bulk, deadlines
from opinions.bulk import Order, moment_of
from opinions.models import Opinion
from opinions.present import Mark, state_mark
from opinions.states import Kind, Step
from opinions.views.page import leaf_categories, place_words
from stations.models import Category, Unit
from stations.queries import guess_category_id

MOST_WORDS = 2000
_COUNTY_DIGITS = 6
_NO_CATEGORY, _NO_UNIT, _NO_DEMAND = "请选归入哪一类。", "请选交给哪个单位。", "请写明请单位办什么。"
_TOO_LONG = f"请办什么最多 {MOST_WORDS} 个字。"


@dataclass(frozen=True)
class Line:
    """One matter in the preview. `choice` is its category or its unit, by key; `error` is what is still missing."""

    opinion: Opinion
    why_not: str
    choice: str = ""
    kind: str = ""
    demand: str = ""
    is_taken: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    seen: str = ""
    due: str = ""

    @property
    def mark(self) -> Mark:
        """How its state is shown."""
        return state_mark(self.opinion.state)

    @property
    def place(self) -> str:
        """Where it is, and which category it has been given."""
        category = self.opinion.category
        return " · ".join(part for part in (place_words(self.opinion), category.name if category else "") if part)


def _seen(opinion: Opinion, typed: Mapping[str, Any] | None) -> str:
    """The moment the matter last moved when the clerk first saw the preview, kept while he corrects it."""
    return str(typed.get(f"seen_{opinion.pk}", "")) if typed is not None else opinion.changed_at.isoformat()


class Accepting:
    """受理: category and kind, as guessed or kept, for each or for all."""

    verb = "accept"

    def __init__(self, user: Any, at: datetime) -> None:
        self.user, self.at = user, at
        self.categories: dict[str, Category] = {str(row.pk): row for row in leaf_categories()}
        self.choices = tuple((key, row.path) for key, row in self.categories.items())

    def line(self, opinion: Opinion, typed: Mapping[str, Any] | None) -> Line:
        """Propose a category and a kind, or take over what was typed."""
        kept = str(opinion.category_id or guess_category_id(opinion.body) or "")
        choice, kind = (kept if kept in self.categories else ""), str(opinion.kind)
        if typed is not None:
            choice = typed.get("choice_all") or typed.get(f"choice_{opinion.pk}", "")
            kind = typed.get("kind_all") or typed.get(f"kind_{opinion.pk}", "")
        due = deadlines.due(Step.ASSIGN, self.at).due_at
        return Line(
            opinion,
            bulk.why_not(self.verb, self.user, opinion),
            choice=choice,
            kind=kind if kind in Kind.values else Kind.ORDINARY,
            choices=self.choices,
            error="" if choice in self.categories else _NO_CATEGORY,
            seen=_seen(opinion, typed),
            due=f"{day_words(due)}前交办",
        )

    def order(self, line: Line) -> Order:
        """Return what is to be done with a sound line."""
        arguments = {"category": self.categories[line.choice], "kind": line.kind}
        return Order(line.opinion.pk, moment_of(line.seen), arguments)


class Assigning:
    """交办: the category's usual unit or another one, what it is asked to do, and the day it must answer by."""

    verb = "assign"

    def __init__(self, user: Any, at: datetime, opinions: Sequence[Opinion]) -> None:
        self.user, self.at, self.common = user, at, ""
        self.units = {str(unit.pk): unit for unit in _units_of(opinions)}
        wanted = {opinion.category_id for opinion in opinions}
        self.usual = dict(Category.objects.filter(pk__in=wanted).values_list("pk", "usual_unit_id"))
        of_county = [unit for unit in self.units.values() if len(unit.region_id) <= _COUNTY_DIGITS]
        self.choices = tuple((str(unit.pk), unit.short_name) for unit in of_county)

    def line(self, opinion: Opinion, typed: Mapping[str, Any] | None) -> Line:
        """Propose the usual unit, or take over what was typed. A town's unit is offered in its own town only."""
        fit = {key: unit for key, unit in self.units.items() if opinion.region_id.startswith(unit.region_id)}
        usual = str(self.usual.get(opinion.category_id) or "")
        choice, demand = (usual if usual in fit else ""), ""
        if typed is not None:
            choice = typed.get("choice_all") or typed.get(f"choice_{opinion.pk}", "")
            demand = typed.get(f"demand_{opinion.pk}", "").strip()
            self.common = typed.get("demand", "").strip()
        due = deadlines.due(Step.REPLY, self.at, kind=opinion.kind, category_id=opinion.category_id).due_at
        return Line(
            opinion,
            bulk.why_not(self.verb, self.user, opinion),
            choice=choice,
            kind=opinion.kind,
            demand=demand,
            choices=tuple((key, unit.short_name) for key, unit in fit.items()),
            error=_wrong_charge(choice in fit, demand or self.common),
            seen=_seen(opinion, typed),
            due=f"{opinion.get_kind_display()}，{day_words(due)}前答复",
        )

    def order(self, line: Line) -> Order:
        """Return what is to be done with a sound line; its own demand, else the one for all."""
        arguments = {"lead": self.units[line.choice], "demand": line.demand or self.common}
        return Order(line.opinion.pk, moment_of(line.seen), arguments)


def _wrong_charge(has_unit: bool, asked: str) -> str:
    if not has_unit:
        return _NO_UNIT
    return _TOO_LONG if len(asked) > MOST_WORDS else "" if asked else _NO_DEMAND


def _units_of(opinions: Sequence[Opinion]) -> "QuerySet[Unit]":
    codes = {opinion.region_id[:length] for opinion in opinions for length in (4, 6, 9, 12)}
    return Unit.objects.filter(is_active=True, region_id__in=codes).order_by("region_id", "id")


@dataclass(frozen=True)
class Preview:
    """All lines: those that can be done, and those that cannot with the reason."""

    able: tuple[Line, ...]
    unable: tuple[Line, ...]
    missing: int
    choices: tuple[tuple[str, str], ...]

    @property
    def taken(self) -> tuple[Line, ...]:
        """The lines that are still ticked."""
        return tuple(line for line in self.able if line.is_taken)

    @property
    def wrong(self) -> tuple[Line, ...]:
        """The ticked lines that lack something."""
        return tuple(line for line in self.taken if line.error)


Plan = Accepting | Assigning


def plan_of(act: str, user: Any, at: datetime, opinions: Sequence[Opinion]) -> Plan:
    """Return the plan of an act, with what its lines need read once."""
    return Accepting(user, at) if act == "accept" else Assigning(user, at, opinions)


def preview(
    plan: Plan, opinions: Sequence[Opinion], wanted: int, typed: Mapping[str, Any] | None, ticked: Sequence[int]
) -> Preview:
    """Put the lines together. A fresh preview shows no error yet; `ticked` came with what was typed."""
    lines = [plan.line(opinion, typed) for opinion in opinions]
    if typed is None:
        lines = [replace(line, error="") for line in lines]
    else:
        lines = [replace(line, is_taken=line.opinion.pk in ticked) for line in lines]
    able = tuple(line for line in lines if not line.why_not)
    unable = tuple(line for line in lines if line.why_not)
    return Preview(able, unable, wanted - len(lines), plan.choices)
