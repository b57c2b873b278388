"""The same page sent again: two taps at once are one, other words another thing, no key in another's way."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from core.workflow import BadInput
from opinions.models import Opinion
from projects import workflow
from projects.works import planning
from projects.works.models import Inspection, ProgressReport, Work
from stations.queries import forget
from tests.projects.conftest import PLAN, Hall
from tests.projects.test_together import at_once
from tests.projects.works.conftest import Site
from tests.world import START, make_world

Say = Callable[..., Any]
KINDS: dict[str, tuple[Say, type[ProgressReport] | type[Inspection]]] = {
    "report": (lambda site, work, **more: site.report(work, 10, **more), ProgressReport),
    "inspect": (lambda site, work, **more: site.inspect(work, "边石没有勾缝。", **more), Inspection),
}


@pytest.fixture
def open_site(transactional_db: None) -> Site:
    """The same county with real transactions, so that two threads see each other."""
    forget()
    world = make_world()
    return Site(Hall(world, workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", KINDS)
def test_two_taps_at_once_are_one(open_site: Site, kind: str) -> None:
    say, rows = KINDS[kind]
    work, key = open_site.begun(), uuid4()
    came = at_once(*[lambda: say(open_site, work, client_key=key)] * 3)
    assert len(came) == 3
    assert {one.pk for one in came} == {rows.objects.get().pk}
    assert work.idea.history.filter(verb=kind).count() == 1
    assert Opinion.objects.count() == (kind == "inspect")


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_goes_back_and_writes_other_words_is_heard(site: Site, kind: str) -> None:
    say, rows = KINDS[kind]
    work, key = site.begun(), uuid4()
    say(site, work, client_key=key, words="先说的。")
    said = say(site, work, client_key=key, words="后说的。")
    assert said.words == "后说的。"
    assert rows.objects.count() == 2


def test_other_percents_under_the_same_words_are_another_report(site: Site) -> None:
    work, key = site.begun(), uuid4()
    site.report(work, 10, client_key=key)
    site.report(work, 60, client_key=key)
    assert Work.objects.get().milestones.first().percent == 60  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_another_project_stands_in_nobodys_way(site: Site, kind: str) -> None:
    say, rows = KINDS[kind]
    key, works = uuid4(), [site.begun(), site.begun()]
    for work in works:
        say(site, work, client_key=key)
    assert set(rows.objects.values_list("work_id", flat=True)) == {work.pk for work in works}


@pytest.mark.parametrize(
    ("other", "name"),
    [({"starts_on": date(26, 3, 20)}, "starts_on"), ({"ends_on": date(9999, 12, 31)}, "ends_on")],
)
def test_a_plan_in_another_age_is_a_slip_of_the_pen(site: Site, other: dict[str, date], name: str) -> None:
    with pytest.raises(BadInput) as refused:
        site.adopted(plan=site.plan(**other))
    assert refused.value.field == name
    assert not Work.objects.exists()


def test_nothing_was_begun_in_the_year_26(site: Site) -> None:
    work = site.adopted()
    with pytest.raises(BadInput, match="年份"):
        planning.start(work.pk, actor=site.county, at=START, day=date(26, 3, 25))
    assert site.idea(work).state == "ADOPTED"
