"""Who sees which meetings and requests; what the database itself refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from opinions.actors import RESIDENT
from projects.council import asking, preparing
from projects.council.models import AgendaItem, Council, FeasibilityOpinion, Score
from tests.projects.council.conftest import OPENED, Table, marks
from tests.world import START

HERE, COUNTY = "here", "county"
SEES = {
    "clerk": {HERE},
    "other_clerk": set(),
    "town_staff": {HERE},
    "county_staff": {HERE, COUNTY},
    "leader": {HERE, COUNTY},
    "rep": {HERE},
    "grid": set(),
    "handler": set(),
    "admin": set(),
    "security": set(),
    "audit": set(),
}


@pytest.mark.parametrize("role", SEES)
def test_each_role_sees_its_meetings(table: Table, role: str) -> None:
    here, _ = table.opened()
    county = table.council(of_county=True, invited=[table.people["second"]])
    names = {here.pk: HERE, county.pk: COUNTY}
    seen = Council.objects.visible_to(table.hall.world.users[role])
    assert {names[pk] for pk in seen.values_list("pk", flat=True)} == SEES[role]


@pytest.mark.parametrize("nobody", [AnonymousUser(), RESIDENT, None])
def test_nobody_sees_nothing(table: Table, nobody: Any) -> None:
    council, (item,) = table.opened()
    unit = table.hall.world.unit
    asking.ask(council.pk, actor=council.created_by, at=OPENED, item_id=item.pk, unit=unit)
    assert not Council.objects.visible_to(nobody).exists()
    assert not FeasibilityOpinion.objects.visible_to(nobody).exists()


def test_a_disabled_account_sees_nothing(table: Table) -> None:
    table.opened()
    user = table.hall.world.county_staff
    user.is_active = False
    assert not Council.objects.visible_to(user).exists()


def test_an_invited_representative_sees_a_meeting_once_it_has_begun(table: Table) -> None:
    council = table.council(of_county=True)
    table.item(council)
    user = table.users["rep"]
    assert not Council.objects.visible_to(user).exists()
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    assert list(Council.objects.visible_to(user)) == [council]
    assert list(Council.objects.waiting_for(user)) == [council]
    table.close(council, "KEEP")
    assert list(Council.objects.visible_to(user)) == [council]
    assert not Council.objects.waiting_for(user).exists()


def test_a_unit_sees_only_what_it_was_asked(table: Table) -> None:
    council, (item, _) = table.opened(2)
    world = table.hall.world
    asked = asking.ask(council.pk, actor=council.created_by, at=OPENED, item_id=item.pk, unit=world.unit)
    assert list(FeasibilityOpinion.objects.visible_to(world.handler)) == [asked]
    for other in (world.co_handler, world.clerk, world.rep, world.county_staff):
        assert not FeasibilityOpinion.objects.visible_to(other).exists()


def refused(name: str, rows: Any, **columns: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**columns)


def test_the_database_keeps_a_meeting_in_order(table: Table) -> None:
    table.opened()
    rows = Council.objects.all()
    refused("council_state_known", rows, state="DREAMT")
    refused("council_closed_at_a_moment", rows, state="CLOSED")
    refused("council_closed_at_a_moment", rows, closed_at=START)


def test_the_database_keeps_the_agenda_in_order(table: Table) -> None:
    one, (item,) = table.opened()
    rows = AgendaItem.objects.all()
    refused("agenda_result_known", rows, result="PERHAPS", reason="好")
    refused("agenda_result_with_reason", rows, result="KEEP")
    refused("agenda_public_money_known", rows, public_money="PERHAPS")
    two = table.council()
    with pytest.raises(IntegrityError, match="agenda_one_open_at_most"), transaction.atomic():
        AgendaItem.objects.create(council=two, idea=item.idea, position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.create(council=one, idea=item.idea, position=2, result="KEEP", reason="好")


def test_the_database_keeps_one_voice_within_one_and_five(table: Table) -> None:
    council, (item,) = table.opened()
    table.score(council, "rep", {item.pk: marks()})
    for name in ("need", "benefit", "feasibility", "cost"):
        for bad in (0, 6):
            refused(f"score_{name}_from_1_to_5", Score.objects.all(), **{name: bad})
    person, user = table.people["rep"], table.users["rep"]
    with pytest.raises(IntegrityError, match="score_one_voice"), transaction.atomic():
        Score.objects.create(item=item, representative=person, entered_by=user, at=START, **marks())


def test_the_database_keeps_an_answer_whole(table: Table) -> None:
    council, (item,) = table.opened()
    unit = table.hall.world.unit
    asking.ask(council.pk, actor=council.created_by, at=OPENED + timedelta(hours=1), item_id=item.pk, unit=unit)
    rows = FeasibilityOpinion.objects.all()
    answered = {"words": "行", "answered_by": council.created_by, "answered_at": OPENED}
    refused("feasibility_verdict_known", rows, verdict="PERHAPS", **answered)
    refused("feasibility_answer_whole", rows, verdict="YES", words="行")
    refused("feasibility_cost_not_negative", rows, cost=-1)
