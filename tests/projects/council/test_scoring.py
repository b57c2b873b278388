"""One voice each an item; changed until the meeting closes; nobody reads what another gave."""

import pytest

from core.workflow import BadInput, NotAllowed, VerbError, WrongState
from projects.council import preparing, scoring
from projects.council.figures import Tally, tallies
from projects.council.models import Score
from tests.projects.council.conftest import HOUR, OPENED, Table, marks


def test_a_representative_scores_and_changes_his_mind(table: Table) -> None:
    council, (one, two) = table.opened(2)
    assert table.score(council, "rep", {one.pk: marks(), two.pk: marks(need=1)}) == 2
    assert table.score(council, "rep", {one.pk: marks(need=2)}) == 1
    kept = {row.item_id: row for row in Score.objects.all()}
    assert (kept[one.pk].need, kept[two.pk].need) == (2, 1)
    assert {(row.representative, row.on_paper) for row in kept.values()} == {(table.people["rep"], False)}


@pytest.mark.parametrize("role", ["clerk", "county_staff", "leader", "handler", "grid", "admin", "other_clerk"])
def test_nobody_scores_who_is_not_invited(table: Table, role: str) -> None:
    council, (item,) = table.opened()
    with pytest.raises(NotAllowed):
        scoring.score(council.pk, actor=table.hall.world.users[role], at=OPENED, marks={item.pk: marks()})
    assert not Score.objects.exists()


def test_a_representative_without_a_seat_does_not_score(table: Table) -> None:
    council = table.council(invited=[table.people["second"]])
    item = table.item(council)
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    with pytest.raises(NotAllowed):
        table.score(council, "rep", {item.pk: marks()})


@pytest.mark.parametrize("bad", [0, 6, -1, None])
@pytest.mark.parametrize("name", ["need", "benefit", "feasibility", "cost"])
def test_four_marks_from_one_to_five_or_nothing_at_all(table: Table, name: str, bad: int | None) -> None:
    council, (one, two) = table.opened(2)
    given = {name: bad} if bad is not None else {}
    sheet = {key: value for key, value in marks().items() if key != name} | given
    with pytest.raises(BadInput) as refused:
        table.score(council, "rep", {one.pk: marks(), two.pk: sheet})
    assert refused.value.field == f"{name}_{two.pk}"
    assert not Score.objects.exists()


def test_an_empty_sheet_and_a_foreign_item_are_refused(table: Table) -> None:
    council, _ = table.opened()
    _, (foreign,) = table.opened()
    for given in ({}, {foreign.pk: marks()}):
        with pytest.raises(BadInput):
            table.score(council, "rep", given)
    assert not Score.objects.exists()


def test_paper_counts_as_paper_and_may_be_mended(table: Table) -> None:
    council, (item,) = table.opened()
    paper = table.people["paper"]
    for need in (1, 4):
        scoring.enter(
            council.pk, actor=council.created_by, at=OPENED, representative_id=paper.pk, marks={item.pk: marks(need)}
        )
    kept = Score.objects.get()
    assert (kept.need, kept.on_paper, kept.entered_by, kept.representative) == (4, True, council.created_by, paper)


def test_paper_never_covers_what_somebody_gave_himself_and_he_may_take_it_over(table: Table) -> None:
    council, (one, two) = table.opened(2)
    clerk, rep = council.created_by, table.people["rep"]
    scoring.enter(council.pk, actor=clerk, at=OPENED, representative_id=rep.pk, marks={one.pk: marks(need=1)})
    table.score(council, "rep", {one.pk: marks(need=5)})
    kept = Score.objects.get()
    assert (kept.need, kept.on_paper) == (5, False)
    for item in (one, two):
        with pytest.raises(VerbError, match="自己"):
            scoring.enter(council.pk, actor=clerk, at=OPENED, representative_id=rep.pk, marks={item.pk: marks(1)})
    assert Score.objects.get().need == 5


def test_paper_of_somebody_who_is_not_invited_is_refused(table: Table) -> None:
    council = table.council(invited=[table.people["rep"]])
    item = table.item(council)
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    with pytest.raises(BadInput):
        scoring.enter(
            council.pk, actor=council.created_by, at=OPENED, representative_id=table.people["paper"].pk,
            marks={item.pk: marks()},
        )  # fmt: skip


def test_scores_are_taken_only_while_the_meeting_is_open(table: Table) -> None:
    council = table.council()
    item = table.item(council)
    with pytest.raises(WrongState):
        table.score(council, "rep", {item.pk: marks()})
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED)
    table.close(council, "KEEP")
    with pytest.raises(WrongState):
        table.score(council, "rep", {item.pk: marks()})
    with pytest.raises(WrongState):
        scoring.enter(
            council.pk, actor=council.created_by, at=OPENED + HOUR, representative_id=table.people["paper"].pk,
            marks={item.pk: marks()},
        )  # fmt: skip
    assert not Score.objects.exists()


def test_a_single_voice_is_counted_and_not_averaged(table: Table) -> None:
    council, (item,) = table.opened()
    assert tallies([item.pk]) == {}
    table.score(council, "rep", {item.pk: marks()})
    alone = tallies([item.pk])[item.pk]
    assert (alone.voices, alone.averages, alone.overall) == (1, [], "")
    table.score(council, "second", {item.pk: marks(4, 4, 4, 4)})
    both = tallies([item.pk])[item.pk]
    assert both.voices == 2
    assert both.averages == [("需求", "4.5"), ("受益", "4.0"), ("可行", "3.5"), ("花费", "3.0")]
    assert both.overall == "3.8"


def test_no_voice_has_no_average() -> None:
    assert (Tally().averages, Tally().overall, Tally().weight) == ([], "", 0)
