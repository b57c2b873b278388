"""How each date of a matter was reached: from when, how many days, what was skipped and why. Reads only, no HTML."""

from dataclasses import dataclass

from core.workdays import day_words, local_date
from opinions import deadlines
from opinions.models import Deadline, Extension, Opinion, Verdict
from opinions.states import Step
from opinions.views.duecal import DueCalendar, due_calendar


@dataclass(frozen=True)
class Reached:
    """One limit with its explanation; `calendar` is the drawing, None where no working days were counted."""

    limit: Deadline
    calendar: DueCalendar | None
    sentence: str
    notes: tuple[str, ...]

    @property
    def is_running(self) -> bool:
        """Tell whether somebody still has to keep it."""
        return self.limit.ended_at is None


def reached(opinion: Opinion) -> list[Reached]:
    """Return every limit the matter has had, running ones first, each with how it was reached; two statements."""
    limits = sorted(
        opinion.deadlines.select_related("unit"), key=lambda limit: (limit.ended_at is not None, limit.due_at, limit.pk)
    )
    moved = [wish for wish in opinion.extensions.all() if wish.verdict == Verdict.GRANTED]
    return [_explained(limit, moved) for limit in limits]


def _explained(limit: Deadline, moved: list[Extension]) -> Reached:
    of_this = [wish for wish in moved if (wish.step, wish.round) == (limit.step, limit.round)]
    notes = [f"延期过：原来是 {day_words(wish.old_due_at)}。" for wish in of_this]
    if not limit.working_days:
        said = "单位自己答应的日子，不按工作日算。" if limit.step == Step.PROMISE else "不按工作日算。"
        return Reached(limit, None, said, tuple(notes))
    reckoning = deadlines.how_reached(limit.started_at, limit.working_days)
    if reckoning.due != local_date(limit.due_at):
        notes.append("后来放假安排或期限表改过；过了的期限不再动，还是当时的日子。")
        said = f"当时从 {day_words(limit.started_at)}数 {limit.working_days} 个工作日。"
        return Reached(limit, None, said, tuple(notes))
    calendar = due_calendar(reckoning, "开始")
    return Reached(limit, calendar, calendar.sentence, tuple(notes))
