"""Working days: the arranged years as announced, the rule beyond, and what must hold for any calendar."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from core.models import CalendarDay
from core.workdays import (
    DayStep,
    SpecialDay,
    WorkCalendar,
    day_words,
    end_of_day,
    local_date,
)

PLAIN = WorkCalendar()
HOLIDAY = SpecialDay(False, "本地放假")

days_around = st.dates(date(2023, 1, 1), date(2029, 12, 31))
counts = st.integers(0, 60)
overrides = st.dictionaries(
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.builds(SpecialDay, st.booleans(), st.just("本地安排")),
    max_size=40,
)


@pytest.fixture
def _fresh() -> object:
    """No calendar is remembered before or after."""
    WorkCalendar.forget()
    yield
    WorkCalendar.forget()


# --- the years as the State Council arranged them, typed from its notices

MAKE_UP_DAYS = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def _all_days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_make_up_days_of_arranged_years(year: int) -> None:
    weekend_work = [day for day in _all_days(year) if day.weekday() >= 5 and PLAIN.is_workday(day)]
    assert " ".join(f"{day:%m-%d}" for day in weekend_work) == MAKE_UP_DAYS[year]
    assert {PLAIN.reason(day) for day in weekend_work} == {"调休上班"}


@pytest.mark.parametrize(
    ("day", "works", "reason"),
    [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 2, 13), True, "工作日"),
        (date(2026, 2, 14), True, "调休上班"),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 4, 6), False, "清明节"),
        (date(2026, 5, 1), False, "劳动节"),
        (date(2026, 6, 19), False, "端午节"),
        (date(2026, 9, 25), False, "中秋节"),
        (date(2026, 10, 1), False, "国庆节"),
        (date(2026, 7, 11), False, "周末"),
        (date(2025, 10, 8), False, "国庆节"),
        (date(2024, 2, 9), True, "工作日"),  # New Year's Eve was not a day off that year
        (date(2024, 2, 12), False, "春节"),
        (date(2027, 1, 4), True, "工作日"),
        (date(2027, 1, 2), False, "周末"),
    ],
)
def test_known_days(day: date, works: bool, reason: str) -> None:
    assert PLAIN.is_workday(day) is works
    assert PLAIN.reason(day) == reason


# --- counting


def test_the_start_day_is_not_counted_and_every_day_is_explained() -> None:
    reckoning = PLAIN.count(date(2026, 4, 2), 3)
    assert reckoning.due == date(2026, 4, 8)
    assert reckoning.steps == (
        DayStep(date(2026, 4, 3), 1, "工作日"),
        DayStep(date(2026, 4, 4), None, "清明节"),
        DayStep(date(2026, 4, 5), None, "清明节"),
        DayStep(date(2026, 4, 6), None, "清明节"),
        DayStep(date(2026, 4, 7), 2, "工作日"),
        DayStep(date(2026, 4, 8), 3, "工作日"),
    )
    assert (reckoning.start, reckoning.days, reckoning.provisional) == (date(2026, 4, 2), 3, False)


def test_make_up_saturday_counts() -> None:
    assert PLAIN.count(date(2026, 2, 13), 1).due == date(2026, 2, 14)


def test_zero_days_end_on_the_start() -> None:
    reckoning = PLAIN.count(date(2026, 10, 1), 0)
    assert (reckoning.due, reckoning.steps) == (date(2026, 10, 1), ())


@pytest.mark.parametrize("days", [-1, 1001])
def test_absurd_numbers_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="cannot be meant"):
        PLAIN.count(date(2026, 1, 1), days)


@given(days_around, counts, overrides)
def test_count_and_between_agree(start: date, days: int, own: dict[date, SpecialDay]) -> None:
    calendar = WorkCalendar(own)
    reckoning = calendar.count(start, days)
    assert calendar.between(start, reckoning.due) == days
    assert [step.number for step in reckoning.steps if step.number] == list(range(1, days + 1))
    assert all((step.number is not None) == calendar.is_workday(step.date) for step in reckoning.steps)
    if days:
        assert calendar.is_workday(reckoning.due)


@given(days_around, days_around, overrides)
def test_between_equals_counting_one_by_one(a: date, b: date, own: dict[date, SpecialDay]) -> None:
    calendar = WorkCalendar(own)
    first, last = min(a, b), max(a, b)
    walked = sum(calendar.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert calendar.between(first, last) == walked
    assert calendar.between(last, first) == -walked


@given(days_around, days_around, days_around, overrides)
def test_between_adds_up(a: date, b: date, c: date, own: dict[date, SpecialDay]) -> None:
    calendar = WorkCalendar(own)
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(days_around, counts, overrides, st.sets(st.integers(0, 120), max_size=12))
def test_adding_a_holiday_never_makes_a_deadline_earlier(
    start: date, days: int, own: dict[date, SpecialDay], offsets: set[int]
) -> None:
    before = WorkCalendar(own).count(start, days).due
    more = own | {start + timedelta(days=offset): HOLIDAY for offset in offsets}
    assert WorkCalendar(more).count(start, days).due >= before


@given(days_around, counts, st.sets(st.integers(0, 120), max_size=12))
def test_adding_a_working_day_never_makes_a_deadline_later(start: date, days: int, offsets: set[int]) -> None:
    own = {start + timedelta(days=offset): SpecialDay(True, "加班") for offset in offsets}
    assert WorkCalendar(own).count(start, days).due <= PLAIN.count(start, days).due


@given(days_around, st.integers(0, 59))
def test_one_day_more_is_due_later(start: date, days: int) -> None:
    assert PLAIN.count(start, days + 1).due > PLAIN.count(start, days).due


@given(days_around, counts)
def test_starting_later_is_never_due_earlier(start: date, days: int) -> None:
    assert PLAIN.count(start + timedelta(days=1), days).due >= PLAIN.count(start, days).due


# --- years nobody has arranged yet


def test_outside_the_known_years_weekends_decide_and_the_day_is_provisional() -> None:
    assert PLAIN.is_provisional(date(2027, 2, 8))
    assert not PLAIN.is_provisional(date(2026, 12, 31))
    assert PLAIN.is_provisional(date(1999, 5, 4))


def test_a_deadline_that_runs_into_an_unknown_year_is_provisional() -> None:
    assert not PLAIN.count(date(2026, 12, 24), 5).provisional
    assert PLAIN.count(date(2026, 12, 24), 6).provisional


def test_an_own_day_is_certain() -> None:
    calendar = WorkCalendar({date(2027, 1, 1): SpecialDay(False, "元旦")})
    assert not calendar.is_provisional(date(2027, 1, 1))
    assert calendar.is_provisional(date(2027, 1, 4))
    assert calendar.reason(date(2027, 1, 1)) == "元旦"


def test_own_days_win_over_the_library() -> None:
    calendar = WorkCalendar({date(2026, 2, 14): HOLIDAY, date(2026, 10, 1): SpecialDay(True, "值守")})
    assert not calendar.is_workday(date(2026, 2, 14))
    assert calendar.is_workday(date(2026, 10, 1))
    assert PLAIN.is_workday(date(2026, 2, 14))  # the other calendar is untouched


# --- the table behind it


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_load_reads_the_table_and_remembers() -> None:
    snow = date(2026, 11, 24)
    assert WorkCalendar.load().is_workday(snow)
    CalendarDay.objects.create(date=snow, is_workday=False, name="暴雪停工")
    assert WorkCalendar.load().is_workday(snow)  # remembered
    WorkCalendar.forget()
    assert WorkCalendar.load().reason(snow) == "暴雪停工"


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_load_forgets_by_itself_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("core.workdays.time.monotonic", lambda: seconds[0])
    first = WorkCalendar.load()
    seconds[0] += 59
    assert WorkCalendar.load() is first
    seconds[0] += 2
    assert WorkCalendar.load() is not first


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh")
def test_load_costs_one_query_then_none(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        WorkCalendar.load()
        WorkCalendar.load()


@pytest.mark.django_db
def test_calendar_day_says_what_it_is() -> None:
    assert str(CalendarDay(date=date(2027, 1, 1), is_workday=False, name="元旦")) == "2027-01-01 元旦"


# --- moments and dates


def test_a_deadline_ends_when_the_office_closes() -> None:
    due = end_of_day(date(2026, 4, 8))
    assert due.isoformat() == "2026-04-08T17:30:00+08:00"
    assert local_date(due) == date(2026, 4, 8)


def test_the_date_is_that_of_shanghai() -> None:
    assert local_date(datetime(2026, 4, 7, 16, 0, tzinfo=UTC)) == date(2026, 4, 8)
    assert local_date(datetime(2026, 4, 7, 15, 59, tzinfo=UTC)) == date(2026, 4, 7)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        local_date(datetime(2026, 4, 7, 16, 0))


@given(days_around)
def test_the_end_of_a_day_is_on_that_day(day: date) -> None:
    assert local_date(end_of_day(day)) == day


def test_the_calendar_does_not_depend_on_the_clock() -> None:
    with time_machine.travel("2031-05-05"):
        assert PLAIN.count(date(2026, 2, 12), 3).due == date(2026, 2, 24)


# --- a day in words


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (date(2026, 4, 9), "4 月 9 日"),
        (datetime(2026, 4, 8, 16, 1, tzinfo=UTC), "4 月 9 日"),  # already the ninth in Shanghai
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "12 月 31 日"),
    ],
)
def test_a_day_is_said_as_people_say_it(moment: date | datetime, said: str) -> None:
    assert day_words(moment) == said


def test_the_year_is_said_when_it_is_not_the_one_everybody_thinks_of() -> None:
    assert day_words(date(2027, 1, 8), unless_in=2026) == "2027 年 1 月 8 日"
    assert day_words(date(2026, 1, 8), unless_in=2026) == "1 月 8 日"
    assert day_words(datetime(2026, 12, 31, 16, 1, tzinfo=UTC), unless_in=2026) == "2027 年 1 月 1 日"


def test_nobody_spells_a_day_by_himself() -> None:
    root = Path(__file__).resolve().parents[2]
    packages = ("core", "accounts", "notices", "stations", "duties", "opinions", "projects", "dashboards", "liaison")
    spelling = re.compile(r"month\} 月 \{")
    found = {path.relative_to(root).as_posix() for name in packages for path in (root / name).rglob("*.py")
             if spelling.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    assert found == {"core/workdays.py"}
