"""Representatives go and look: each problem is a matter of its own, once, all or nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.uploads import CleanPhoto
from core.workflow import BadInput, NotAllowed
from notices.models import Notice
from opinions.models import Opinion
from opinions.states import State as MatterState
from projects.works.models import Finding, Inspection, WorkPhoto
from tests.projects.works.conftest import Site
from tests.world import START

PHOTO = CleanPhoto(b"jpeg", b"small", 4, 3, "0" * 64)


def test_each_problem_is_a_matter_with_a_clock(site: Site) -> None:
    work = site.begun()
    row = site.inspect(work, "边石没有勾缝。", " ", "没有围挡，孩子跑得进去。", photos=[PHOTO])
    found = list(Finding.objects.select_related("opinion"))
    assert [(one.number, one.words) for one in found] == [(1, "边石没有勾缝。"), (2, "没有围挡，孩子跑得进去。")]
    for one in found:
        matter = one.opinion
        assert (matter.state, matter.channel, matter.station) == (
            MatterState.SUBMITTED,
            "VISIT",
            site.hall.world.station,
        )
        assert one.words in matter.body
        assert "东街小学门口修人行道" in matter.title
        assert matter.deadlines.get().due_at > START
        assert (matter.name, matter.phone) == ("", "")
    assert WorkPhoto.objects.get().inspection == row
    assert "提出 2 个问题，都转成意见去办" in site.idea(work).history.first().public_text
    assert Notice.objects.filter(kind="work_inspected").count() == 1


def test_nothing_found_is_said_too(site: Site) -> None:
    work = site.begun()
    site.inspect(work)
    assert "没有发现问题" in site.idea(work).history.first().public_text
    assert not Opinion.objects.exists()
    assert not Notice.objects.filter(kind="work_inspected").exists()


def test_a_double_tap_is_one_inspection(site: Site) -> None:
    work, key = site.begun(), uuid4()
    first, again = (site.inspect(work, "边石没有勾缝。", client_key=key) for _ in range(2))
    assert first == again
    assert (Inspection.objects.count(), Opinion.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("findings", "more"),
    [
        ((), {"people": " "}),
        ((), {"people": "长" * 201}),
        ((), {"words": ""}),
        ((), {"day": START.date() + timedelta(1)}),
        (("一处坑。",) * 11, {}),
        (("好好的。", "长" * 501), {}),
        (("一处坑。",), {"photos": [PHOTO] * 10}),
    ],
)
def test_what_cannot_be_is_refused_whole(site: Site, findings: tuple[str, ...], more: dict[str, Any]) -> None:
    work = site.begun()
    lines = site.idea(work).history.count()
    with pytest.raises(BadInput):
        site.inspect(work, *findings, **more)
    assert not Inspection.objects.exists()
    assert not Opinion.objects.exists()
    assert site.idea(work).history.count() == lines


def test_the_county_looks_too_and_the_matter_goes_to_the_projects_station(site: Site) -> None:
    work = site.begun()
    site.inspect(work, "一处坑。", actor=site.county)
    assert Opinion.objects.get().station == site.hall.world.station


def test_a_project_of_the_whole_county_is_handed_in_where_the_inspector_serves(site: Site) -> None:
    work = site.begun(region=site.hall.world.county)
    assert site.idea(work).station is None
    site.inspect(work, "灯杆歪了。")
    assert Opinion.objects.get().station == site.hall.world.station


def test_who_does_not_serve_there_does_not_inspect(site: Site) -> None:
    work = site.begun(region=site.hall.world.other_town)
    with pytest.raises(NotAllowed):
        site.inspect(work, "一处坑。")
    with pytest.raises(NotAllowed):
        site.inspect(work, "一处坑。", actor=site.hall.world.handler)


def test_the_finding_survives_the_end_of_the_building(site: Site) -> None:
    work = site.completed()
    site.inspect(work, "减速带松了。", at=START + timedelta(hours=7))
    assert Finding.objects.get().opinion.state == MatterState.SUBMITTED
