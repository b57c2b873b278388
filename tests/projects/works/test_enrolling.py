"""What the government's list names becomes a project once, with public words, a plan and a line of history."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.workflow import BadInput, NotAllowed
from notices.models import Notice
from projects.models import ProjectIdea
from projects.polls.story import story_of
from projects.states import Source, State
from projects.works import enrolling, planning
from projects.works.models import Milestone, Work
from tests.projects.works.conftest import Site
from tests.world import START

TITLE = "东街小学门口修人行道"


def enrol(site: Site, *, title: str = TITLE, year: int = 2026, **more: Any) -> tuple[ProjectIdea, bool]:
    given = {"region": site.hall.world.town, "actor": site.county, "at": START, "plan": site.plan()} | more
    return enrolling.enrol(title=title, year=year, **given)


def test_it_stands_on_the_list_with_everything_that_is_public(site: Site) -> None:
    idea, is_new = enrol(site)
    assert is_new
    idea.refresh_from_db()
    assert (idea.state, idea.source, idea.year, idea.region_id) == (State.ADOPTED, Source.LIST, 2026, "411625001")
    assert (idea.title, idea.summary, idea.pooled_at) == (TITLE, "两米宽人行道一百五十米", START)
    assert idea.station == site.hall.world.station
    assert idea.is_published
    work = idea.work
    assert (work.unit, work.leader_post, work.first_ends_on) == (site.hall.world.unit, "分管副县长", date(2026, 7, 31))
    assert list(work.milestones.values_list("title", flat=True)) == ["定好施工队", "路面铺完", "减速带装好"]
    line = idea.history.get()
    assert (line.verb, line.from_state, line.to_state, line.actor) == ("enrol", "", "ADOPTED", site.county)
    assert line.public_text == (
        "县里的年度清单上有它。列入 2026 年民生实事，由郸城县城管局来办，资金 38.5 万元，计划 2026 年 7 月 31 日前完工"
    )
    assert [chapter.words for chapter in story_of(idea, 0)] == ["县里的年度清单上有它，照清单列入当年要办的事"]


@pytest.mark.parametrize("title", [TITLE, f" {TITLE} ", "东街小学 门口修人行道", "东街小学門口修人行道"])
def test_the_same_again_is_the_first_one_as_it_was(site: Site, title: str) -> None:
    first, _ = enrol(site)
    again, is_new = enrol(site, title=title, plan=site.plan(funds=Decimal(99)), at=START + timedelta(days=9))
    assert is_new == (title == "东街小学門口修人行道")  # another character is another name
    if not is_new:
        assert again.pk == first.pk
        assert Work.objects.get().funds == site.plan().funds
        assert (ProjectIdea.objects.count(), Milestone.objects.count(), again.history.count()) == (1, 3, 1)


def test_another_year_is_another_project(site: Site) -> None:
    assert enrol(site)[0] != enrol(site, year=2027)[0]


def test_two_who_bring_the_same_at_once_make_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = enrol(site)
    real, asked = ProjectIdea.objects.filter, []

    def late(*args: Any, **given: Any) -> Any:
        asked.append(given)
        return ProjectIdea.objects.none() if len(asked) == 1 else real(*args, **given)

    monkeypatch.setattr(ProjectIdea.objects, "filter", late)
    assert enrol(site) == (first, False)
    monkeypatch.undo()
    assert (ProjectIdea.objects.count(), Work.objects.count()) == (1, 1)


def test_the_unit_is_told_unless_its_days_are_over(site: Site) -> None:
    enrol(site)
    told = Notice.objects.filter(kind="work_given", channel="IN_SITE")
    assert [row.user.username for row in told] == ["handler"]
    enrol(site, year=2025, at=START + timedelta(days=500))
    assert told.count() == 1
    assert Notice.objects.exclude(kind="work_given").count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"year": 26}, "year"),
        ({"scope": " "}, "scope"),
        ({"leader_post": ""}, "leader_post"),
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"steps": ()}, "steps"),
        ({"steps": (planning.Step("完工", date(2027, 1, 1)),)}, "steps"),
    ],
)
def test_what_is_missing_leaves_nothing_behind(site: Site, more: dict[str, Any], field: str) -> None:
    own = {name: more[name] for name in ("title", "year") if name in more}
    rest = {name: value for name, value in more.items() if name not in own}
    with pytest.raises(BadInput) as refused:
        enrol(site, plan=replace(site.plan(), **rest), **own)
    assert refused.value.field == field
    assert (ProjectIdea.objects.count(), Work.objects.count(), Notice.objects.count()) == (0, 0, 0)


def test_the_next_county_is_another_ones(site: Site) -> None:
    other = type(site.hall.world.county).objects.create(code="411626", name="甲县", short_name="甲县", level="county")
    with pytest.raises(NotAllowed):
        enrol(site, region=other)


def test_what_came_by_the_list_is_built_like_any_other(site: Site) -> None:
    idea, _ = enrol(site)
    planning.start(idea.pk, actor=site.county, at=START, day=START.date())
    site.report(idea.work, 100, 100, 100)
    idea.refresh_from_db()
    assert (idea.state, Work.objects.get().percent) == (State.BUILDING, 100)


def test_nobody_can_take_the_place_of_a_row_beforehand(settings: Any) -> None:
    """What makes a row the same again depends on the portal's own key: knowing county, year and title is not enough."""
    here = enrolling.key_of("411625", 2026, TITLE)
    assert here == enrolling.key_of("411625001", 2026, f" {TITLE}")
    settings.HASH_KEY = "another key of another portal"
    assert here != enrolling.key_of("411625", 2026, TITLE)
