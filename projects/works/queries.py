"""What lists and boards show of many projects being built: how far, what is next, in which light."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projects.works import measure
from projects.works.models import Milestone, Work, WorkPhoto


@dataclass(frozen=True)
class Summary:
    """One building in a row: `late` counts the milestones that slipped."""

    work: Work
    percent: int
    light: measure.Light
    next_step: Milestone | None
    late: int
    photo: WorkPhoto | None

    @property
    def percent_words(self) -> str:
        """What the bar says where it is read aloud."""
        return f"做到 {self.percent}%"

    @property
    def mark(self) -> tuple[str, str, str]:
        """The light as colour, shape and word."""
        return (*measure.MARKS[self.light], self.light.label)


def summaries(idea_ids: Iterable[int], today: date) -> dict[int, Summary]:
    """Return the summary of each project that is on the list, by the idea's number; three queries however many."""
    rows = Work.objects.filter(pk__in=list(idea_ids)).with_list_columns()
    photos = newest_photos(row.pk for row in rows)
    return {row.pk: summary_of(row, today, photos.get(row.pk)) for row in rows}


def newest_photos(work_ids: Iterable[int]) -> dict[int, WorkPhoto]:
    """Return the newest photo of each building that has one, by the project's number; one statement."""
    newest = WorkPhoto.objects.filter(work__in=list(work_ids)).order_by("work", "-id").distinct("work")
    return {photo.work_id: photo for photo in newest}


def summary_of(work: Work, today: date, photo: WorkPhoto | None = None) -> Summary:
    """Return the summary of one."""
    ahead = sorted((step for step in work.parts if step.percent < measure.WHOLE), key=lambda step: step.due_on)
    late = sum(step.light(today) == measure.Light.LATE for step in ahead)
    return Summary(work, work.percent, work.light(today), ahead[0] if ahead else None, late, photo)
