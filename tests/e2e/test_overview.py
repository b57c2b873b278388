"""The overview of a year in a real browser: whole at every width, and a number opens its rows and leads back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from projects.polls.models import Verdict
from projects.states import State
from stations.models import Unit
from tests.e2e.eyes import faults_at
from tests.projects.works.heap import build, poll, wish
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year(transactional_db: None) -> World:
    """A small county's year with projects at every stage and in every light, reckoned from today."""
    world, today = make_world(), timezone.localdate()
    this, last = {"year": today.year}, today + timedelta(90)
    ahead = {"ends_on": last, "first_ends_on": last}
    for days in (-9, 3, 60, 60):
        build(world, due=today + timedelta(days), plan=ahead, title="东街小学门口修人行道", **this)
    water = {"unit": Unit.objects.get(code="shuili"), "funds": Decimal(820)}
    build(world, State.ADOPTED, region=world.county, plan=water, **this)
    verdicts = {State.EVALUATED: Verdict.GOOD, State.RECTIFYING: Verdict.BAD, State.COMPLETED: ""}
    for state, verdict in verdicts.items():
        poll(world, build(world, state, region=world.other_town, **this), verdict)
    for state in (State.IDEA, State.POOLED, State.POOLED, State.SCREENED, State.LISTED, State.SHELVED):
        wish(world, state, **this)
    return world


def test_a_number_opens_its_rows_and_every_width_is_whole(year: World, visit: Callable[..., Page]) -> None:
    page = visit("/desk/projects/overview/", user=year.leader)
    page.locator("td[data-label='拖期'] a").first.click()
    expect(page.get_by_role("heading", name="项目进度")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    wrong = faults_at(page)
    page.set_viewport_size({"width": 360, "height": 900})
    page.locator("a.t").click()
    page.get_by_role("link", name="项目进度").last.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="总览").click()
    expect(page.get_by_role("heading", name="民生实事总览")).to_be_visible()
    assert wrong + faults_at(page) == []
