"""What today says in words: urgency, holidays ahead, the month's bounds. Time is given, no clock is read."""

from datetime import datetime, timedelta

import pytest

from core.workdays import WorkCalendar
from dashboards import today
from dashboards.today import Month
from opinions.models import Opinion
from opinions.states import State
from tests.world import SHANGHAI, START, World, make_world


@pytest.fixture
def world(db: None) -> World:
    WorkCalendar.forget()
    return make_world()


def on(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "word"),
    [
        (on(3, 25, 9), "已超期"),
        (on(3, 25, 17, 30), "今天"),
        (on(3, 26, 17, 30), "明天"),
        (on(3, 27, 17, 30), "再往后"),
        (None, "再往后"),
    ],
)
def test_urgency(world: World, due: datetime | None, word: str) -> None:
    assert today.urgency(due, on(3, 25, 10), is_late=True) == word


def test_silence_of_the_resident_is_not_late(world: World) -> None:
    assert today.urgency(on(3, 20), on(3, 25), is_late=False) == "今天"


def test_tomorrow_on_a_friday_is_monday(world: World) -> None:
    assert today.urgency(on(3, 30, 17, 30), on(3, 27), is_late=True) == "明天"


@pytest.mark.parametrize(
    ("at", "words"),
    [(on(3, 25), "清明节放假 4 月 4 日至 6 日"), (on(3, 10), ""), (on(4, 27), "劳动节放假 5 月 1 日至 5 日")],
)
def test_holiday_ahead(world: World, at: datetime, words: str) -> None:
    assert today.holiday_ahead(at) == words


def test_month_bounds_compare_the_same_days(world: World) -> None:
    world.submit(at=on(2, 10))
    world.submit(at=on(2, 26))  # after the same moment of the month before
    world.submit(at=on(3, 2))
    month = today.month_so_far(world.clerk, on(3, 25, 10))
    assert (month.received, month.before) == (1, 1)


def test_no_rate_over_a_handful() -> None:
    few = Month(1, 0, answered=3, in_time=2, reopened=0, told=3, satisfied=0, dissatisfied=0)
    many = Month(1, 0, answered=51, in_time=49, reopened=0, told=51, satisfied=0, dissatisfied=0)
    none = Month(1, 0, answered=0, in_time=0, reopened=0, told=0, satisfied=0, dissatisfied=0)
    assert few.in_time_rate == "3 件里 2 件按期"
    assert many.in_time_rate == "96.1%（49 / 51）"
    assert none.in_time_rate == "还没有答复"


def test_tile_says_when_the_first_is_due(world: World) -> None:
    world.submit(at=START)
    notes = {tile.label: tile.note for tile in today.station_tiles(world.clerk, START)}
    assert notes["待受理"] == "最早 3 月 26 日 17:30 前"
    later = {tile.label: tile.note for tile in today.station_tiles(world.clerk, START + timedelta(days=1))}
    assert later["待受理"] == "最早 今天 17:30 前"
    late = {tile.label: tile.note for tile in today.station_tiles(world.clerk, START + timedelta(days=5))}
    assert late["待受理"] == "有的过了期限"


def test_long_list_is_cut_and_says_how_long_it_is(world: World) -> None:
    for number in range(today.MOST_ROWS + 3):
        world.submit(at=START + timedelta(minutes=number))
    found = today.to_do(today.station_work(world.clerk), START, "station", "group=todo")
    assert (found.shown, found.total) == (today.MOST_ROWS, today.MOST_ROWS + 3)


def test_other_station_sees_an_empty_day(world: World) -> None:
    world.opinion(State.SUBMITTED)
    assert today.to_do(today.station_work(world.other_clerk), START, "station", "").total == 0
    assert {tile.count for tile in today.station_tiles(world.other_clerk, START)} == {0}


def test_whom_a_message_cannot_tell_is_not_only_to_be_rung(world: World) -> None:
    row = world.opinion(State.FED_BACK)
    Opinion.objects.filter(pk=row.pk).update(told_at=None)
    notes = {tile.label: tile.note for tile in today.station_tiles(world.clerk, START)}
    assert notes["待告知"] == "短信告诉不了，要打电话或上门", "many of them left no telephone at all"
