"""A representative with a telephone and his duties: confirms, asks a colleague who agrees, takes back; large, plain."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from core.workdays import local_date
from duties import workflow
from duties.models import Rhythm, Roster, Shift, SwapRequest, month_of
from duties.planning import month_end
from stations.models import Representative, Service
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.world import START, World, make_user, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
PAGE = "/desk/duties/mine/"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Next month at the first station: two colleagues with an account and one without, each weekday somebody."""
    forget()
    world = make_world()
    account = make_user("rep0", Role.REPRESENTATIVE, name="白露明", region_code="411625001")
    for name, user, phone in (("白露明", account, ""), ("陈守一", None, "13800002222")):
        row = Representative.objects.create(name=name, user=user, occupation="教师", phone=phone)
        Service.objects.create(station=world.station, representative=row, since=START.date())
    rhythm = Rhythm(post="WINDOW", pattern="WEEKLY", weekday=3, start=time(8, 30), end=time(12), people=1)
    workflow.add_rhythm(world.station, rhythm, actor=world.clerk)
    now = timezone.now()
    month = month_end(month_of(local_date(now))) + timedelta(days=1)
    roster = workflow.propose(world.station.pk, month, actor=world.clerk, at=now - timedelta(days=1))
    workflow.publish(roster.pk, actor=world.clerk, at=now - timedelta(days=1))
    return world


def of(name: str) -> Shift:
    found = Shift.objects.filter(representative__name=name).order_by("day").first()
    assert found is not None
    return found


@pytest.mark.parametrize("script", [True, False])
def test_he_confirms_asks_a_colleague_who_agrees_and_takes_back(visit: Visit, world: World, script: bool) -> None:
    mine, other = of("麦知秋"), of("白露明")
    page = visit("/desk/", user=world.rep, script=script)
    page.get_by_role("button", name=re.compile("^确认")).first.click()
    expect(page.locator(".messages")).to_contain_text("您到时候来")
    expect(page).to_have_url(re.compile(f"{PAGE}$"))
    expect(page.locator(".duty").first).to_contain_text("已确认")
    page.get_by_role("link", name=re.compile("^请人换")).first.click()
    page.get_by_role("link", name=re.compile("白露明")).click()
    page.get_by_role("radio", name=re.compile("和他对换")).first.check()
    page.get_by_label("跟他说一句").fill("家里有事，帮个忙")
    page.get_by_role("button", name="问问他").click()
    expect(page.locator(".duty").first).to_contain_text("等他回话")
    assert Shift.objects.get(pk=mine.pk).representative_id == mine.representative_id

    colleague = visit("/desk/", user=Representative.objects.get(name="白露明").user, script=script)
    expect(colleague.locator("#asks")).to_contain_text("家里有事，帮个忙")
    colleague.get_by_role("button", name=re.compile("^答应")).click()
    expect(colleague.locator(".messages")).to_contain_text("换好了")
    assert Shift.objects.get(pk=mine.pk).representative_id == other.representative_id
    assert Shift.objects.get(pk=other.pk).representative_id == mine.representative_id

    page.goto(page.url)
    page.get_by_role("link", name=re.compile("^请人换")).first.click()
    page.get_by_role("link", name=re.compile("陈守一")).click()
    page.get_by_role("button", name="问问他").click()
    expect(page.locator(".duty").first).to_contain_text("请陈守一替您来")
    page.get_by_role("button", name="不换了，收回").click()
    expect(page.locator(".messages")).to_contain_text("和原来一样")
    assert list(SwapRequest.objects.order_by("pk").values_list("state", flat=True)) == ["AGREED", "TAKEN_BACK"]


def test_he_says_that_he_cannot_come_and_a_double_tap_says_it_once(visit: Visit, world: World) -> None:
    shift = of("麦知秋")
    page = visit(f"{PAGE}{shift.pk}/cannot_come/", user=world.rep)
    page.get_by_label("想跟站点说一句").fill("外出开会")
    page.get_by_role("button", name="告诉站点").dblclick()
    expect(page.locator(".messages")).to_contain_text("已经告诉站点")
    assert Shift.objects.get(pk=shift.pk).is_gap
    assert Roster.objects.get().lines.filter(verb="cannot_come").count() == 1
    page.go_back()
    page.goto(page.url)
    expect(page.get_by_role("heading", name="我的值班", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "elder"), [(360, False), (360, True), (1440, False)])
def test_the_pages_are_accessible_and_a_thumb_finds_the_buttons(
    visit: Visit, world: World, width: int, elder: bool
) -> None:
    mine, other = of("麦知秋"), of("白露明")
    now = timezone.now()
    workflow.ask_swap(
        other.pk, actor=other.representative.user, at=now, colleague_id=mine.representative_id, words="老家有喜事",
        other_shift_id=mine.pk,
    )  # fmt: skip
    page = visit(PAGE, user=world.rep, width=width, elder=elder)
    root = page.url.removesuffix(PAGE)
    who = other.representative_id
    free = Shift.objects.filter(representative=mine.representative).exclude(pk=mine.pk).first() or mine
    for address in (
        PAGE, "/desk/", f"{PAGE}{mine.pk}/cannot_come/", f"{PAGE}{free.pk}/ask_swap/",
        f"{PAGE}{free.pk}/ask_swap/?who={who}",
    ):  # fmt: skip
        page.goto(root + address)
        assert faults(page) == []
        for button in page.locator(".duty-acts .btn").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 48


def test_a_past_duty_is_folded_away(visit: Visit, world: World) -> None:
    shift = of("麦知秋")
    yesterday = local_date(timezone.now()) - timedelta(days=1)
    past = Roster.objects.create(
        station=world.station, month=month_of(yesterday), state="PUBLISHED", created_at=START, published_at=START,
        changed_at=START,
    )  # fmt: skip
    Shift.objects.create(
        roster=past, station=world.station, day=yesterday, start=time(8), end=time(9), post="WINDOW", state="HELD",
        representative=shift.representative, changed_at=datetime.now(START.tzinfo),
    )  # fmt: skip
    page = visit(PAGE, user=world.rep)
    page.get_by_text("以前的班").click()
    expect(page.get_by_text("已到岗")).to_be_visible()
