"""What the pages show of a month: days with their duties, who could sit them, what is wrong, how evenly it is spread.

Reading only, with the same few statements for an empty month and a full one. What only the station may know (days off,
absences, who could be asked) is read only for those who arrange it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import rules

from core.templatetags.look import WEEKDAYS
from core.workdays import MAKE_UP, WEEKEND, WORKDAY, WorkCalendar, day_words, local_date
from duties.gathering import people_of, serving
from duties.models import Rhythm, Roster, Shift, SwapRequest, month_of
from duties.notify import unreachable, when
from duties.planning import Person, month_end
from duties.states import RosterState, ShiftState, SwapState
from duties.themes.models import MonthlyTheme
from duties.themes.queries import theme_of
from duties.workflow.rosters import lateness
from stations.models import Representative, Station

MARKS = {
    ShiftState.PLANNED: ("is-wait", "none"),
    ShiftState.CONFIRMED: ("is-done", "full"),
    ShiftState.HELD: ("is-done", "hui"),
    ShiftState.ABSENT: ("is-wait", "minus"),
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Choice:
    """Somebody for a duty; `why` says what speaks against it, "" when nothing does."""

    id: int
    name: str
    why: str


@dataclass
class Seat:
    """One duty on the page."""

    shift: Shift
    mark: tuple[str, str, str] | None
    choices: list[Choice] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Who has it, "" for a gap."""
        return self.shift.representative.name if self.shift.representative else ""

    @property
    def hours(self) -> str:
        """8:30–12:00."""
        return when(self.shift).partition("）")[2]

    @property
    def words(self) -> str:
        """The duty in words, for reading aloud."""
        return f"{when(self.shift)} {self.shift.get_post_display()}"

    @property
    def free(self) -> list[Choice]:
        """Those against whom nothing speaks, the one who has it included."""
        return [one for one in self.choices if not one.why or one.id == self.shift.representative_id]

    @property
    def hindered(self) -> list[Choice]:
        """The others, with what speaks against them."""
        return [one for one in self.choices if one.why and one.id != self.shift.representative_id]


@dataclass(frozen=True)
class Day:
    """One day of the month; `column` is 1 for Monday."""

    date: date
    seats: list[Seat]
    word: str
    is_off: bool
    is_today: bool

    @property
    def column(self) -> int:
        """Its place in the week."""
        return self.date.weekday() + 1

    @property
    def weekday(self) -> str:
        """周四."""
        return f"周{WEEKDAYS[self.date.weekday()]}"


@dataclass(frozen=True)
class Share:
    """How often somebody sits: this month, and in the year with it."""

    person: Representative
    times: int
    year: int
    bar: int
    days_off: str


@dataclass(frozen=True)
class SheetLine:
    """One line of the sheet on the wall."""

    day: Day
    hours: str
    post: str
    is_first: bool
    names: list[str]


