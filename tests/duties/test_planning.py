"""The planner: days are moved rightly, and every proposal keeps every rule, leaves no gap it need not, and is fair."""

from collections import Counter
from datetime import date, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workdays import SpecialDay, WorkCalendar
from duties.planning import DROP, LAST, MONTHLY, NTH, WEEKLY, Person, Rule, Slot, month_end, propose, slots

MORNING = {"start": time(8, 30), "end": time(12, 0)}
OCTOBER, MAY, SEPTEMBER = date(2026, 10, 1), date(2026, 5, 1), date(2026, 9, 1)
PLAIN = WorkCalendar()
POSTS = ("WINDOW", "RECEPTION", "LEGAL")


def days(rule: Rule, month: date, calendar: WorkCalendar = PLAIN) -> list[date]:
    return [slot.day for slot in slots([rule], month, calendar)]


def test_every_thursday() -> None:
    rule = Rule("WINDOW", WEEKLY, **MORNING, weekday=3)
    assert days(rule, SEPTEMBER) == [date(2026, 9, day) for day in (3, 10, 17, 24)]


def test_the_first_and_third_tuesday() -> None:
    rule = Rule("LEGAL", NTH, **MORNING, weekday=1, weeks=(1, 3))
    assert days(rule, SEPTEMBER) == [date(2026, 9, 1), date(2026, 9, 15)]


@pytest.mark.parametrize(("month", "day"), [(SEPTEMBER, 24), (date(2026, 4, 1), 30), (date(2027, 4, 1), 29)])
def test_the_last_thursday_in_months_of_four_and_of_five(month: date, day: int) -> None:
    assert days(Rule("LEGAL", NTH, **MORNING, weekday=3, weeks=(LAST,)), month) == [month.replace(day=day)]


def test_the_fifth_and_the_last_are_one() -> None:
    rule = Rule("LEGAL", NTH, **MORNING, weekday=2, weeks=(4, LAST))
    assert days(rule, SEPTEMBER) == [date(2026, 9, 23), date(2026, 9, 30)]


def test_the_fifteenth_on_a_saturday_moves_to_monday_and_says_so() -> None:
    [slot] = slots([Rule("RECEPTION", MONTHLY, **MORNING, month_day=15)], date(2026, 8, 1), PLAIN)
    assert (slot.day, slot.moved_from) == (date(2026, 8, 17), date(2026, 8, 15))


def test_the_thirty_first_is_the_last_day_of_a_short_month() -> None:
    assert days(Rule("RECEPTION", MONTHLY, **MORNING, month_day=31), date(2026, 4, 1)) == [date(2026, 4, 30)]


def test_a_thursday_in_the_long_holiday_moves_behind_it() -> None:
    """1 October is a Thursday; work begins again on Thursday 8, which has its own duty: the two are one."""
    assert days(Rule("WINDOW", WEEKLY, **MORNING, weekday=3), OCTOBER) == [
        date(2026, 10, day) for day in (8, 15, 22, 29)
    ]


def test_a_friday_in_the_long_holiday_moves_onto_the_first_working_day() -> None:
    found = slots([Rule("WINDOW", WEEKLY, **MORNING, weekday=4)], OCTOBER, PLAIN)
    assert [(slot.day.day, slot.moved_from) for slot in found][:2] == [(8, date(2026, 10, 2)), (9, None)]


def test_a_make_up_saturday_is_a_working_day() -> None:
    """2 May is in the holiday; the calendar makes Saturday 9 May a working day, which is only reached when moved to."""
    calendar = WorkCalendar(
        {date(2026, 5, 8): SpecialDay(False, "防汛停工"), date(2026, 5, 9): SpecialDay(True, "调休上班")}
    )
    found = slots([Rule("WINDOW", WEEKLY, **MORNING, weekday=4)], MAY, calendar)
    assert (date(2026, 5, 9), date(2026, 5, 8)) in [(slot.day, slot.moved_from) for slot in found]


def test_a_drop_rule_leaves_the_holiday_out() -> None:
    rule = Rule("WINDOW", WEEKLY, **MORNING, weekday=4, on_holiday=DROP)
    assert days(rule, OCTOBER) == [date(2026, 10, day) for day in (9, 16, 23, 30)]


