"""Percents, weights and days: the whole is finished exactly when each part is, whatever the weights."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.works import measure
from projects.works.measure import Light

WEIGHTS, PERCENTS = st.integers(1, 1000), st.integers(0, 100)
PARTS = st.lists(st.tuples(WEIGHTS, PERCENTS), min_size=1, max_size=12)
DAY = date(2026, 6, 30)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(PARTS)
def test_the_whole_is_finished_exactly_when_every_part_is(parts: list[tuple[int, int]]) -> None:
    assert (measure.whole_percent(parts) == 100) == all(percent == 100 for _, percent in parts)


@given(PARTS)
def test_the_whole_has_begun_exactly_when_any_part_has(parts: list[tuple[int, int]]) -> None:
    assert (measure.whole_percent(parts) == 0) == all(percent == 0 for _, percent in parts)


@given(PARTS, st.data())
def test_no_part_that_goes_on_sets_the_whole_back(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(parts) - 1))
    weight, percent = parts[at]
    further = data.draw(st.integers(percent, 100))
    after = [*parts[:at], (weight, further), *parts[at + 1 :]]
    assert measure.whole_percent(after) >= measure.whole_percent(parts)


@given(PARTS, st.integers(2, 9))
def test_only_the_ratio_of_weights_counts(parts: list[tuple[int, int]], times: int) -> None:
    assert measure.whole_percent([(weight * times, percent) for weight, percent in parts]) == measure.whole_percent(
        parts
    )


@given(PARTS)
def test_the_whole_lies_between_its_parts(parts: list[tuple[int, int]]) -> None:
    percents = [percent for _, percent in parts]
    assert min(percents) <= measure.whole_percent(parts) <= max(percents)


def test_nothing_planned_is_nothing_done() -> None:
    assert measure.whole_percent([]) == 0


@pytest.mark.parametrize(
    ("today", "light"),
    [
        (DAY - timedelta(8), Light.ON_TIME),
        (DAY - timedelta(7), Light.SOON),
        (DAY, Light.SOON),
        (DAY + timedelta(1), Light.LATE),
    ],
)
def test_the_light_of_a_part(today: date, light: Light) -> None:
    assert measure.light(99, DAY, DAY, today) == light
    assert measure.light(100, DAY, DAY, today) == Light.DONE


@given(DAYS, DAYS, DAYS, PERCENTS)
def test_a_moved_day_never_makes_the_light_better(due: date, first: date, today: date, percent: int) -> None:
    order = [Light.DONE, Light.ON_TIME, Light.SOON, Light.LATE]
    moved, kept = measure.light(percent, due, first, today), measure.light(percent, first, first, today)
    assert order.index(moved) >= order.index(kept)


@given(st.lists(st.sampled_from(Light), max_size=6))
def test_a_whole_is_as_late_as_its_latest_part(lights: list[Light]) -> None:
    worst = measure.worst(lights)
    assert worst in (lights or [Light.ON_TIME])
    assert worst == Light.LATE or Light.LATE not in lights


@given(DAYS, DAYS, DAYS)
def test_days_late_are_counted_from_the_day_first_promised(due: date, first: date, today: date) -> None:
    assert measure.days_late(due, first, None, today) == max(0, (today - min(due, first)).days)
    assert measure.days_late(due, first, min(due, first), today) == 0
