"""The list's filters: each narrows as it says, a broken address shows nothing, and choices end where sight ends."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from core.codes import spell
from opinions import workflow
from opinions.filters import (
    GROUPS,
    OpinionFilter,
    category_choices,
    default_query,
    next_workday_end,
    place_choices,
    station_choices,
    unit_choices,
)
from opinions.models import Opinion
from opinions.states import State
from tests.world import SHANGHAI, START, World


def found(world: World, who: str, query: str, at: datetime = START + timedelta(hours=1)) -> list[int]:
    rows = Opinion.objects.visible_to(world.users[who])
    asked = OpinionFilter(QueryDict(query), queryset=rows, user=world.users[who], at=at)
    listed = list(asked.in_order(50).values_list("pk", flat=True))
    assert sorted(listed) == sorted(asked.qs.values_list("pk", flat=True))  # what is counted is what is listed
    return listed


@pytest.fixture
def road(world: World) -> dict[str, Opinion]:
    """One matter in each state that has a road, all sent on a Wednesday morning."""
    states = [state for state in State if state != State.MERGED]
    return {state: world.opinion(state, outcome="B" if state == State.TRACKING else "A") for state in states}


GROUP_STATES = {
    "todo": {"SUBMITTED", "ACCEPTED", "RETURN_REQUESTED", "REPLIED", "TRACKING"},
    "unit": {"ASSIGNED", "HANDLING"},
    "untold": set(),
    "unrated": {"FED_BACK"},
    "county": set(),
    "closed": {"CLOSED", "DECLINED", "WITHDRAWN"},
}


@pytest.mark.parametrize("group", GROUP_STATES)
def test_groups(world: World, road: dict[str, Opinion], group: str) -> None:
    pks = set(found(world, "clerk", f"group={group}"))
    assert {state.value for state, row in road.items() if row.pk in pks} == GROUP_STATES[group]


def test_open_and_closed_are_everything_once(world: World, road: dict[str, Opinion]) -> None:
    opened, closed = found(world, "clerk", "group=open"), found(world, "clerk", "group=closed")
    assert (
        sorted(opened + closed) == sorted(found(world, "clerk", "group=all")) == sorted(row.pk for row in road.values())
    )


def test_late_comes_after_closing_time_and_never_from_silence(world: World, road: dict[str, Opinion]) -> None:
    thursday = datetime(2026, 3, 26, 17, 30, tzinfo=SHANGHAI)  # to accept and to sign: one working day
    before, after = thursday - timedelta(seconds=1), thursday
    assert road[State.SUBMITTED].pk not in found(world, "clerk", "group=late", before)
    assert road[State.SUBMITTED].pk in found(world, "clerk", "group=late", after)
    far = START + timedelta(days=200)
    assert road[State.FED_BACK].pk not in found(world, "clerk", "group=late", far)
    assert road[State.CLOSED].pk not in found(world, "clerk", "group=late", far)


def test_soon_is_the_next_working_day(world: World, road: dict[str, Opinion]) -> None:
    assert road[State.SUBMITTED].pk in found(world, "clerk", "group=soon", START)
    thursday = START + timedelta(days=1)
    assert road[State.SUBMITTED].pk not in found(world, "clerk", "group=soon", thursday)
    assert road[State.SUBMITTED].pk in found(world, "clerk", "group=today", thursday)


def test_next_working_day_steps_over_weekend_and_holiday(world: World) -> None:
    friday = datetime(2026, 4, 3, 9, 0, tzinfo=SHANGHAI)  # before 清明: 4, 5 and 6 April are free
    assert next_workday_end(friday) == datetime(2026, 4, 7, 17, 30, tzinfo=SHANGHAI)


def test_untold_is_who_left_no_telephone(world: World) -> None:
    opinion = world.submit(phone="")
    workflow.answer_on_spot(opinion.pk, actor=world.clerk, at=START, body="带身份证。", outcome="A")
    assert found(world, "clerk", "group=untold") == [opinion.pk]
    workflow.feed_back(opinion.pk, actor=world.clerk, at=START, how="打电话")
    assert found(world, "clerk", "group=untold") == []


def test_county_group(world: World, road: dict[str, Opinion]) -> None:
    row = road[State.ACCEPTED]
    workflow.refer(row.pk, actor=world.clerk, at=START, reason="跨镇")
    assert found(world, "county_staff", "group=county") == [row.pk]


def test_states_add_up(world: World, road: dict[str, Opinion]) -> None:
    assert set(found(world, "clerk", "state=ASSIGNED&state=REPLIED")) == {
        road[State.ASSIGNED].pk, road[State.REPLIED].pk,
    }  # fmt: skip


def test_category_takes_its_leaves_along(world: World, road: dict[str, Opinion]) -> None:
    leaf = found(world, "clerk", f"category={world.category.pk}")
    assert leaf
    assert found(world, "clerk", f"category={world.category.parent_id}") == leaf
    assert road[State.SUBMITTED].pk not in leaf


def test_unit_kind_channel_and_rating(world: World, road: dict[str, Opinion]) -> None:
    assert road[State.HANDLING].pk in found(world, "clerk", f"unit={world.unit.pk}")
    assert found(world, "clerk", f"unit={world.other_unit.pk}") == []
    assert found(world, "clerk", "kind=URGENT") == []
    assert len(found(world, "clerk", "channel=QR")) == len(road)
    assert set(found(world, "clerk", "satisfaction=SATISFIED")) == {road[State.CLOSED].pk, road[State.TRACKING].pk}


def test_days_are_local_and_both_ends_count(world: World) -> None:
    late_evening = datetime(2026, 3, 25, 23, 59, tzinfo=SHANGHAI)
    row = world.submit(at=late_evening)
    assert found(world, "clerk", "since=2026-03-25&until=2026-03-25") == [row.pk]
    assert found(world, "clerk", "since=2026-03-26") == []
    assert found(world, "clerk", "until=2026-03-24") == []


def test_mine(world: World) -> None:
    row = world.submit()
    assert found(world, "clerk", "mine=on") == [row.pk]
    assert found(world, "town_staff", "mine=on") == []
    assert found(world, "town_staff", "mine=") == [row.pk]


@pytest.mark.parametrize("typed", ["{receipt}", "{spelled}", " {lower} "])
def test_receipt_however_typed(world: World, typed: str) -> None:
    row, _other = world.submit(), world.submit()
    text = typed.format(receipt=row.receipt, spelled=spell(row.receipt), lower=row.receipt.lower())
    assert found(world, "clerk", f"q={text}") == [row.pk]


def test_telephone_finds_only_for_those_who_may_see_one(world: World) -> None:
    row = world.submit(phone="13800007742")
    world.submit(phone="13900001190")
    assert found(world, "clerk", "q=138 0000 7742") == [row.pk]
    assert found(world, "county_staff", "q=13800007742") == [row.pk]
    assert found(world, "rep", "q=13800007742") == []
    assert found(world, "leader", "q=13800007742") == []


@pytest.mark.parametrize("typed", ["路灯", "路灯 王寨", "三盏 路灯", "路灯\u200b"])
def test_words_of_the_message(world: World, typed: str) -> None:
    row = world.submit()
    world.submit(body="菜巿场门口占道")
    assert found(world, "clerk", f"q={typed}") == [row.pk]


def test_words_find_look_alikes(world: World) -> None:
    row = world.submit(body="菜巿场门口占道")
    assert found(world, "clerk", "q=菜市场") == [row.pk]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'; DROP TABLE opinions_opinion; --"])
def test_words_are_words(world: World, typed: str) -> None:
    world.submit()
    assert found(world, "clerk", f"q={typed}") == []
    assert Opinion.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    ["state=NOWHERE", "group=nobody", "category=abc", "unit=-1", "kind=SLOW", "since=yesterday", "round=zero",
     "sort=password", "satisfaction=1%20OR%201=1"],
)  # fmt: skip
def test_a_broken_address_shows_nothing(world: World, query: str) -> None:
    world.submit()
    assert found(world, "clerk", query) == []


def test_unknown_keys_change_nothing(world: World) -> None:
    row = world.submit()
    assert found(world, "clerk", "first_contact__password__startswith=a&order_by=phone") == [row.pk]


def test_order_by_due_puts_matters_without_limit_last(world: World, road: dict[str, Opinion]) -> None:
    rows = found(world, "clerk", "group=all&sort=due")
    dues = [Opinion.objects.get(pk=pk).step_due_at for pk in rows]
    running = [due for due in dues if due]
    assert running == sorted(running)
    assert dues[: len(running)] == running


def test_order_by_newest(world: World) -> None:
    old, new = world.submit(at=START), world.submit(at=START + timedelta(minutes=5))
    assert found(world, "clerk", "sort=new") == [new.pk, old.pk]


def test_what_has_ended_stands_newest_first_because_no_limit_runs(world: World) -> None:
    old, new = (world.opinion(State.DECLINED, at=START + timedelta(days=days)) for days in (0, 3))
    assert found(world, "clerk", "state=DECLINED") == [new.pk, old.pk]
    assert found(world, "clerk", "state=DECLINED&state=WITHDRAWN") == [new.pk, old.pk]
    assert found(world, "clerk", "state=DECLINED&sort=due") == [old.pk, new.pk]


def test_usual_group_is_open_but_a_search_looks_everywhere() -> None:
    assert default_query(QueryDict(""))["group"] == "open"
    assert default_query(QueryDict("q=路灯"))["group"] == "all"
    assert "group" not in default_query(QueryDict("state=CLOSED"))
    assert default_query(QueryDict("group=late&q=路灯"))["group"] == "late"


def test_choices_end_where_sight_ends(world: World) -> None:
    assert place_choices(world.clerk) == [(world.village.code, "东街社区")]
    assert [name for _code, name in place_choices(world.county_staff)] == ["洺南街道", "吴台镇"]
    assert place_choices(world.handler) == []
    assert [name for _pk, name in station_choices(world.town_staff)] == ["洺南街道融合站点"]
    assert len(station_choices(world.leader)) == 2
    assert station_choices(world.handler) == []


def test_a_station_out_of_scope_cannot_be_asked_for(world: World) -> None:
    world.submit(station=world.other_station, region=None)
    assert found(world, "clerk", f"station={world.other_station.pk}") == []
    assert found(world, "leader", f"station={world.station.pk}") == []
    assert len(found(world, "leader", f"station={world.other_station.pk}")) == 1


def test_reference_choices(world: World) -> None:
    assert category_choices() == [
        ("市容环卫", [(str(world.category.parent_id), "市容环卫（全部）"), (str(world.category.pk), "路灯照明")])
    ]
    assert (str(world.unit.pk), "县城管局") in unit_choices()


def test_every_group_has_a_label() -> None:
    assert all(group.label for group in GROUPS.values())


def test_used_filters_are_counted(world: World) -> None:
    rows: Any = Opinion.objects.none()
    used = OpinionFilter(QueryDict("state=CLOSED&kind=URGENT"), queryset=rows, user=world.clerk, at=START)
    assert set(used.chips) - {"mine"} == {"state", "kind"}


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01", "since=0001-01-01&until=9999-12-31"])
def test_the_first_and_the_last_day_there_is_hide_nothing(world: World, query: str) -> None:
    opinion = world.opinion(State.SUBMITTED)
    assert found(world, "clerk", f"group=all&{query}") == [opinion.pk]
