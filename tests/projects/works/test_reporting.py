"""The unit says how far it is; many at once is the same as one by one; finished is only what is finished."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.uploads import CleanPhoto
from core.workflow import BadInput, NotAllowed, WrongState
from projects.states import State
from projects.works import measure, reporting
from projects.works.models import ProgressLine, ProgressReport, Work, WorkPhoto
from tests.projects.works.conftest import Site
from tests.world import START

LATER = START + timedelta(hours=6)
PHOTO = CleanPhoto(b"jpeg", b"small", 4, 3, "0" * 64)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def state_of(work: Work) -> list[tuple[int, date | None]]:
    return list(work.milestones.values_list("percent", "done_on"))


def test_a_report_sets_the_milestones_and_is_kept(site: Site) -> None:
    work = site.begun()
    row = site.report(work, 100, 30, photos=[PHOTO])
    assert state_of(work) == [(100, START.date()), (30, None), (0, None)]
    assert (row.percent, Work.objects.get().percent, Work.objects.get().reported_on) == (35, 35, START.date())
    assert {line.milestone.title: line.percent for line in row.lines.all()} == {"定好施工队": 100, "路面铺完": 30}
    assert WorkPhoto.objects.get().report == row
    assert "进度 35%：路基平好了" in site.idea(work).history.first().public_text


@QUICK
@given(percents=st.lists(st.integers(0, 100), min_size=3, max_size=3), order=st.permutations(range(3)))
def test_many_at_once_is_the_same_as_one_by_one(site: Site, percents: list[int], order: list[int]) -> None:
    at_once, one_by_one = site.begun(), site.begun()
    numbers = list(at_once.milestones.values_list("pk", flat=True))
    reporting.set_percents(at_once, dict(zip(numbers, percents, strict=True)), START.date())
    others = list(one_by_one.milestones.values_list("pk", flat=True))
    for at in order:
        reporting.set_percents(one_by_one, {others[at]: percents[at]}, START.date())
    assert state_of(at_once) == state_of(one_by_one)
    whole = Work.objects.get(pk=at_once.pk).percent
    assert whole == Work.objects.get(pk=one_by_one.pk).percent
    assert (whole == measure.WHOLE) == all(percent == measure.WHOLE for percent in percents)


def test_an_honest_correction_goes_down_and_is_seen(site: Site) -> None:
    work = site.begun()
    site.report(work, 100)
    site.report(work, 80, words="重做了一段。", at=LATER)
    assert state_of(work)[0] == (80, None)
    assert list(ProgressLine.objects.order_by("pk").values_list("percent", flat=True)) == [100, 80]


def test_a_double_tap_is_one_report(site: Site) -> None:
    work, key = site.begun(), uuid4()
    first, again = (site.report(work, 10, client_key=key) for _ in range(2))
    assert first == again
    assert ProgressReport.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "percents"), [({"words": " "}, (1,)), ({"words": "长" * 601}, (1,)), ({}, (101,)), ({}, (-1,))]
)
def test_what_cannot_be_is_refused_and_nothing_moves(
    site: Site, more: dict[str, Any], percents: tuple[int, ...]
) -> None:
    work = site.begun()
    with pytest.raises(BadInput):
        site.report(work, *percents, **more)
    assert state_of(work) == [(0, None)] * 3
    assert not ProgressReport.objects.exists()


def test_milestones_of_another_project_are_refused(site: Site) -> None:
    mine, other = site.begun(), site.begun()
    with pytest.raises(BadInput):
        reporting.set_percents(mine, {other.milestones.first().pk: 50}, START.date())  # type: ignore[union-attr]


def test_only_the_unit_that_builds_it_reports(site: Site) -> None:
    work = site.begun()
    for who in ("other_handler", "clerk", "rep", "leader"):
        with pytest.raises(NotAllowed):
            site.report(work, 50, actor=site.hall.world.users[who])


def test_finished_is_what_is_finished(site: Site) -> None:
    work = site.begun()
    site.report(work, 100, 100, 99)
    with pytest.raises(BadInput, match="减速带装好"):
        reporting.complete(work.pk, actor=site.county, at=LATER, day=LATER.date())
    site.report(work, 100, 100, 100, at=LATER)
    for day in (LATER.date() + timedelta(1), START.date() - timedelta(1)):
        with pytest.raises(BadInput):
            reporting.complete(work.pk, actor=site.county, at=LATER, day=day)
    assert reporting.complete(work.pk, actor=site.county, at=LATER, day=LATER.date()).finished_on == LATER.date()
    assert site.idea(work).state == State.COMPLETED
    with pytest.raises(WrongState):
        site.report(work, 10, at=LATER)


def test_more_photos_than_fit_are_refused_whole(site: Site) -> None:
    work = site.begun()
    with pytest.raises(BadInput, match="照片最多"):
        site.report(work, 10, photos=[PHOTO] * 10)
    assert not ProgressReport.objects.exists()
