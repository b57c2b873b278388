"""How the building of a project is shown, at the desk and to everybody. No HTML, no identity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.models import ProjectIdea
from projects.works import measure, queries
from projects.works.models import Inspection, Milestone, ProgressReport, Work, WorkChange, WorkPhoto

MOST_SHOWN = 50


@dataclass(frozen=True)
class StepRow:
    """One milestone as a line: its light as colour, shape and word, and by how many days it is late."""

    step: Milestone
    mark: tuple[str, str, str]
    days_late: int


@dataclass(frozen=True)
class Building:
    """All that everybody reads of one building."""

    summary: queries.Summary
    steps: Sequence[StepRow]
    reports: Sequence[ProgressReport]
    changes: Sequence[WorkChange]
    inspections: Sequence[Inspection]
    photos: Sequence[WorkPhoto]

    @property
    def work(self) -> Work:
        """The row."""
        return self.summary.work


def step_row(step: Milestone, today: date) -> StepRow:
    """Return the line of a milestone."""
    light = step.light(today)
    late = measure.days_late(step.due_on, step.first_due_on, step.done_on, today)
    return StepRow(step, (*measure.MARKS[light], light.label), late)


def building_of(idea: ProjectIdea, today: date) -> Building | None:
    """Return what everybody reads of a project that is on the yearly list; None before."""
    work = Work.objects.filter(pk=idea.pk).with_list_columns().first()
    if work is None:
        return None
    reports = list(work.reports.prefetch_related("photos")[:MOST_SHOWN])
    inspections = list(work.inspections.prefetch_related("findings__opinion", "photos")[:MOST_SHOWN])
    sources: list[ProgressReport | Inspection] = [*reports, *inspections]
    taken = [photo for entry in sources for photo in entry.photos.all()]
    photos = sorted(taken, key=lambda photo: -photo.pk)
    return Building(
        summary=queries.summary_of(work, today, photos[0] if photos else None),
        steps=[step_row(step, today) for step in work.parts],
        reports=reports,
        changes=list(work.changes.all()[:MOST_SHOWN]),
        inspections=inspections,
        photos=photos,
    )


def matters_seen(building: Building, seen: Any) -> set[int]:
    """Return which matters of the findings a user may open."""
    found = [one.opinion_id for row in building.inspections for one in row.findings.all()]
    return set(seen.filter(pk__in=found).values_list("pk", flat=True))
