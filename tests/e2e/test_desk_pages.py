"""The desk's pages in a real browser, for each role, on a telephone and a wide screen: quiet and accessible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
ROLES = ("clerk", "handler", "rep", "grid", "county_staff", "leader", "admin")
STATES = (State.SUBMITTED, State.ACCEPTED, State.RETURN_REQUESTED, State.REPLIED, State.FED_BACK, State.TRACKING)


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


def faults(visit: Visit, world: World, who: str, addresses: list[str]) -> list[str]:
    """Open pages as somebody and return all that is wrong with them at every width."""
    page, found = visit("/accounts/", user=world.users[who]), []
    root = page.url.removesuffix("/accounts/")
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    for address in addresses:
        answer = page.goto(root + address)
        if answer is None or answer.status != 200:
            found.append(f"{address} did not open")
        found += faults_at(page)
    return [f"{who} {fault}" for fault in found]


@pytest.mark.parametrize("who", ROLES)
def test_home_and_list(visit: Visit, world: World, who: str) -> None:
    for state in STATES:
        world.opinion(state, at=timezone.now() - timedelta(days=2))
    addresses = ["/desk/"] if who == "admin" else ["/desk/", "/desk/opinions/", "/desk/opinions/?state=ASSIGNED"]
    assert faults(visit, world, who, addresses) == []


def test_matter_in_each_state_counter_and_slip(visit: Visit, world: World) -> None:
    rows = [
        world.opinion(state, at=timezone.now() - timedelta(days=2), outcome="B" if state == State.TRACKING else "A")
        for state in STATES
    ]
    addresses = [f"{row.get_absolute_url()}?group=open" for row in rows]
    addresses += ["/desk/opinions/new/", f"{rows[0].get_absolute_url()}slip/"]
    assert faults(visit, world, "clerk", addresses) == []


def test_without_script_everything_can_still_be_done(visit: Visit, world: World) -> None:
    row = world.opinion(State.ACCEPTED)
    page = visit(row.get_absolute_url(), user=world.clerk, width=1440, script=False)
    page.locator("[name=demand]").fill("查明原因并修复")
    page.locator("form[data-main] button").click()
    expect(page.locator(".messages")).to_contain_text("交办了")
    row.refresh_from_db()
    assert row.state == State.ASSIGNED
