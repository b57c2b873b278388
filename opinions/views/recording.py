"""Writing one visit at the counter: submit, and what was decided at once, through the verbs in one transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.workflow import BadInput
from opinions import books, workflow
from opinions.forms_walkin import LATER, ON_SPOT, TO_UNIT
from opinions.models import BookLine, BookPage, Opinion
from opinions.receptions import queries as receptions
from opinions.states import State
from opinions.workflow import Message
from stations.models import Category, Unit
from stations.queries import guess_category

USUAL_DEMAND = "请按群众说的核实办理，办好后答复。"


@transaction.atomic
def record_visit(data: dict[str, Any], *, actor: Any, at: datetime) -> Opinion:
    """Write the visit and return the matter. The same client key returns what it made before and writes nothing.

    Raises VerbError of the verbs, or BadInput when no category or unit can be told; then nothing is written at all.
    """
    opinion = workflow.submit(
        station=data["station"], actor=actor, at=at, message=_message(data), client_key=data["client_key"]
    )
    if opinion.state != State.SUBMITTED:
        return opinion
    receptions.tie(opinion, actor=actor, at=at)
    if data["how"] == ON_SPOT:
        return workflow.answer_on_spot(
            opinion.pk,
            actor=actor,
            at=at,
            body=data["answer"],
            outcome=data["outcome"],
            promised_on=data["promised_on"],
            category=data.get("category") or guess_category(data["body"]),
        )
    if data["how"] in (TO_UNIT, LATER):
        category = category_of(data)
        opinion = workflow.accept(opinion.pk, actor=actor, at=at, category=category, kind=data["kind"])
    if data["how"] == TO_UNIT:
        lead, demand = unit_of(data, category), data.get("demand") or USUAL_DEMAND
        opinion = workflow.assign(opinion.pk, actor=actor, at=at, lead=lead, demand=demand, kind=data["kind"])
    return opinion


def copy_line(page: BookPage, data: dict[str, Any], *, actor: Any, at: datetime) -> BookLine:
    """Write one line of the paper book as a visit and tie it to its place on paper; raises as `record_visit` and
    `books.copy_line` do, and then nothing is written at all.
    """
    return books.copy_line(
        page.pk,
        data["line"],
        actor=actor,
        at=at,
        client_key=data["client_key"],
        record=lambda origin: record_visit(data | {"origin": origin}, actor=actor, at=at),
        written_on=data["written_on"],
        scribe=data["scribe"],
    )


def _message(data: dict[str, Any]) -> Message:
    return Message(
        body=data["body"],
        channel=data["channel"],
        region=data["region"],
        location=data["location"],
        name=data["name"],
        phone=data["phone"],
        hide_identity=data["hide_identity"],
        people=data["people"],
        photos=data["photos"],
        origin=data.get("origin", ""),
    )


def category_of(data: dict[str, Any]) -> Category:
    """Return the chosen category, else the guessed one; raises BadInput when the words do not tell."""
    category = data.get("category") or guess_category(data["body"])
    if category is None:
        raise BadInput("没看出是哪一类事，请在“类别”里选一个。", "category")
    return category


def unit_of(data: dict[str, Any], category: Category) -> Unit:
    """Return the chosen unit, else the category's usual one; raises BadInput when there is none."""
    unit = data.get("unit") or category.usual_unit
    if unit is None:
        raise BadInput(f"“{category.path}”没有通常承办的单位，请选一个，或者先受理、回头再定。", "unit")
    return unit