def test_a_day_moved_over_the_end_belongs_to_the_next_month() -> None:
    calendar = WorkCalendar({date(2026, 9, day): SpecialDay(False, "停工") for day in (29, 30)})
    rule = Rule("RECEPTION", MONTHLY, **MORNING, month_day=29)
    assert days(rule, SEPTEMBER, calendar) == []
    assert days(rule, OCTOBER, calendar) == [date(2026, 10, 8), date(2026, 10, 29)]


def test_whoever_means_saturday_sits_on_saturday_but_not_on_a_feast() -> None:
    found = days(Rule("WINDOW", WEEKLY, **MORNING, weekday=5), OCTOBER)
    assert found == [date(2026, 10, 8), *(date(2026, 10, day) for day in (10, 17, 24, 31))]


def test_two_at_once_are_two_slots() -> None:
    found = slots([Rule("WINDOW", WEEKLY, **MORNING, weekday=3, people=2)], SEPTEMBER, PLAIN)
    assert Counter(slot.day for slot in found) == {date(2026, 9, day): 2 for day in (3, 10, 17, 24)}


rules = st.builds(
    Rule,
    post=st.sampled_from(POSTS),
    pattern=st.sampled_from((WEEKLY, NTH, MONTHLY)),
    start=st.just(time(8, 30)),
    end=st.just(time(12, 0)),
    weekday=st.integers(0, 6),
    weeks=st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True).map(tuple),
    month_day=st.integers(1, 31),
    people=st.integers(1, 2),
    on_holiday=st.sampled_from(("NEXT_WORKDAY", DROP)),
)
months = st.integers(0, 47).map(lambda number: date(2024 + number // 12, number % 12 + 1, 1))


@given(rules, months)
def test_slots_lie_in_the_month_and_on_days_that_work(rule: Rule, month: date) -> None:
    for slot in slots([rule], month, PLAIN):
        assert month <= slot.day <= month_end(month)
        is_meant_weekend = rule.pattern != MONTHLY and rule.weekday >= 5 and slot.moved_from is None
        assert PLAIN.is_workday(slot.day) or (is_meant_weekend and PLAIN.reason(slot.day) == "周末")
        if slot.moved_from:
            assert rule.on_holiday != DROP
            assert slot.moved_from < slot.day
            between = [slot.moved_from + timedelta(days=n) for n in range((slot.day - slot.moved_from).days)]
            assert not any(PLAIN.is_workday(day) for day in between)


@given(st.lists(rules, max_size=3), months)
def test_no_slot_comes_twice_and_all_are_in_order(given_rules: list[Rule], month: date) -> None:
    found = slots(given_rules, month, PLAIN)
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@st.composite
def tasks(draw: st.DrawFn, most_slots: int = 14, most_people: int = 6) -> tuple[list[Slot], list[Person]]:
    """A month's slots and people with posts, days off and a past of their own."""
    month = [date(2026, 9, day) for day in range(1, 9)]
    wanted = [
        Slot(day, time(8, 30), time(12), post, number)
        for number, (day, post) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(month), st.sampled_from(POSTS)), max_size=most_slots))
        )
    ]
    people = [
        Person(
            number,
            draw(st.frozensets(st.sampled_from(POSTS))),
            draw(st.integers(0, 5)),
            draw(st.frozensets(st.sampled_from(month), max_size=4)),
            draw(st.sampled_from((date.min, month[2]))),
            draw(st.sampled_from((date.max, month[5]))),
        )
        for number in range(draw(st.integers(0, most_people)))
    ]
    return sorted(wanted), people


@given(tasks())
@settings(max_examples=300)
def test_nobody_twice_a_day_nobody_on_a_blocked_day_nobody_at_a_foreign_post(
    task: tuple[list[Slot], list[Person]],
) -> None:
    wanted, people = task
    known = {person.id: person for person in people}
    chosen = propose(wanted, people)
    assert len(chosen) == len(wanted)
    sat = [(who, slot.day) for slot, who in zip(wanted, chosen, strict=True) if who is not None]
    assert len(set(sat)) == len(sat)
    for slot, who in zip(wanted, chosen, strict=True):
        if who is not None:
            person = known[who]
            assert slot.post in person.posts
            assert slot.day not in person.blocked
            assert person.since <= slot.day <= person.until


