"""Who looked at a telephone: the resident reads role and office, the staff the name and the reason."""

from datetime import timedelta

import pytest

from accounts.models import Role
from core.workflow import BadInput, NotAllowed
from opinions import workflow
from opinions.states import State
from tests.world import START, World, make_user

LATER = START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("clerk", "洺南街道融合站点的工作人员"),
        ("town_staff", "乡镇（街道）的工作人员"),
        ("county_staff", "县人大的工作人员"),
    ],
)
def test_the_resident_reads_the_office_and_not_the_name(world: World, name: str, office: str) -> None:
    row = world.opinion(State.HANDLING)
    user = getattr(world, name)
    user.name = "翁晚晴"
    user.save()
    workflow.reveal(row.pk, actor=user, at=LATER, reason="回电核实地点")
    line = row.history.first()
    assert line.public_text == f"{office}看过您留的电话"
    assert "核实" not in line.public_text
    assert "核实" in line.internal_text
    assert line.actor == user


def test_looking_moves_nothing(world: World) -> None:
    row = world.opinion(State.CLOSED)
    seen = workflow.reveal(row.pk, actor=world.clerk, at=LATER, reason="回访")
    assert (seen.state, seen.closed_at, seen.step_due_at) == (row.state, row.closed_at, None)


def test_a_reason_is_needed_and_a_right(world: World) -> None:
    row = world.opinion(State.HANDLING)
    with pytest.raises(BadInput, match="为什么要看"):
        workflow.reveal(row.pk, actor=world.clerk, at=LATER, reason=" ")
    with pytest.raises(NotAllowed):
        workflow.reveal(row.pk, actor=world.other_handler, at=LATER, reason="想看")
    assert not row.history.filter(verb="reveal").exists()


def test_staff_of_two_offices_is_named_by_the_nearer(world: World) -> None:
    both = make_user("both", Role.STATION_STAFF, station_code="mingnan")
    both.grants_set.create(role=Role.COUNTY_STAFF, region_code="411625", granted_at=START)
    row = world.submit()
    workflow.reveal(row.pk, actor=both, at=LATER, reason="回电")
    assert row.history.first().public_text.startswith("洺南街道融合站点")
