"""Proposing a month: which duties its rhythms make, and who should sit them. Pure: data in, data out, no luck.

First come the days: a rhythm's days of the month, moved off a holiday to the next working day, which may be a make-up
Saturday, or dropped. Then the people, as a flow from duties over days to persons: as many duties as possible are
filled (fewer are never left open than must be), and among all such rosters the one with the smallest sum of squares
of what each has served in a year and this month. Least-served first is what that means; a cap on the month keeps
somebody new from sitting every time.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from core.workdays import WEEKEND, WorkCalendar

WEEKLY, NTH, MONTHLY = "WEEKLY", "NTH", "MONTHLY"
NEXT_WORKDAY, DROP = "NEXT_WORKDAY", "DROP"
LAST = 5  # "the fifth Thursday" is the last one, in a month with four as well
_ONE_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = timedelta(days=31)  # how far back a day can lie that is moved into this month
_SATURDAY = 5


@dataclass(frozen=True)
class Rule:
    """A rhythm. `weekday` counts from Monday, 0; `weeks` are 1 to 5, `LAST` the last; `people` sit at once."""

    post: str
    pattern: str
    start: time
    end: time
    weekday: int = 0
    weeks: tuple[int, ...] = ()
    month_day: int = 1
    people: int = 1
    on_holiday: str = NEXT_WORKDAY


@dataclass(frozen=True, order=True)
class Slot:
    """One duty of one person. `number` tells apart those who sit together; `moved_from` is the day it was meant for."""

    day: date
    start: time
    end: time
    post: str
    number: int = 0
    moved_from: date | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Person:
    """Somebody who may be asked: his posts, from when until when he serves, days he cannot come, what he has served."""

    id: int
    posts: frozenset[str]
    served: int = 0
    blocked: frozenset[date] = frozenset()
    since: date = date.min
    until: date = date.max

    def can_sit(self, slot: Slot) -> bool:
        """Whether post, time of service and days off allow it."""
        return slot.post in self.posts and slot.day not in self.blocked and self.since <= slot.day <= self.until


def month_end(month: date) -> date:
    """The last day of the month of `month`."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY


def slots(rules: Iterable[Rule], month: date, calendar: WorkCalendar) -> list[Slot]:
    """The duties of a month in order of time. A day moved out of the month belongs to the month it is moved into."""
    found: dict[tuple[date, time, time, str, int], Slot] = {}
    for rule in rules:
        for day, moved_from in _days(rule, month.replace(day=1), calendar):
            for number in range(rule.people):
                slot = Slot(day, rule.start, rule.end, rule.post, number, moved_from)
                key = (day, rule.start, rule.end, rule.post, number)
                if key not in found or moved_from is None:
                    found[key] = slot
    return sorted(found.values())


def _days(rule: Rule, month: date, calendar: WorkCalendar) -> Iterator[tuple[date, date | None]]:
    last = month_end(month)
    day = month - _LONGEST_HOLIDAY
    while day <= last:
        if _is_meant(rule, day):
            if not _is_off(rule, day, calendar):
                moved: date | None = day
            else:
                moved = None if rule.on_holiday == DROP else _next_workday(day, calendar)
            if moved is not None and month <= moved <= last:
                yield moved, None if moved == day else day
        day += _ONE_DAY


def _is_meant(rule: Rule, day: date) -> bool:
    if rule.pattern == MONTHLY:
        return day.day == min(rule.month_day, month_end(day).day)
    if day.weekday() != rule.weekday:
        return False
    if rule.pattern == WEEKLY:
        return True
    is_last = day + timedelta(days=7) > month_end(day)
    return (day.day - 1) // 7 + 1 in set(rule.weeks) - {LAST} or (is_last and LAST in rule.weeks)


def _is_off(rule: Rule, day: date, calendar: WorkCalendar) -> bool:
    """Whether nobody sits that day: a rhythm that names Saturday or Sunday means it, and gives way to feasts only."""
    if calendar.is_workday(day):
        return False
    return rule.pattern == MONTHLY or rule.weekday < _SATURDAY or calendar.reason(day) != WEEKEND


def _next_workday(day: date, calendar: WorkCalendar) -> date:
    while not calendar.is_workday(day):
        day += _ONE_DAY
    return day


