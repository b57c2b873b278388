"""The unit's list in the order in which things should be taken up, and the same cost for one matter and many."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards import unit_desk
from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from stations.queries import forget
from tests.world import START, World, make_world

DAY = timedelta(days=1)
NOW = START + timedelta(hours=3)


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


def parts(user: Any, at: Any = NOW) -> dict[str, list[int]]:
    return {word: [row.pk for row in rows] for word, rows in unit_desk.to_do(user, at).groups}


def test_parts_stand_in_their_order(world: World) -> None:
    late = world.opinion(State.HANDLING, at=START - 30 * DAY)
    soon = world.opinion(State.HANDLING, at=START - 13 * DAY)
    promised = world.opinion(State.TRACKING, outcome="B")
    calm, pressed, asked = (world.opinion(State.HANDLING) for _ in range(3))
    workflow.press(pressed.pk, actor=world.rep, at=NOW)
    workflow.request_extension(asked.pk, actor=world.handler, at=NOW, working_days=2, reason="等配件")
    workflow.refuse_extension(asked.pk, actor=world.clerk, at=NOW, reason="县里有配件")
    new = world.opinion(State.ASSIGNED)
    at = NOW + timedelta(minutes=1)
    assert list(parts(world.handler, at).items()) == [
        (unit_desk.SIGN, [new.pk]),
        (unit_desk.LATE, [late.pk]),
        (unit_desk.SOON, [soon.pk]),
        (unit_desk.PRESSED, [pressed.pk]),
        (unit_desk.DECIDED, [asked.pk]),
        (unit_desk.PROMISED, [promised.pk]),
        (unit_desk.REST, [calm.pk]),
    ]
    rows = {row.pk: row for _word, some in unit_desk.to_do(world.handler, at).groups for row in some}
    assert rows[asked.pk].second.startswith("延期没有同意 · ")
    assert parts(world.handler, at + 6 * DAY).get(unit_desk.DECIDED) is None, "news grow old"


def test_what_was_decided_on_a_return_is_news(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    assert parts(world.handler) == {}, "it waits for others"
    workflow.refuse_return(row.pk, actor=world.clerk, at=NOW, reason="归你们")
    assert parts(world.handler, NOW + timedelta(minutes=1)) == {unit_desk.DECIDED: [row.pk]}


def test_who_helps_sees_what_he_owes_and_then_no_more(world: World) -> None:
    row = world.shared()
    assert parts(world.co_handler) == {unit_desk.SIGN: [row.pk]}
    workflow.co_sign(row.pk, actor=world.co_handler, at=NOW)
    assert parts(world.co_handler) == {unit_desk.HELP: [row.pk]}
    workflow.give_part(row.pk, actor=world.co_handler, at=NOW, part="查过")
    assert parts(world.co_handler) == {}
    assert parts(world.handler) == {unit_desk.REST: [row.pk]}


def test_a_matter_that_went_to_another_unit_asks_for_nothing(world: World) -> None:
    row = world.opinion(State.RETURN_REQUESTED)
    workflow.grant_return(row.pk, actor=world.clerk, at=NOW)
    workflow.assign(row.pk, actor=world.clerk, at=NOW, lead=world.other_unit, demand="请修")
    assert Opinion.objects.visible_to(world.handler).filter(pk=row.pk).exists(), "he may still read it"
    assert parts(world.handler) == {}
    assert parts(world.other_handler) == {unit_desk.SIGN: [row.pk]}


def test_tiles_agree_with_the_lists_behind_them(world: World) -> None:
    at = timezone.now()
    for state in (State.ASSIGNED, State.HANDLING, State.HANDLING):
        pressed = world.opinion(state, at=at - timedelta(hours=2))
    workflow.press(pressed.pk, actor=world.rep, at=at)
    world.opinion(State.HANDLING, at=at - 40 * DAY)
    client = Client()
    client.force_login(world.handler)
    for tile in unit_desk.tiles(world.handler, timezone.now()):
        assert client.get(tile.url).context["page"].total == tile.count, tile.label
    counts = {tile.label: tile.count for tile in unit_desk.tiles(world.handler, timezone.now())}
    assert (counts["待签收"], counts["有人催办"], counts["已超期"], counts["办理中"]) == (1, 1, 1, 3)


def test_one_matter_and_many_cost_the_same(world: World) -> None:
    at = timezone.now() - timedelta(hours=1)

    def some(count: int) -> None:
        for _ in range(count):
            world.opinion(State.HANDLING, at=at)
            world.shared(at=at)

    def cost() -> int:
        client.get("/desk/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/desk/")
        return len(caught)

    client = Client()
    for who in ("handler", "co_handler"):
        client.force_login(world.users[who])
        some(1)
        before = cost()
        some(6)
        assert cost() == before, who