@given(tasks(), st.randoms())
def test_the_same_input_gives_the_same_roster_in_whatever_order_people_come(
    task: tuple[list[Slot], list[Person]], luck: object
) -> None:
    wanted, people = task
    mixed = list(people)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    assert propose(wanted, people) == propose(wanted, mixed)


def every_roster(wanted: list[Slot], people: list[Person]) -> list[tuple[int | None, ...]]:
    """All rosters that keep the rules, gaps included."""
    choices = [[None, *(person.id for person in people if person.can_sit(slot))] for slot in wanted]
    found = []
    for chosen in product(*choices):
        sat = [(who, slot.day) for slot, who in zip(wanted, chosen, strict=True) if who is not None]
        if len(set(sat)) == len(sat):
            found.append(chosen)
    return found


def cost(chosen: list[int | None] | tuple[int | None, ...], people: list[Person]) -> int:
    count = Counter(chosen)
    return sum((person.served + count[person.id]) ** 2 for person in people)


@given(tasks(most_slots=5, most_people=4))
@settings(max_examples=200, deadline=None)
def test_there_is_no_roster_with_fewer_gaps(task: tuple[list[Slot], list[Person]]) -> None:
    wanted, people = task
    gaps = propose(wanted, people).count(None)
    assert gaps == min(chosen.count(None) for chosen in every_roster(wanted, people))


@given(tasks(most_slots=5, most_people=4))
@settings(max_examples=200, deadline=None)
def test_there_is_no_fairer_roster_with_as_few_gaps_and_nobody_oftener(task: tuple[list[Slot], list[Person]]) -> None:
    wanted, people = task
    chosen = propose(wanted, people)
    most = max(Counter(who for who in chosen if who is not None).values(), default=0)
    cap = max(most, -(-len(wanted) // len(people)) + 1 if people else 0)
    others = [
        other
        for other in every_roster(wanted, people)
        if other.count(None) == chosen.count(None)
        and max(Counter(who for who in other if who is not None).values(), default=0) <= cap
    ]
    assert cost(chosen, people) == min(cost(other, people) for other in others)


@given(st.integers(1, 9), st.integers(0, 25), st.integers(0, 4))
def test_equal_people_differ_by_one_at_most(people: int, count: int, served: int) -> None:
    wanted = [Slot(date(2026, 9, 1) + timedelta(days=n), time(8), time(9), "WINDOW") for n in range(count)]
    chosen = Counter(propose(wanted, [Person(n, frozenset({"WINDOW"}), served) for n in range(people)]))
    times = [chosen[n] for n in range(people)]
    assert sum(times) == count
    assert max(times) - min(times) <= 1


def test_the_least_served_come_first_but_somebody_new_does_not_sit_every_time() -> None:
    wanted = [Slot(date(2026, 9, 1) + timedelta(days=n), time(8), time(9), "WINDOW") for n in range(4)]
    everywhere = frozenset({"WINDOW"})
    people = [Person(1, everywhere, 9), Person(2, everywhere, 9), Person(3, everywhere, 0), Person(4, everywhere, 7)]
    assert Counter(propose(wanted, people)) == {3: 2, 4: 2}


def test_the_only_lawyer_is_kept_for_the_post_of_law() -> None:
    day = date(2026, 9, 1)
    wanted = [Slot(day, time(8), time(9), "LEGAL"), Slot(day, time(8), time(9), "WINDOW")]
    people = [Person(1, frozenset({"LEGAL", "WINDOW"}), 0), Person(2, frozenset({"WINDOW"}), 8)]
    assert propose(wanted, people) == [1, 2]


def test_where_nobody_can_the_gap_is_said() -> None:
    assert propose([Slot(date(2026, 9, 1), time(8), time(9), "LEGAL")], []) == [None]