def propose(wanted: Sequence[Slot], people: Iterable[Person]) -> list[int | None]:
    """Who sits each slot, in the order of `wanted`; None where nobody can."""
    plan = _Plan(wanted, sorted(people, key=lambda person: person.id))
    plan.fill()
    plan.even_out()
    return [None if who is None else plan.people[who].id for who in plan.sits]


Accepts = Callable[[int], bool]


class _Plan:
    """A roster being made: `sits[slot]` is a place in `people`, `at[person, day]` the slot that person has then."""

    def __init__(self, wanted: Sequence[Slot], people: Sequence[Person]) -> None:
        self.slots, self.people = wanted, people
        self.sits: list[int | None] = [None] * len(wanted)
        self.at: dict[tuple[int, date], int] = {}
        self.has: list[list[int]] = [[] for _ in people]
        self.can = [[who for who, person in enumerate(people) if person.can_sit(slot)] for slot in wanted]
        self.cap = -(-len(wanted) // len(people)) + 1 if people else 0

    def load(self, who: int) -> int:
        """What he has served in the year, with this month."""
        return self.people[who].served + len(self.has[who])

    def fill(self) -> None:
        """Give as many slots as possible to somebody, the scarcest posts first; lift the cap where it leaves gaps."""
        order = sorted(range(len(self.slots)), key=lambda slot: (len(self.can[slot]), slot))
        open_slots = [slot for slot in order if not self._take(slot)]
        most = max((len(slots) for slots in _by_person(self.can).values()), default=0)
        while open_slots and self.cap < most:
            self.cap += 1
            open_slots = [slot for slot in open_slots if not self._take(slot)]

    def even_out(self) -> None:
        """Hand slots on while somebody can give to somebody with at least two less; then there is no better roster."""
        changed = True
        while changed:
            changed = any(
                self._relieve(who) for who in sorted(range(len(self.people)), key=lambda w: (-self.load(w), w))
            )

    def _take(self, slot: int) -> bool:
        return self._route(slot, None, lambda who: len(self.has[who]) < self.cap)

    def _relieve(self, who: int) -> bool:
        most = self.load(who) - 2

        def has_less(other: int) -> bool:
            return self.load(other) <= most and len(self.has[other]) < self.cap

        return any(self._route(slot, who, has_less) for slot in list(self.has[who]))

    def _route(self, slot: int, giver: int | None, accepts: Accepts) -> bool:
        """Find a chain of hand-overs from `slot` to somebody who accepts one more, and carry it out."""
        seen_slots, seen_people = {slot}, {giver}
        seen_days: set[tuple[int, date]] = set()
        came: dict[int, tuple[int, int]] = {}  # slot given up: (slot taken for it, by whom)
        waiting = deque([slot])
        while waiting:
            need = waiting.popleft()
            day = self.slots[need].day
            for who in sorted(self.can[need], key=lambda w: (self.load(w), len(self.has[w]), self._turn(w, need))):
                if (who, day) in seen_days or who == giver:
                    continue
                seen_days.add((who, day))
                busy = self.at.get((who, day))
                if busy is None and accepts(who):
                    self._carry_out(need, who, came, slot)
                    return True
                gives = [busy] if busy is not None else [] if who in seen_people else self.has[who]
                if busy is None:
                    seen_people.add(who)
                for other in gives:
                    if other not in seen_slots:
                        seen_slots.add(other)
                        came[other] = (need, who)
                        waiting.append(other)
        return False

    def _turn(self, who: int, slot: int) -> tuple[int, int]:
        """Among equals: who has no duty near this day, then by place, so that the same input gives the same roster."""
        day = self.slots[slot].day
        nearest = min((abs((self.slots[other].day - day).days) for other in self.has[who]), default=99)
        return -nearest, who

    def _carry_out(self, need: int, who: int, came: dict[int, tuple[int, int]], first: int) -> None:
        moves = [(need, who)]
        while need != first:
            need, taker = came[need]
            moves.append((need, taker))
        for slot, _ in moves:
            self._leave(slot)
        for slot, taker in moves:
            self.sits[slot] = taker
            self.at[taker, self.slots[slot].day] = slot
            self.has[taker].append(slot)

    def _leave(self, slot: int) -> None:
        who = self.sits[slot]
        if who is not None:
            self.has[who].remove(slot)
            del self.at[who, self.slots[slot].day]
            self.sits[slot] = None


def _by_person(can: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for slot, people in enumerate(can):
        for who in people:
            found[who].append(slot)
    return found
