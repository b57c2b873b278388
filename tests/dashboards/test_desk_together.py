"""The desk's homes: wishes for more days wait for whoever handed the matter out; handled work is counted once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards import queries, today
from opinions import workflow
from opinions.figures import FIGURES
from opinions.models import Opinion
from opinions.states import State
from tests.world import START, World, make_world

LATER = START + timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def ask(world: World, row: Opinion, at: Any = LATER) -> Opinion:
    return workflow.request_extension(row.pk, actor=world.handler, at=at, working_days=3, reason="等配件")


def test_a_wish_waits_for_whoever_handed_out(world: World) -> None:
    by_station, by_county = ask(world, world.opinion(State.HANDLING)), ask(world, world.shared())
    assert list(today.extensions_to_decide(world.clerk, is_county=False)) == [by_station]
    assert list(today.extensions_to_decide(world.county_staff, is_county=True)) == [by_county]
    assert not today.extensions_to_decide(world.other_clerk, is_county=False).exists()
    workflow.refuse_extension(by_station.pk, actor=world.clerk, at=LATER, reason="不用")
    assert not today.extensions_to_decide(world.clerk, is_county=False).exists()


@pytest.mark.parametrize("who", ["clerk", "county_staff"])
def test_the_home_page_leads_to_it(world: World, who: str) -> None:
    ago = timezone.now() - timedelta(hours=2)
    made = {"clerk": lambda: world.opinion(State.HANDLING, at=ago), "county_staff": lambda: world.shared(at=ago)}
    row = ask(world, made[who](), timezone.now())
    client = Client()
    client.force_login(world.users[who])
    html = client.get("/desk/").content.decode()
    assert "申请延期" in html
    assert f"/desk/opinions/{row.pk}/" in html


def test_the_home_page_is_silent_where_nothing_waits(world: World) -> None:
    client = Client()
    client.force_login(world.clerk)
    assert "申请延期" not in client.get("/desk/").content.decode()


def test_a_unit_is_counted_once_for_what_it_answered_to_many(world: World) -> None:
    lead = world.opinion(State.HANDLING)
    for _ in range(3):
        workflow.merge(world.submit().pk, actor=world.clerk, at=LATER, lead_id=lead.pk)
    workflow.reply(lead.pk, actor=world.handler, at=LATER, body="修好了", outcome="A")
    workflow.approve_reply(lead.pk, actor=world.clerk, at=LATER)
    counts = queries.totals(Opinion.objects.all(), LATER)
    assert (counts.received, counts.answered) == (4, 4), "each person is answered"
    assert (counts.outcome_A, counts.in_time, counts.due) == (1, 1, 1), "the work was done once"
    assert today.month_so_far(world.clerk, LATER).answered == 1


def test_seconded_and_merged_matters_can_be_listed(world: World) -> None:
    row = world.opinion(State.HANDLING)
    workflow.second(row.pk, at=LATER, device="a")
    merged = world.opinion(State.MERGED)
    for name, expected in (("seconded", row), ("merged", merged)):
        assert list(Opinion.objects.filter(FIGURES[name].where(LATER))) == [expected]
        client = Client()
        client.force_login(world.clerk)
        html = client.get(f"/desk/opinions/?figure={name}&group=all").content.decode()
        assert f"/desk/opinions/{expected.pk}/" in html
