"""What the database itself refuses of a building, whoever asks: each sentence of the plan that cannot be."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.works.models import Finding, Inspection, Milestone, ProgressLine, Work, WorkChange, WorkPhoto
from tests.projects.works.conftest import Site
from tests.world import START

DAY = date(2026, 5, 1)


@pytest.fixture
def work(site: Site) -> Work:
    """A project that was begun."""
    return site.begun()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("work_funds_not_negative", {"funds": -1}),
        ("work_ends_after_start", {"ends_on": date(2026, 3, 19)}),
        ("work_finished_after_begun", {"begun_on": None, "finished_on": DAY}),
    ],
)
def test_a_plan_that_cannot_be(work: Work, name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Work.objects.filter(pk=work.pk).update(**values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("milestone_percent_sensible", {"percent": 101}),
        ("milestone_weight_sensible", {"weight": 0}),
        ("milestone_weight_sensible", {"weight": 1001}),
        ("milestone_done_when_whole", {"percent": 100}),
        ("milestone_done_when_whole", {"percent": 99, "done_on": DAY}),
    ],
)
def test_a_milestone_that_cannot_be(work: Work, name: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        work.milestones.filter(position=1).update(**values)


def test_two_milestones_at_one_place(work: Work) -> None:
    with pytest.raises(IntegrityError, match="milestone_one_at_a_place"), transaction.atomic():
        Milestone.objects.create(work=work, position=1, title="又一个", due_on=DAY, first_due_on=DAY)


def test_one_milestone_twice_in_a_report(site: Site, work: Work) -> None:
    report = site.report(work, 10)
    with pytest.raises(IntegrityError, match="progress_once_a_milestone"), transaction.atomic():
        ProgressLine.objects.create(report=report, milestone=work.milestones.first(), percent=20)


def test_a_change_without_a_reason(site: Site, work: Work) -> None:
    with pytest.raises(IntegrityError, match="work_change_with_reason"), transaction.atomic():
        WorkChange.objects.create(work=work, field="FUNDS", what="资金", actor=site.county, at=START)


def test_a_finding_has_one_matter_and_one_number(site: Site, work: Work) -> None:
    row = site.inspect(work, "坑。")
    first = Finding.objects.get()
    for number, opinion in ((1, site.hall.world.submit()), (2, first.opinion)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Finding.objects.create(inspection=row, number=number, words="又一处。", opinion=opinion)


def test_an_inspection_is_kept_once_a_key(site: Site, work: Work) -> None:
    key = site.inspect(work).client_key
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.create(
            work=work, client_key=key, day=DAY, people="麦", words="平", actor=site.county, at=START
        )


@pytest.mark.parametrize("both", [True, False])
def test_a_photo_is_of_one_thing(site: Site, work: Work, both: bool) -> None:
    report, look = site.report(work, 10), site.inspect(work, at=START + timedelta(hours=6))
    of = {"report": report, "inspection": look} if both else {}
    with pytest.raises(IntegrityError, match="work_photo_of_one_thing"), transaction.atomic():
        WorkPhoto.objects.create(work=work, day=DAY, width=1, height=1, sha256="0", created_at=START, **of)
