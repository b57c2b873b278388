"""A meeting from the agenda to the result: a representative scores on a phone; every page accessible, nothing cut."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from projects import workflow
from projects.council import asking, preparing
from projects.council.models import Council, Score
from projects.states import State
from stations.models import Representative, Service
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.projects.conftest import PLAN, Hall
from tests.projects.council.conftest import HOUR, OPENED, Table, marks
from tests.world import START, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def table(transactional_db: None) -> Table:
    """A county whose station holds a meeting; one representative with a telephone, one without."""
    forget()
    world = make_world()
    campaign = workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)
    made = Table(Hall(world, campaign), users={"rep": world.rep})
    made.people["rep"] = Representative.objects.get(user=world.rep)
    made.people["paper"] = Representative.objects.create(name="林一苇")
    Service.objects.create(station=world.station, representative=made.people["paper"], since=date(2026, 1, 1))
    return made


def choose(page: Page, number: int, measure: str, value: int) -> None:
    """Choose a mark of the item with this place on the page."""
    group = page.get_by_role("group", name=re.compile(f"^{measure}")).nth(number)
    group.get_by_role("radio", name=str(value), exact=True).check()


@pytest.mark.parametrize(("script", "elder"), [(True, False), (False, True)])
def test_a_representative_scores_on_the_phone(visit: Visit, table: Table, script: bool, elder: bool) -> None:
    council, items = table.opened(2)
    page = visit("/desk/", user=table.hall.world.rep, script=script, elder=elder)
    page.get_by_role("link", name="去打分").first.click()
    expect(page.get_by_role("heading", name="请您打分")).to_be_visible()
    for measure, value in zip(("需求", "受益", "可行", "花费"), (5, 4, 3, 2), strict=True):
        choose(page, 0, measure, value)
    choose(page, 1, "需求", 1)
    assert page.get_by_role("radio").first.bounding_box()["height"] >= 44  # type: ignore[index]
    page.get_by_role("button", name="存好我打的分").click()
    expect(page.get_by_role("alert").first).to_contain_text("还没有打")
    assert not script or faults(page) == []
    for measure in ("受益", "可行", "花费"):
        choose(page, 1, measure, 1)
    page.get_by_role("button", name="存好我打的分").click()
    expect(page.get_by_text("2 件的分记下了")).to_be_visible()
    kept = {row.item_id: (row.need, row.benefit, row.feasibility, row.cost) for row in Score.objects.all()}
    assert kept == {items[0].pk: (5, 4, 3, 2), items[1].pk: (1, 1, 1, 1)}
    choose(page, 0, "花费", 5)
    page.get_by_role("button", name="存好我打的分").click()
    expect(page.get_by_text("您已经打了 2 件")).to_be_visible()
    assert Score.objects.get(item=items[0]).cost == 5
    assert not script or faults(page) == []  # axe is a script itself


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_are_accessible_and_nothing_is_cut(visit: Visit, table: Table, width: int) -> None:
    world = table.hall.world
    ahead, (council, (item, other)) = table.council(), table.opened(2, of_county=True)
    spare = table.item(ahead, is_checked=False)
    asked = asking.ask(council.pk, actor=council.created_by, at=OPENED, item_id=item.pk, unit=world.unit)
    asking.answer(asked.pk, actor=world.handler, at=OPENED, verdict="IF", words="先迁电杆。", cost=Decimal("12.5"))
    table.score(council, "rep", {item.pk: marks(), other.pk: marks(1)})
    page = visit("/desk/projects/councils/", user=world.county_staff, width=width)
    root = page.url.removesuffix("/desk/projects/councils/")
    here = council.get_absolute_url()
    for address in (
        "/desk/projects/councils/", "/desk/projects/councils/new/", ahead.get_absolute_url(), here, f"{here}change/",
        f"{here}paper/", f"{here}sheet/", f"{here}close/", f"{ahead.get_absolute_url()}items/{spare.pk}/",
        "/desk/projects/lists/",
    ):  # fmt: skip
        page.goto(root + address)
        assert faults(page) == [], address
    table.close(council, "KEEP", "NO")
    for address in (here, "/desk/projects/lists/", f"/projects/{item.idea_id}/", f"/projects/{other.idea_id}/"):
        page.goto(root + address)
        assert faults(page) == [], address
    unit = visit("/desk/projects/feasibility/", user=world.handler, width=width)
    assert faults(unit) == []
    unit.goto(root + asked.get_absolute_url())
    assert faults(unit) == []


def test_the_clerk_writes_the_results_without_script(visit: Visit, table: Table) -> None:
    council = table.council()
    keep, aside = table.item(council), table.item(council)
    preparing.open_council(council.pk, actor=council.created_by, at=OPENED + HOUR)
    page = visit(council.get_absolute_url(), user=table.hall.world.clerk, width=1440, script=False)
    page.get_by_role("link", name="写结果").click()
    for item, word, why in ((keep, "列入", "盼的人多。"), (aside, "缓办", "")):
        page.locator(f"section[aria-labelledby='t-{item.pk}']").get_by_role("radio", name=word).check()
        page.locator(f"#reason_{item.pk}").fill(why)
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_role("alert")).to_contain_text("一件也没有公布")
    expect(page.locator(f"#reason_{keep.pk}")).to_have_value("盼的人多。")
    page.locator(f"#reason_{aside.pk}").fill("等明年统一修。")
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_text("结果公布了")).to_be_visible()
    assert Council.objects.get(pk=council.pk).state == "CLOSED"
    assert {keep.idea.__class__.objects.get(pk=one.idea_id).state for one in (keep, aside)} == {
        State.SCREENED, State.SHELVED,
    }  # fmt: skip
