"""The year's list for everybody: which projects stand on it, how far each is, what is next, what people said. No HTML.

The page, the lobby screen and the sheet for the wall all read it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.workdays import day_words
from projects.models import ProjectIdea
from projects.polls.briefs import Brief, briefs
from projects.present import place_of
from projects.states import ON_THE_LIST, ROAD, State
from projects.works.measure import BY_URGENCY, MARKS, Light
from projects.works.queries import Summary, newest_photos, summary_of

# What may stand in the address, with the stop of the road that it names.
STAGES: Mapping[str, tuple[str, tuple[State, ...]]] = dict(
    zip(("adopted", "building", "completed", "evaluated"), ROAD[4:], strict=True)
)
# What still has to be done comes first.
URGENCY = (
    State.RECTIFYING, State.BUILDING, State.ADOPTED, State.BALLOTED, State.COMPLETED, State.EVALUATED
)  # fmt: skip
FIRST = 12  # rows open at once; on a phone nobody scrolls through thirty to what stands below


@dataclass(frozen=True)
class Line:
    """One project of the year as a row."""

    idea: ProjectIdea
    place: str
    summary: Summary
    brief: Brief | None
    today: date

    @property
    def next_words(self) -> str:
        """Say what comes next and on which day, in a sentence."""
        what, when = self.next_parts
        return f"下一步：{what}，{when}" if when else what

    @property
    def next_parts(self) -> tuple[str, str]:
        """Return what comes next and on which day, apart so that a narrow line never cuts the day; "" where the words
        say all. A day that was moved does not hide the first one.
        """
        work, step = self.summary.work, self.summary.next_step
        if work.finished_on is not None:
            return f"{self._day(work.finished_on)}完工", ""
        if work.begun_on is None:
            said = f"计划 {self._day(work.starts_on)}开工"
            return f"{said}，还没有开" if work.starts_on < self.today else said, ""
        if step is None:
            return "节点都做完了，等着验收", ""
        first = f"（原定 {self._day(step.first_due_on)}）" if step.is_moved else ""
        return step.title, f"{self._day(step.due_on)}{first}"

    def _day(self, day: date) -> str:
        return day_words(day, unless_in=self.idea.year)


@dataclass(frozen=True)
class Step:
    """One step to choose, with the number of projects that stand there."""

    key: str
    word: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Year:
    """One year's list: the years that have one, its steps and lights counted, and the rows that were asked for."""

    number: int
    years: Sequence[int]
    count: int
    steps: Sequence[Step]
    lights: Sequence[tuple[tuple[str, str, str], int]]
    lines: Sequence[Line]

    @property
    def first(self) -> Sequence[Line]:
        """The rows that are open at once."""
        return self.lines[:FIRST]

    @property
    def rest(self) -> Sequence[Line]:
        """The rows under the fold."""
        return self.lines[FIRST:]


def years() -> list[int]:
    """Return the years that have a list, the newest first."""
    listed = ProjectIdea.objects.published().on_the_list()
    return list(listed.order_by("-year").values_list("year", flat=True).distinct())


def year_asked(typed: str, known: Sequence[int], today: date) -> int:
    """Return the year that was asked for where it has a list, else the one that runs, else the nearest to come."""
    if typed.isascii() and typed.isdigit() and len(typed) == 4 and int(typed) in known:
        return int(typed)
    return max((year for year in known if year <= today.year), default=min(known))


def the_year(today: date, *, year: str = "", stage: str = "", town: str = "", is_short: bool = False) -> Year | None:
    """Return a year's list, one step or town of it if asked; None while no year has one.

    The same statements however many rows; a short one, as the lobby's and the wall's, goes without the photos.
    """
    known = years()
    if not known:
        return None
    number = year_asked(year, known, today)
    here = [row for row in _rows(number) if is_for(row, town)]
    chosen = stage if stage in STAGES else ""
    wanted = STAGES[chosen][1] if chosen else ON_THE_LIST
    photos = {} if is_short else newest_photos(row.pk for row in here)
    said = briefs((row.pk for row in here), today)
    lines = [
        Line(row, place_of(row), summary_of(row.work, today, photos.get(row.pk)), said.get(row.pk), today)
        for row in here
    ]
    shown = [line for line in lines if line.idea.state in wanted]
    return Year(
        number=number,
        years=known,
        count=len(lines),
        steps=_steps(here, chosen),
        lights=[(_mark(light), sum(line.summary.light == light for line in shown)) for light in BY_URGENCY],
        lines=sorted(shown, key=lambda line: _order(line, town)),
    )


def near(lines: Sequence[Line], town: str) -> list[Line]:
    """Return a town's own rows and the county's, as the list of that town has them."""
    return sorted((line for line in lines if is_for(line.idea, town)), key=lambda line: _order(line, town))


def is_for(row: ProjectIdea, town: str) -> bool:
    """Tell whether a project is a town's: built there, or for the whole county."""
    return row.region_id.startswith(town) or row.region_id == town[:6]


def _rows(year: int) -> list[ProjectIdea]:
    """Fetch what stands on a year's list with its plan; a row without one has nothing to show yet."""
    listed = ProjectIdea.objects.published().on_the_list(year).filter(work__isnull=False)
    rows = listed.select_related("region", "work__unit").prefetch_related("work__milestones")
    return list(rows.defer("name", "phone", "body", "body_folded", "summary"))


def _steps(rows: Sequence[ProjectIdea], chosen: str) -> list[Step]:
    steps = [Step("", "全部", len(rows), not chosen)]
    for key, (word, states) in STAGES.items():
        steps.append(Step(key, word, sum(row.state in states for row in rows), key == chosen))
    return steps


def _mark(light: Light) -> tuple[str, str, str]:
    return (*MARKS[light], light.label)


def _order(line: Line, town: str) -> tuple[bool, int, int, int]:
    """A town's own before the county's, what still has to be done first, and of that what is late."""
    is_county = bool(town) and not line.idea.region_id.startswith(town)
    urgency = URGENCY.index(State(line.idea.state))
    return is_county, urgency, BY_URGENCY.index(line.summary.light), line.idea.pk
