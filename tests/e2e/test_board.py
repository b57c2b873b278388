"""民生实事 in a real browser: a resident finds what is built in his town, on a phone, with and without script."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from projects.models import ProjectIdea
from projects.states import State
from stations.queries import forget
from tests.e2e.eyes import faults, faults_at
from tests.projects.works.heap import build
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    """A year with a project of the town, one of another, one for everybody."""
    forget()
    world = make_world()
    build(world, title="东街铺路")
    build(world, State.COMPLETED, region=world.county, title="全县换水管")
    build(world, State.ADOPTED, region=world.other_town, title="吴台修桥")
    return world


@pytest.mark.parametrize("script", [True, False])
def test_from_the_whole_county_to_ones_own_town_and_one_step(visit: Visit, world: World, script: bool) -> None:
    page = visit("/projects/", script=script)
    rows = page.locator(".built li")
    expect(rows).to_have_count(3)
    page.get_by_label("哪里的").first.select_option("洺南街道")
    page.get_by_role("button", name="看", exact=True).click()
    expect(rows).to_have_count(2)
    page.get_by_role("navigation", name="按步子看").get_by_role("link", name="实施").click()
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("东街铺路")
    page.go_back()
    expect(rows).to_have_count(1)


@pytest.mark.parametrize("elder", [False, True])
def test_the_page_has_no_violation_and_nothing_is_cut(visit: Visit, world: World, elder: bool) -> None:
    assert faults_at(visit("/projects/", elder=elder)) == []


def test_the_screen_shows_the_projects_after_the_matters(visit: Visit, world: World) -> None:
    moved = ProjectIdea.objects.get(title="东街铺路").work.milestones.filter(done_on=None)
    moved.update(title="把剩下的两段路面和路口的排水一起做完", first_due_on=date(2026, 6, 1))
    page = visit("/s/mingnan/screen/", width=1920)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.evaluate("document.querySelectorAll('[data-page]').forEach((one) => { one.hidden = !one.matches('.works'); })")
    expect(page.locator(".works tbody tr")).to_have_count(2)
    when = page.locator(".works .when", has_text="6 月 1 日）")
    span, cell = when.locator("span").last.bounding_box(), when.locator("..").bounding_box()
    assert span is not None
    assert cell is not None
    assert span["x"] + span["width"] <= cell["x"] + cell["width"], "a long step may be cut, its days never"
    assert faults(page) == []
