"""The due calendar: how a date was reached, laid out as weeks for drawing. No queries, no HTML."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.workdays import MAKE_UP, WEEKEND, WORKDAY, Reckoning

_CELL_WIDTH, _ROW_HEIGHT, _HEAD = 46, 40, 20


@dataclass(frozen=True)
class Cell:
    """One day: its place in the drawing in pixels, its number and the word under it."""

    x: int
    y: int
    label: str
    word: str
    tone: str

    @property
    def middle(self) -> int:
        """Horizontal middle of the cell."""
        return self.x + 21

    @property
    def label_y(self) -> int:
        """Base line of the day's number."""
        return self.y + (15 if self.word else 22)

    @property
    def word_y(self) -> int:
        """Base line of the word."""
        return self.y + 29


@dataclass(frozen=True)
class DueCalendar:
    """A drawing of the days from start to due, with the sentence that says the same."""

    due: date
    cells: tuple[Cell, ...]
    height: int
    sentence: str
    heads: tuple[tuple[int, str], ...]
    is_provisional: bool


def due_calendar(reckoning: Reckoning, start_word: str = "交办") -> DueCalendar:
    """Lay out the weeks from the start day's Monday to the due day's Sunday."""
    steps = {step.date: step for step in reckoning.steps}
    first = reckoning.start - timedelta(days=reckoning.start.weekday())
    last = reckoning.due + timedelta(days=6 - reckoning.due.weekday())
    cells = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        word, tone = _word(day, reckoning, steps, start_word)
        x, y = offset % 7 * _CELL_WIDTH + 2, _HEAD + offset // 7 * _ROW_HEIGHT
        cells.append(Cell(x, y, _label(day, first), word, tone))
    heads = tuple((index * _CELL_WIDTH + 23, name) for index, name in enumerate("一二三四五六日"))
    height = cells[-1].y + _ROW_HEIGHT - 2
    return DueCalendar(reckoning.due, tuple(cells), height, _sentence(reckoning), heads, reckoning.provisional)


def _label(day: date, first: date) -> str:
    return f"{day.month}/{day.day}" if day.day == 1 and day != first else str(day.day)


def _word(day: date, reckoning: Reckoning, steps: dict, start_word: str) -> tuple[str, str]:
    if day == reckoning.start:
        return start_word, "c0"
    step = steps.get(day)
    if step is None:
        return "", "out"
    if step.number is None:
        return ("休" if step.reason == WEEKEND else step.reason.removesuffix("节")[:3]), "out"
    return f"第{step.number}", "c2" if day == reckoning.due else "c1"


def _sentence(reckoning: Reckoning) -> str:
    """Say in words what the drawing shows: where counting begins, what was skipped, what was made up for."""
    skipped: dict[str, int] = {}
    for step in reckoning.steps:
        if step.number is None:
            skipped[step.reason] = skipped.get(step.reason, 0) + 1
    made_up = sum(step.number is not None and step.reason not in (WORKDAY, WEEKEND) for step in reckoning.steps)
    parts = [f"当天不算，从第二天数 {reckoning.days} 个工作日。"]
    if skipped:
        parts.append("跳过" + "、".join(f"{reason} {days} 天" for reason, days in skipped.items()) + "。")
    if made_up:
        parts.append(f"{MAKE_UP} {made_up} 天照算。")
    if reckoning.provisional:
        parts.append("放假安排还没公布，日期暂定。")
    return "".join(parts)