@dataclass
class Month:
    """The page of a station's month."""

    station: Station
    month: date
    user: Any
    at: datetime

    @cached_property
    def roster(self) -> Roster | None:
        """The month's roster, if this user may see it."""
        rows = Roster.objects.visible_to(self.user).filter(station=self.station, month=self.month)
        return rows.select_related("station", "published_by").first()

    @cached_property
    def theme(self) -> MonthlyTheme | None:
        """What the month is about."""
        return theme_of(self.station, self.month)

    @cached_property
    def may_edit(self) -> bool:
        """Whether he arranges rosters here."""
        return bool(rules.has_perm("duties.propose", self.user, self.station))

    @property
    def is_draft(self) -> bool:
        """Whether there is a roster that nobody has been told of."""
        return self.roster is not None and self.roster.state == RosterState.DRAFT

    @property
    def is_over(self) -> bool:
        """Whether the month lies behind."""
        return self.month < month_of(local_date(self.at))

    @cached_property
    def shifts(self) -> list[Shift]:
        """Its duties in order of time."""
        if self.roster is None:
            return []
        rows = Shift.objects.visible_to(self.user).filter(roster=self.roster)
        return list(rows.select_related("representative", "stands_in_for").distinct().order_by("day", "start", "id"))

    @cached_property
    def representatives(self) -> dict[int, Representative]:
        """Who serves here in the month, by name."""
        return {row.representative_id: row.representative for row in serving(self.station, self.month)}

    @cached_property
    def people(self) -> dict[int, Person]:
        """The same as the planner knows them."""
        return {row.id: row for row in people_of(self.station, self.month)}

    @cached_property
    def days(self) -> list[Day]:
        """Every day of the month."""
        calendar, today = WorkCalendar.load(), local_date(self.at)
        by_day: dict[date, list[Seat]] = {}
        for shift in self.shifts:
            by_day.setdefault(shift.day, []).append(self._seat(shift))
        found, day = [], self.month
        while day <= month_end(self.month):
            reason = calendar.reason(day)
            word = "" if reason in (WORKDAY, WEEKEND) else "上班" if reason == MAKE_UP else reason
            found.append(Day(day, by_day.get(day, []), word, not calendar.is_workday(day), day == today))
            day += _ONE_DAY
        return found

    @property
    def seats(self) -> list[Seat]:
        """All duties as they are shown."""
        return [seat for day in self.days for seat in day.seats]

    def _seat(self, shift: Shift) -> Seat:
        return Seat(shift, self._mark(shift), self._choices(shift) if self.may_change(shift) else [])

    def may_change(self, shift: Shift) -> bool:
        """Whether its person may be chosen on the page."""
        is_ahead = shift.state in (ShiftState.PLANNED, ShiftState.CONFIRMED) and shift.ends_at > self.at
        return self.may_edit and is_ahead

    def _mark(self, shift: Shift) -> tuple[str, str, str] | None:
        if shift.is_gap:
            return ("is-soon", "dia0", "没有人")
        if self.is_draft or (shift.state == ShiftState.ABSENT and not self.may_edit):
            return None
        if shift.ends_at <= self.at and shift.state in (ShiftState.PLANNED, ShiftState.CONFIRMED):
            return ("is-wait", "none", "没记来没来") if self.may_edit else None
        return (*MARKS[ShiftState(shift.state)], ShiftState(shift.state).label)

    @cached_property
    def _busy(self) -> Counter:
        return Counter((row.representative_id, row.day) for row in self.shifts if row.representative_id)

    def _choices(self, shift: Shift) -> list[Choice]:
        found = [Choice(who, row.name, self._against(who, shift)) for who, row in self.representatives.items()]
        if shift.representative and shift.representative_id not in self.representatives:
            found.append(Choice(shift.representative.pk, shift.representative.name, "已不在本站点"))
        return found

    def _against(self, who: int, shift: Shift) -> str:
        person = self.people[who]
        if not person.since <= shift.day <= person.until:
            return "那天不在任"
        if shift.day in person.blocked:
            return "那天不能来"
        if shift.post not in person.posts:
            return "不坐这个岗"
        busy = self._busy[who, shift.day] - (who == shift.representative_id)
        return "那天已有班" if busy else ""

    @cached_property
    def unmarked(self) -> list[Seat]:
        """Duties that are over, of which nobody has said whether they were held."""
        if not self.may_edit or self.is_draft:
            return []
        ahead = (ShiftState.PLANNED, ShiftState.CONFIRMED)
        over = [seat for seat in self.seats if seat.name and seat.shift.state in ahead]
        return [seat for seat in over if seat.shift.ends_at <= self.at]

    @property
    def sheet(self) -> list["SheetLine"]:
        """The month for paper: those who sit together stand in one line."""
        lines: list[SheetLine] = []
        for day in self.days:
            for number, seat in enumerate(day.seats):
                line = SheetLine(day, seat.hours, seat.shift.get_post_display(), not number, [seat.name])
                last = lines[-1] if lines and number else None
                if last and (last.hours, last.post) == (line.hours, line.post):
                    last.names.append(seat.name)
                else:
                    lines.append(line)
        return lines

    @cached_property
    def may_propose_next(self) -> bool:
        """Whether the month after this running one waits to be made."""
        is_now = self.month == month_of(local_date(self.at))
        if not (self.may_edit and is_now and self.roster and not self.is_draft):
            return False
        return not Roster.objects.filter(station=self.station, month=self.after).exists()

    @cached_property
    def gaps(self) -> list[Seat]:
        """Duties nobody has that are not over."""
        today = local_date(self.at)
        return [seat for seat in self.seats if seat.shift.is_gap and seat.shift.day >= today]

    @cached_property
    def clashes(self) -> list[tuple[Seat, str]]:
        """Duties of somebody who cannot come then or does not sit this post."""
        if not self.may_edit:
            return []
        found = []
        for seat in self.seats:
            who = seat.shift.representative_id
            why = self._against(who, seat.shift) if who in self.people else ""
            if why and who is not None and seat.shift.state in (ShiftState.PLANNED, ShiftState.CONFIRMED):
                found.append((seat, why))
        return found

    @cached_property
    def swaps(self) -> list[SwapRequest]:
        """Wishes that wait for an answer."""
        rows = SwapRequest.objects.visible_to(self.user).filter(from_shift__roster=self.roster, state=SwapState.ASKED)
        return list(rows.select_related("asker", "colleague", "from_shift", "to_shift")) if self.may_edit else []

    @cached_property
    def shares(self) -> list[Share]:
        """How the duties are spread, fewest of the year first."""
        times = Counter(row.representative_id for row in self.shifts if row.state != ShiftState.ABSENT)
        most = max((self.people[who].served + times[who] for who in self.people), default=0) or 1
        rows = [
            Share(row, times[who], self.people[who].served + times[who],
                  round(100 * (self.people[who].served + times[who]) / most), self._days_off(self.people[who]))
            for who, row in self.representatives.items()
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (row.year, row.times, row.person.name))

    def _days_off(self, person: Person) -> str:
        """Days of the month on which he cannot come, in spans: 1–5、9."""
        spans: list[list[int]] = []
        for day in sorted(day.day for day in person.blocked):
            if spans and spans[-1][-1] == day - 1:
                spans[-1].append(day)
            else:
                spans.append([day])
        return "、".join(f"{span[0]}–{span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans)

    @property
    def spread(self) -> tuple[int, int]:
        """The most and the fewest duties that somebody has this month, among those who may sit at all."""
        times = [row.times for row in self.shares if self.people[row.person.pk].posts]
        return (max(times), min(times)) if times else (0, 0)

    @cached_property
    def to_ring(self) -> list[Representative]:
        """Those with a duty whom no message can reach."""
        with_duty = {row.representative_id for row in self.shifts}
        return unreachable(row for who, row in self.representatives.items() if who in with_duty)

    @property
    def lateness(self) -> str:
        """What to know before publishing too late."""
        return lateness(self.roster, self.at) if self.roster and self.is_draft and self.may_edit else ""

    @property
    def is_editable(self) -> bool:
        """Whether a duty on the page can be given to somebody else."""
        return any(seat.choices for seat in self.seats)

    @cached_property
    def has_rhythm(self) -> bool:
        """Whether the station has said when it sits."""
        return Rhythm.objects.filter(station=self.station).exists()

    @property
    def before(self) -> date:
        """The month before."""
        return month_of(self.month - _ONE_DAY)

    @property
    def after(self) -> date:
        """The month after."""
        return month_end(self.month) + _ONE_DAY


def rhythm_words(rhythm: Rhythm) -> str:
    """A rule in words: 每周四 8:30–12:00，直通车窗口，2 个人."""
    weekday = WEEKDAYS[rhythm.weekday or 0]
    nth = "、".join("最后一个" if number == 5 else f"第 {number} 个" for number in rhythm.weeks)
    often = {"WEEKLY": f"每周{weekday}", "NTH": f"每月{nth}周{weekday}", "MONTHLY": f"每月 {rhythm.month_day} 日"}
    hours = "–".join(f"{moment.hour}:{moment:%M}" for moment in (rhythm.start, rhythm.end))
    return f"{often[rhythm.pattern]} {hours}，{rhythm.get_post_display()}，{rhythm.people} 个人"


def span_words(first: date, last: date) -> str:
    """4 月 2 日, or 4 月 2 日到 4 月 5 日."""
    return day_words(first) if first == last else f"{day_words(first)}到 {day_words(last)}"
