"""The end of a meeting: one result and one reason an item, all or none, and everybody told."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from core.workflow import BadInput, VerbError, WrongState
from notices.models import Notice
from projects import workflow
from projects.council import closing, preparing
from projects.council.models import AgendaItem, Council
from projects.models import ProjectIdea
from projects.states import State
from tests.projects.council.conftest import CLOSED, OPENED, REASON, YES, Table

LATER = CLOSED + timedelta(days=1)


def states(items: list[AgendaItem]) -> list[str]:
    return [ProjectIdea.objects.get(pk=item.idea_id).state for item in items]


def test_the_stations_meeting_screens_and_puts_aside(table: Table) -> None:
    council, items = table.opened(3)
    table.close(council, "KEEP", "LATER", "NO")
    assert states(items) == [State.SCREENED, State.SHELVED, State.SHELVED]
    fresh = Council.objects.get(pk=council.pk)
    assert (fresh.state, fresh.closed_at) == ("CLOSED", CLOSED)
    assert [(item.result, item.reason) for item in fresh.items.order_by("position")] == [
        ("KEEP", REASON), ("LATER", REASON), ("NO", REASON),
    ]  # fmt: skip
    aside = ProjectIdea.objects.get(pk=items[1].idea_id)
    assert aside.shelved_reason == REASON
    assert REASON in aside.history.first().public_text  # type: ignore[union-attr]
    assert AuditEntry.objects.filter(action="council_closed").count() == 1


def test_the_countys_meeting_puts_on_the_list(table: Table) -> None:
    council = table.council(of_county=True)
    screened, pooled, aside = (
        table.item(council, table.hall.idea(state)) for state in (State.SCREENED, State.POOLED, State.SCREENED)
    )
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    Notice.objects.all().delete()
    table.close(council, "KEEP", "KEEP", "NO")
    assert states([screened, pooled, aside]) == [State.LISTED, State.LISTED, State.SHELVED]
    lines = [line.verb for line in pooled.idea.history.order_by("id")]
    assert lines[-2:] == ["screen", "list"]
    told = Notice.objects.filter(channel="SMS").values_list("kind", flat=True)
    assert sorted(told) == ["idea_listed", "idea_listed", "idea_shelved"]


def test_proposers_and_seconders_are_told_in_words(table: Table) -> None:
    council, (item,) = table.opened(of_county=True)
    workflow.second(item.idea_id, at=OPENED, device="d", phone="13700000001")
    Notice.objects.all().delete()
    table.close(council, "KEEP")
    told = {(row.kind, row.address) for row in Notice.objects.filter(channel="SMS")}
    assert told == {("idea_listed", "13800001234"), ("idea_seconder_listed", "13700000001")}


def test_whoever_passed_the_screening_is_told(table: Table) -> None:
    council, (item,) = table.opened()
    Notice.objects.all().delete()
    table.close(council, "KEEP")
    assert [row.kind for row in Notice.objects.filter(channel="SMS")] == ["idea_screened"]


@pytest.mark.parametrize(
    ("results", "reason", "field"),
    [
        (("KEEP", ""), REASON, "result"),
        (("KEEP", "GONE"), REASON, "result"),
        (("KEEP", "MAYBE"), REASON, "result"),
        (("KEEP", "NO"), " ", "reason"),
        (("LATER", "KEEP"), "好" * 301, "reason"),
    ],
)
def test_one_bad_item_and_nothing_happened(table: Table, results: tuple[str, str], reason: str, field: str) -> None:
    council, items = table.opened(2)
    Notice.objects.all().delete()
    with pytest.raises(BadInput) as refused:
        table.close(council, *results, reason=reason)
    assert refused.value.field.startswith(f"{field}_")
    assert states(items) == [State.POOLED, State.POOLED]
    assert Council.objects.get(pk=council.pk).state == "OPEN"
    assert set(council.items.values_list("result", flat=True)) == {""}
    assert not Notice.objects.exists()


def test_a_foreign_item_is_refused(table: Table) -> None:
    council, (item,) = table.opened()
    said = closing.Decision("KEEP", REASON)
    with pytest.raises(BadInput):
        closing.close(council.pk, actor=council.created_by, at=CLOSED, decisions={item.pk: said, item.pk + 99: said})
    assert states([item]) == [State.POOLED]


def test_nothing_is_listed_against_the_checklist(table: Table) -> None:
    council = table.council()
    clerk, item = council.created_by, table.item(council, is_checked=False)
    preparing.open_council(council.pk, actor=clerk, at=OPENED)
    with pytest.raises(BadInput, match="没有核对完"):
        table.close(council, "KEEP")
    for answer, allowed in (("NO", False), ("UNCLEAR", True)):
        answers = YES | {"within_year": (answer, "要分两年")}
        preparing.check(council.pk, actor=clerk, at=OPENED, item_id=item.pk, answers=answers)
        if allowed:
            table.close(council, "KEEP")
        else:
            with pytest.raises(BadInput, match="一年里办得完吗"):
                table.close(council, "KEEP")
    assert states([item]) == [State.SCREENED]


def test_what_fails_the_checklist_may_be_put_aside(table: Table) -> None:
    council = table.council()
    item = table.item(council, is_checked=False)
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    table.close(council, "NO")
    assert states([item]) == [State.SHELVED]


def test_an_idea_that_went_elsewhere_meanwhile_does_not_hold_the_meeting_up(table: Table) -> None:
    council, (shelved, merged, stays) = table.opened(3)
    clerk = council.created_by
    workflow.shelve(shelved.idea_id, actor=clerk, at=OPENED, reason="河道要清淤")
    workflow.merge(merged.idea_id, actor=clerk, at=OPENED, lead_id=stays.idea_id)
    table.close(council, "", "KEEP", "KEEP")
    assert states([shelved, merged, stays]) == [State.SHELVED, State.MERGED, State.SCREENED]
    results = {item.pk: (item.result, item.reason) for item in council.items.all()}
    assert results[shelved.pk] == ("GONE", "会前另有安排，当时是“暂缓”。")
    assert results[merged.pk][0] == "GONE"


def test_what_was_put_aside_may_come_back_another_time(table: Table) -> None:
    council, (item,) = table.opened()
    table.close(council, "LATER")
    table.hall.pool(item.idea, at=LATER)
    again = table.council()
    table.item(again, item.idea)
    assert item.idea.agenda_items.count() == 2


def test_a_closed_meeting_is_closed_for_every_verb(table: Table) -> None:
    council, (item,) = table.opened()
    table.close(council, "KEEP")
    clerk = council.created_by
    for attempt in (
        lambda: table.close(council, "NO"),
        lambda: preparing.change(council.pk, actor=clerk, at=LATER, plan=table.plan(title="另一次")),
        lambda: preparing.check(council.pk, actor=clerk, at=LATER, item_id=item.pk, answers=YES),
        lambda: preparing.open_council(council.pk, actor=clerk, at=LATER),
        lambda: preparing.drop(council.pk, actor=clerk, at=LATER, item_id=item.pk),
    ):
        with pytest.raises(WrongState):
            attempt()


def test_a_screened_project_is_the_stations_to_put_aside_and_a_listed_one_the_countys(table: Table) -> None:
    screened, listed = table.hall.idea(State.SCREENED), table.hall.idea(State.LISTED)
    world = table.hall.world
    assert workflow.shelve(screened.pk, actor=world.clerk, at=LATER, reason="钱不够").state == State.SHELVED
    with pytest.raises(VerbError):
        workflow.shelve(listed.pk, actor=world.clerk, at=LATER, reason="钱不够")
    assert workflow.shelve(listed.pk, actor=world.county_staff, at=LATER, reason="钱不够").state == State.SHELVED


@pytest.mark.parametrize("reason", ["", "  ", "好" * 301])
def test_a_result_without_words_is_none(table: Table, reason: str) -> None:
    pooled, screened = table.hall.idea(State.POOLED), table.hall.idea(State.SCREENED)
    staff = table.hall.world.county_staff
    with pytest.raises(BadInput):
        workflow.screen(pooled.pk, actor=staff, at=LATER, reason=reason)
    with pytest.raises(BadInput):
        workflow.enlist(screened.pk, actor=staff, at=LATER, reason=reason)


def test_a_closed_meeting_cannot_be_closed_twice(table: Table) -> None:
    council, _ = table.opened()
    table.close(council, "KEEP")
    with pytest.raises(WrongState):
        table.close(council, "KEEP")
