"""Before the meeting: who may prepare it, whom he may invite, what may come on the agenda."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from notices.models import Notice
from projects import workflow
from projects.council import asking, preparing
from projects.council.models import AgendaItem, Council, FeasibilityOpinion
from projects.council.states import State
from projects.states import State as IdeaState
from stations.models import Representative
from tests.projects.council.conftest import CLOSED, HOUR, OPENED, YES, Table, marks
from tests.world import START

ROLES = (
    "clerk", "other_clerk", "town_staff", "county_staff", "leader", "rep", "grid", "handler", "admin",
)  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("of_county", "may"), [(False, {"clerk", "town_staff", "county_staff"}), (True, {"county_staff"})]
)
def test_who_may_prepare_a_meeting(table: Table, role: str, of_county: bool, may: set[str]) -> None:
    actor = table.hall.world.users[role]
    if role in may:
        council = table.council(of_county=of_county, actor=actor)
        assert (council.state, council.is_of_county) == (State.PREPARED, of_county)
        assert AuditEntry.objects.filter(action="council_planned").count() == 1
    else:
        with pytest.raises(NotAllowed):
            table.council(of_county=of_county, actor=actor)
        assert not Council.objects.exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", ["change", "arrange", "check", "ask", "open", "enter", "close"])
def test_who_may_run_a_meeting_of_the_station(table: Table, role: str, verb: str) -> None:
    council = table.council()
    item = table.item(council)
    if verb in ("enter", "close"):
        preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    actor = table.hall.world.users[role]
    if role in ("clerk", "town_staff", "county_staff"):
        press(table, verb, council, item, actor)
    else:
        with pytest.raises(NotAllowed):
            press(table, verb, council, item, actor)


def press(table: Table, verb: str, council: Council, item: AgendaItem, actor: Any) -> None:
    from projects.council import closing, scoring  # noqa: PLC0415 - the two verbs of the open meeting

    given: dict[str, Any] = {"actor": actor, "at": OPENED + HOUR}
    unit, person = table.hall.world.unit, table.people["paper"]
    {
        "change": lambda: preparing.change(council.pk, plan=table.plan(), **given),
        "arrange": lambda: preparing.drop(council.pk, item_id=item.pk, **given),
        "check": lambda: preparing.check(council.pk, item_id=item.pk, answers=YES, **given),
        "ask": lambda: asking.ask(council.pk, item_id=item.pk, unit=unit, **given),
        "open": lambda: preparing.open_council(council.pk, **given),
        "enter": lambda: scoring.enter(council.pk, representative_id=person.pk, marks={item.pk: marks()}, **given),
        "close": lambda: closing.close(council.pk, decisions={item.pk: closing.Decision("KEEP", "好")}, **given),
    }[verb]()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": " "}, "title"), ({"place": ""}, "place"), ({"chair": ""}, "chair"), ({"title": "会" * 61}, "title")],
)
def test_a_meeting_needs_its_words(table: Table, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        table.council(**changes)
    assert refused.value.field == field
    assert not Council.objects.exists()


def test_only_those_who_serve_here_and_are_in_office_are_invited(table: Table) -> None:
    stranger = Representative.objects.create(name="外来")
    for bad in (stranger, table.people["second"]):
        Representative.objects.filter(pk=table.people["second"].pk).update(is_active=False)
        with pytest.raises(BadInput) as refused:
            table.council(invited=[bad])
        assert refused.value.field == "invited"


def test_who_has_scored_keeps_his_seat_and_a_newcomer_of_an_open_meeting_is_told(table: Table) -> None:
    council = table.council(invited=[table.people["rep"]])
    item = table.item(council)
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    assert set(Notice.objects.filter(kind="council_opened").values_list("user__username", flat=True)) == {"rep"}
    table.score(council, "rep", {item.pk: marks()})
    clerk = council.created_by
    preparing.change(council.pk, actor=clerk, at=OPENED, plan=table.plan())
    told = Notice.objects.filter(kind="council_opened").values_list("user__username", flat=True)
    assert sorted(told) == ["rep", "second"]
    with pytest.raises(BadInput, match="打过分"):
        preparing.change(council.pk, actor=clerk, at=OPENED, plan=table.plan(invited=[table.people["paper"]]))
    assert council.seats.count() == 3
    preparing.change(council.pk, actor=clerk, at=OPENED, plan=table.plan(invited=[table.people["rep"]]))
    assert council.seats.count() == 1


def test_an_idea_stands_on_one_agenda_ahead_at_most(table: Table) -> None:
    one, two = table.council(), table.council()
    idea = table.hall.idea(IdeaState.POOLED)
    item = table.item(one, idea)
    for council in (one, two):
        with pytest.raises(BadInput):
            table.item(council, idea)
    preparing.drop(one.pk, actor=one.created_by, at=START + HOUR, item_id=item.pk)
    table.item(two, idea)


@pytest.mark.parametrize("state", [one for one in IdeaState if one != IdeaState.POOLED])
def test_only_what_is_pooled_comes_before_the_station(table: Table, state: str) -> None:
    idea = table.hall.idea(state)
    with pytest.raises(BadInput):
        table.item(table.council(), idea)
    if state == IdeaState.SCREENED:
        table.item(table.council(of_county=True), idea)
    else:
        with pytest.raises(BadInput):
            table.item(table.council(of_county=True), idea)


def test_another_stations_idea_does_not_come_before_this_one(table: Table) -> None:
    world = table.hall.world
    far = table.hall.propose(region=world.other_town)
    words = {"title": "修桥", "summary": "修一座桥", "category": world.category}
    workflow.pool(far.pk, actor=world.county_staff, at=START + HOUR, **words)
    with pytest.raises(BadInput):
        table.item(table.council(), far)
    table.item(table.council(of_county=True), far)


def test_the_agenda_is_put_in_order_one_place_at_a_time(table: Table) -> None:
    council = table.council()
    items = [table.item(council) for _ in range(3)]
    clerk = council.created_by

    def order() -> list[int]:
        return list(council.items.order_by("position").values_list("pk", flat=True))

    first, second, third = (item.pk for item in items)
    preparing.raise_up(council.pk, actor=clerk, at=START + HOUR, item_id=third)
    assert order() == [first, third, second]
    preparing.raise_up(council.pk, actor=clerk, at=START + HOUR, item_id=first)
    assert order() == [first, third, second]
    preparing.drop(council.pk, actor=clerk, at=START + HOUR, item_id=first)
    preparing.raise_up(council.pk, actor=clerk, at=START + HOUR, item_id=second)
    assert order() == [second, third]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "public_money"),
        (YES | {"benefits_many": ("", "")}, "benefits_many"),
        (YES | {"benefits_many": ("MAYBE", "")}, "benefits_many"),
        (YES | {"within_year": ("NO", " ")}, "within_year_note"),
        (YES | {"within_year": ("UNCLEAR", "")}, "within_year_note"),
        (YES | {"within_year": ("YES", "好" * 201)}, "within_year_note"),
    ],
)
def test_the_checklist_is_whole_or_not_kept(table: Table, answers: dict[str, tuple[str, str]], field: str) -> None:
    council = table.council()
    item = table.item(council, is_checked=False)
    with pytest.raises(BadInput) as refused:
        preparing.check(council.pk, actor=council.created_by, at=START + HOUR, item_id=item.pk, answers=answers)
    assert refused.value.field == field
    item.refresh_from_db()
    assert (item.public_money, item.benefits_many, item.within_year) == ("", "", "")


def test_the_checklist_keeps_answers_and_notes(table: Table) -> None:
    council = table.council()
    item = table.item(council, is_checked=False)
    answers = YES | {"benefits_many": ("UNCLEAR", "要再数一数")}
    preparing.check(council.pk, actor=council.created_by, at=START + HOUR, item_id=item.pk, answers=answers)
    item.refresh_from_db()
    assert (item.public_money, item.benefits_many, item.benefits_many_note) == ("YES", "UNCLEAR", "要再数一数")


def test_a_meeting_opens_with_an_agenda_and_people(table: Table) -> None:
    empty = table.council()
    with pytest.raises(VerbError, match="议程"):
        preparing.open_council(empty.pk, actor=empty.created_by, at=OPENED)
    lonely = table.council(invited=[])
    table.item(lonely)
    with pytest.raises(VerbError, match="代表"):
        preparing.open_council(lonely.pk, actor=lonely.created_by, at=OPENED)
    assert not Notice.objects.filter(kind="council_opened").exists()


def test_the_agenda_of_an_open_meeting_stays(table: Table) -> None:
    council, (item,) = table.opened()
    clerk = council.created_by
    for attempt in (
        lambda: preparing.drop(council.pk, actor=clerk, at=OPENED, item_id=item.pk),
        lambda: preparing.raise_up(council.pk, actor=clerk, at=OPENED, item_id=item.pk),
        lambda: table.item(council),
        lambda: preparing.open_council(council.pk, actor=clerk, at=OPENED),
    ):
        with pytest.raises(WrongState):
            attempt()


def test_an_item_of_another_meeting_is_not_reached_through_this_one(table: Table) -> None:
    one, two = table.council(), table.council()
    foreign = table.item(two)
    with pytest.raises(BadInput):
        preparing.drop(one.pk, actor=one.created_by, at=START + HOUR, item_id=foreign.pk)
    assert AgendaItem.objects.filter(pk=foreign.pk).exists()


def test_a_unit_is_asked_once_an_item_and_its_handlers_are_told(table: Table) -> None:
    council, unit = table.council(), table.hall.world.unit
    item = table.item(council)
    asked = asking.ask(council.pk, actor=council.created_by, at=START + HOUR, item_id=item.pk, unit=unit)
    assert list(Notice.objects.filter(kind="council_asked").values_list("user__username", flat=True)) == ["handler"]
    with pytest.raises(BadInput, match="已经请过"):
        asking.ask(council.pk, actor=council.created_by, at=START + HOUR, item_id=item.pk, unit=unit)
    assert FeasibilityOpinion.objects.get() == asked
    preparing.drop(council.pk, actor=council.created_by, at=START + HOUR, item_id=item.pk)
    assert not FeasibilityOpinion.objects.exists()


def test_the_unit_answers_and_mends_until_the_meeting_closes(table: Table) -> None:
    council, (item,) = table.opened()
    world = table.hall.world
    asked = asking.ask(council.pk, actor=council.created_by, at=OPENED, item_id=item.pk, unit=world.unit)
    said: dict[str, Any] = {"verdict": "IF", "words": "要先迁一根电线杆。", "cost": Decimal("12.50")}
    asking.answer(asked.pk, actor=world.handler, at=OPENED, **said)
    asking.answer(asked.pk, actor=world.handler, at=OPENED + HOUR, **(said | {"verdict": "YES", "cost": None}))
    kept = FeasibilityOpinion.objects.get()
    assert (kept.verdict, kept.words, kept.cost, kept.answered_by) == ("YES", said["words"], None, world.handler)
    for stranger in (world.co_handler, world.clerk, world.county_staff, world.rep):
        with pytest.raises(NotAllowed):
            asking.answer(asked.pk, actor=stranger, at=OPENED + HOUR, **said)
    table.close(council, "KEEP")
    with pytest.raises(WrongState):
        asking.answer(asked.pk, actor=world.handler, at=CLOSED, **said)
    kept.refresh_from_db()
    assert kept.verdict == "YES"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": ""}, "verdict"),
        ({"verdict": "PERHAPS"}, "verdict"),
        ({"words": " "}, "words"),
        ({"words": "好" * 401}, "words"),
        ({"cost": Decimal(-1)}, "cost"),
        ({"cost": Decimal(1_000_000)}, "cost"),
    ],
)
def test_an_answer_is_whole_or_not_kept(table: Table, changes: dict[str, Any], field: str) -> None:
    council, (item,) = table.opened()
    world = table.hall.world
    asked = asking.ask(council.pk, actor=council.created_by, at=OPENED, item_id=item.pk, unit=world.unit)
    said = {"verdict": "YES", "words": "办得了。", "cost": Decimal(3)} | changes
    with pytest.raises(BadInput) as refused:
        asking.answer(asked.pk, actor=world.handler, at=OPENED, **said)
    assert refused.value.field == field
    assert FeasibilityOpinion.objects.get().verdict == ""


def test_a_meeting_keeps_its_day(table: Table) -> None:
    council = table.council(day=date(2026, 5, 1))
    assert Council.objects.get(pk=council.pk).day == date(2026, 5, 1)
