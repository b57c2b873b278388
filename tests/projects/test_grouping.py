"""Ideas put together and taken apart again: the group and its undoing are the identity."""

from datetime import timedelta
from typing import Any

import pytest

from core.workflow import BadInput, VerbError
from notices.models import Notice
from opinions.actors import RESIDENT
from projects import workflow
from projects.models import ProjectIdea
from projects.states import Source, State
from stations.models import Region
from tests.projects.conftest import PHONE, Hall
from tests.world import START

LATER = START + timedelta(hours=1)


def row_of(idea: ProjectIdea) -> dict[str, Any]:
    """The whole row but for the moment of its last change."""
    found = ProjectIdea.objects.filter(pk=idea.pk).values().get()
    return {name: value for name, value in found.items() if name != "changed_at"}


def merge(hall: Hall, idea: ProjectIdea, lead: ProjectIdea) -> ProjectIdea:
    return workflow.merge(idea.pk, actor=hall.world.clerk, at=LATER, lead_id=lead.pk)


def unmerge(hall: Hall, idea: ProjectIdea) -> ProjectIdea:
    return workflow.unmerge(idea.pk, actor=hall.world.clerk, at=LATER, reason="不是一条路")


@pytest.mark.parametrize("state", [State.IDEA, State.POOLED])
@pytest.mark.parametrize("lead_state", [State.IDEA, State.POOLED])
def test_grouping_and_ungrouping_is_the_identity(hall: Hall, state: str, lead_state: str) -> None:
    idea, lead = hall.idea(state), hall.idea(lead_state)
    before = row_of(idea), row_of(lead)
    merged = merge(hall, idea, lead)
    assert (merged.state, merged.merged_into, merged.state_before) == ("MERGED", lead, state)
    unmerge(hall, idea)
    assert (row_of(idea), row_of(lead)) == before


def test_both_courses_tell_it_and_neither_names_the_other_proposer(hall: Hall) -> None:
    idea, lead = hall.propose(), hall.propose(name="李大河", phone="13900005678")
    merge(hall, idea, lead)
    mine, theirs = idea.history.order_by("-id")[0], lead.history.order_by("-id")[0]
    assert mine.public_text == "别人也提了同样的，放在一起办，有了进展一样告诉您"
    assert theirs.public_text == "又有人提了同样的，放在一起"
    assert "李" not in f"{mine.public_text}{mine.internal_text}"
    unmerge(hall, idea)
    assert idea.history.order_by("-id")[0].internal_text == "不是一条路"


def test_only_the_one_that_moved_is_told(hall: Hall) -> None:
    idea, lead = hall.propose(), hall.propose(phone="13900005678")
    Notice.objects.all().delete()
    merge(hall, idea, lead)
    unmerge(hall, idea)
    assert {(row.kind, row.address) for row in Notice.objects.all()} == {
        ("idea_merged", PHONE), ("idea_unmerged", PHONE),
    }  # fmt: skip


def test_what_happens_to_the_lead_is_told_to_all(hall: Hall) -> None:
    idea, lead = hall.propose(), hall.propose(phone="13900005678")
    merge(hall, idea, lead)
    Notice.objects.all().delete()
    hall.pool(lead, at=LATER)
    assert set(Notice.objects.values_list("address", flat=True)) == {PHONE, "13900005678"}


def test_a_group_has_one_level(hall: Hall) -> None:
    first, second, third = hall.propose(), hall.propose(), hall.propose()
    merge(hall, first, second)
    with pytest.raises(VerbError, match="下面还收着别的"):
        merge(hall, second, third)
    with pytest.raises(BadInput, match="已归并"):
        merge(hall, third, first)
    assert merge(hall, third, second).merged_into == second


def test_an_idea_is_not_put_under_itself_or_under_nothing(hall: Hall) -> None:
    idea = hall.propose()
    with pytest.raises(BadInput, match="归到它自己"):
        merge(hall, idea, idea)
    with pytest.raises(BadInput, match="没有找到"):
        workflow.merge(idea.pk, actor=hall.world.clerk, at=LATER, lead_id=idea.pk + 1000)


@pytest.mark.parametrize("state", [State.SHELVED, State.WITHDRAWN])
def test_a_lead_that_is_not_open_takes_nothing_in(hall: Hall, state: str) -> None:
    idea, lead = hall.propose(), hall.idea(state)
    with pytest.raises(BadInput):
        merge(hall, idea, lead)
    assert ProjectIdea.objects.get(pk=idea.pk).state == State.IDEA


def test_ideas_of_two_counties_stay_apart(hall: Hall) -> None:
    county = Region.objects.create(code="411626", name="别的县", short_name="别的县", level="county")
    staff = hall.world.county_staff
    other = hall.propose(actor=staff, source=Source.PAPER, phone="")
    ProjectIdea.objects.filter(pk=other.pk).update(region=county, station=None)
    with pytest.raises(BadInput, match="别的县"):
        merge(hall, hall.propose(), other)


def test_who_does_not_look_after_the_lead_cannot_put_anything_under_it(hall: Hall) -> None:
    idea, lead = hall.propose(), hall.propose(region=hall.world.other_town)
    with pytest.raises(VerbError, match="不归您办"):
        merge(hall, idea, lead)
    assert workflow.merge(idea.pk, actor=hall.world.county_staff, at=LATER, lead_id=lead.pk).merged_into == lead


def test_a_reason_is_needed_to_take_it_out(hall: Hall) -> None:
    idea = hall.idea(State.MERGED)
    with pytest.raises(BadInput, match="为什么拆开"):
        workflow.unmerge(idea.pk, actor=hall.world.clerk, at=LATER, reason=" ")


def test_a_withdrawn_lead_lets_the_others_go(hall: Hall) -> None:
    lead, one, two = hall.propose(), hall.propose(), hall.propose()
    merge(hall, one, lead)
    merge(hall, two, lead)
    workflow.withdraw(lead.pk, actor=RESIDENT, at=LATER)
    for idea in (one, two):
        idea.refresh_from_db()
        assert (idea.state, idea.merged_into, idea.state_before) == ("IDEA", None, "")
        assert idea.history.order_by("-id")[0].actor_label == "系统"


def test_a_shelved_lead_keeps_its_group_and_may_be_left(hall: Hall) -> None:
    idea, lead = hall.propose(), hall.propose()
    merge(hall, idea, lead)
    workflow.shelve(lead.pk, actor=hall.world.clerk, at=LATER, reason="等明年")
    unmerge(hall, idea)
    lead.refresh_from_db()
    assert (lead.state, lead.shelved_reason) == ("SHELVED", "等明年")
    idea.refresh_from_db()
    assert idea.state == State.IDEA
