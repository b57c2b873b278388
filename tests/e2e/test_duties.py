"""The clerk's roster in a browser: made, changed by a choice and by dragging, published; accessible; without script."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duties import workflow
from duties.models import Roster, Shift, month_of
from duties.planning import month_end
from stations.models import Representative
from stations.queries import forget
from tests.duties.conftest import NAMES, Office, add_rhythm
from tests.e2e.eyes import faults_at
from tests.world import make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def office(transactional_db: None) -> Office:
    """The station with five representatives and two rhythms."""
    forget()
    world = make_world()
    people = {"麦知秋": world.rep.representative}
    for name in NAMES:
        people[name] = Representative.objects.create(name=name)
        world.station.services.create(representative=people[name], since=date(2026, 1, 1))
    add_rhythm(world)
    return Office(world, people)


@pytest.fixture
def ahead() -> date:
    """The month after this one."""
    return month_end(timezone.localdate()) + timedelta(days=1)


def base(month: date) -> str:
    return f"/desk/duties/mingnan/{month:%Y-%m}/"


def test_no_page_has_a_violation_and_none_is_wider_than_the_screen(office: Office, visit: Visit, ahead: date) -> None:
    now, world = timezone.now(), office.world
    this = office.published(month_of(timezone.localdate()), at=now - timedelta(days=40))
    office.propose(ahead, at=now)
    gap = Shift.objects.filter(roster__month=ahead).first()
    workflow.change_people(gap.roster_id, {gap.pk: None}, actor=world.clerk, at=now)
    paths = [
        (base(ahead), "clerk"),
        (base(this.month), "clerk"),
        (f"{base(ahead)}publish/", "clerk"),
        (f"{base(ahead)}print/", "clerk"),
        (f"/desk/duties/shifts/{this.shifts.last().pk}/", "clerk"),
        ("/desk/duties/mingnan/setup/", "clerk"),
        (base(this.month), "county_staff"),
        ("/desk/duties/", "county_staff"),
        ("/desk/duties/rules/", "county_staff"),
    ]
    wrong: list[str] = []
    for path, who in paths:
        page = visit(path, user=world.users[who])
        page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
        wrong += faults_at(page)
        page.context.close()
    assert wrong == [], "\n".join(wrong)


def test_a_month_is_made_changed_and_published(office: Office, visit: Visit, ahead: date) -> None:
    page = visit(base(ahead), user=office.world.clerk, width=1440)
    page.get_by_role("button", name=f"排好 {ahead.month} 月").click()
    expect(page.locator("#t-check")).to_have_text("还要看看")  # nobody is a lawyer: the post of law has gaps
    chooser = page.locator(".post-WINDOW .who-sits").first
    before = page.locator("section:has(#t-check) li").count()
    chooser.select_option("")
    expect(page.locator("section:has(#t-check) li")).to_have_count(before + 1)
    shift = Shift.objects.filter(post="WINDOW").order_by("day", "id").first()
    assert shift.representative is None
    expect(page.locator("[data-save]")).to_be_hidden()
    page.get_by_role("link", name=f"公布 {ahead.month} 月值班表").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("公布以前再看一遍")
    expect(page.locator("main")).to_contain_text("班没有人")
    page.get_by_role("button", name="公布，通知各位代表").click()
    expect(page.locator(".duty-title .state")).to_have_text("已公布")
    assert Roster.objects.get().state == "PUBLISHED"
    expect(page.locator("[data-save]")).to_be_visible()


def test_a_name_dragged_onto_another_duty_lets_the_two_change_places(office: Office, visit: Visit, ahead: date) -> None:
    roster = office.propose(ahead, at=timezone.now())
    window = list(roster.shifts.filter(post="WINDOW").order_by("day", "id"))
    one = window[0]
    two = next(
        row for row in window[2:]
        if not roster.shifts.filter(day=row.day, representative=one.representative_id).exists()
        and not roster.shifts.filter(day=one.day, representative=row.representative_id).exists()
    )  # fmt: skip
    page = visit(base(ahead), user=office.world.clerk, width=1440)
    seats = [page.locator(f".seat:has([name='s-{row.pk}'])") for row in (one, two)]
    seats[0].locator(".what .num").drag_to(seats[1].locator(".what .num"))
    expect(page.locator(f"[name='s-{one.pk}']")).to_have_value(str(two.representative_id))
    expect(page.locator("[data-roster]")).not_to_have_attribute("aria-busy", "true")
    page.reload()
    expect(page.locator(f"[name='s-{two.pk}']")).to_have_value(str(one.representative_id))


def test_a_choice_that_cannot_be_is_said_and_put_back(office: Office, visit: Visit, ahead: date) -> None:
    roster = office.propose(ahead, at=timezone.now())
    one, two = roster.shifts.filter(post="WINDOW").order_by("day", "id")[:2]
    page = visit(base(ahead), user=office.world.clerk, width=1440)
    page.locator(f"[name='s-{one.pk}']").select_option(str(two.representative_id))
    expect(page.get_by_role("alert").first).to_contain_text("已经有班了")
    expect(page.locator(f"[name='s-{one.pk}']")).to_have_value(str(one.representative_id))


def test_without_script_on_a_telephone_the_whole_way_is_open(office: Office, visit: Visit, ahead: date) -> None:
    office.world.station.rhythms.all().delete()
    page = visit(base(ahead), user=office.world.clerk, width=360, script=False)
    page.get_by_role("link", name="定什么时候值班").click()
    page.get_by_label("几个人").fill("2")
    page.get_by_role("button", name="加这一条").click()
    expect(page.locator("section:has(#t-when) ul").first).to_contain_text("每周一 8:30–12:00")
    page.goto(page.url.split("/desk/")[0] + base(ahead))
    page.get_by_role("button", name=f"排好 {ahead.month} 月").click()
    page.locator(".who-sits").first.select_option("")
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator(".seat.is-gap").first).to_be_visible()
    page.get_by_role("link", name=f"公布 {ahead.month} 月值班表").click()
    page.get_by_role("button", name="公布，通知各位代表").click()
    expect(page.locator(".duty-title .state")).to_have_text("已公布")
