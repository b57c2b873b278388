"""大家评 in a real browser: a slip from the printer to the voice on a phone, and every page looked at."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.codes import spell
from projects.polls import workflow
from projects.polls.models import PollVoice
from projects.states import State
from projects.workflow import open_campaign
from stations.queries import forget
from tests.e2e.eyes import faults, faults_at
from tests.projects.conftest import PLAN, Hall
from tests.projects.polls.conftest import OPENED, Booth
from tests.world import START, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
# What is shown with letters under 20 px: its own words, cut short.
SMALL = """() => [...document.querySelectorAll("main *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.getClientRects().length && !one.closest(".sr"))
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 20)
    .map((one) => one.textContent.trim().slice(0, 20))"""


@pytest.fixture
def booth(transactional_db: None) -> Booth:
    """A finished project of the home station."""
    forget()
    world = make_world()
    hall = Hall(world, open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN))
    return Booth(hall, hall.idea(State.COMPLETED))


def pick(page: Page, question: str, face: str) -> None:
    page.get_by_role("group", name=question).get_by_role("radio", name=face, exact=True).check()


@pytest.mark.parametrize("script", [True, False])
def test_a_slip_is_typed_and_spent_on_a_phone(visit: Visit, booth: Booth, script: bool) -> None:
    poll = booth.open(at=timezone.now())
    code = booth.slips(poll, 1)[0]
    page = visit("/projects/poll/", script=script)
    page.get_by_label("纸条上的码").fill("2222-2222-22")
    page.get_by_role("button", name="往下评").click()
    expect(page.get_by_role("alert")).to_contain_text("没有对上")
    page.get_by_label("纸条上的码").fill(spell(code).lower())
    page.get_by_role("button", name="往下评").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(booth.idea.title)
    page.get_by_role("button", name="就这么评").click()
    expect(page.get_by_text("请先点一个")).to_be_visible()
    if script:
        assert faults(page) == []
    pick(page, "总的看", "基本满意")
    pick(page, "路面平不平", "满意")
    page.get_by_label("还想说一句").fill("路平了")
    page.get_by_role("button", name="就这么评").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("谢谢您，评好了")
    voice = PollVoice.objects.get()
    assert (voice.door, voice.overall, voice.answers, voice.words) == ("CODE", "FAIR", ["GOOD", ""], "路平了")
    page.goto(page.url.partition("/projects/")[0] + f"/projects/poll/?code={code}")
    expect(page.get_by_role("alert")).to_contain_text("也可能已经用过了")
    assert PollVoice.objects.count() == 1


def test_every_page_is_accessible_and_nothing_is_cut(visit: Visit, booth: Booth) -> None:
    poll = booth.came_to(3, 1, 8)
    workflow.report_rectified(poll.pk, actor=booth.clerk, at=OPENED + timedelta(days=9), words="坑填平了，灯换亮了。")
    again = booth.open(at=timezone.now())
    mending = Booth(booth.hall, booth.hall.idea(State.COMPLETED)).came_to(2, 0, 9)
    page = visit(f"/projects/{booth.idea.pk}/")
    root = page.url.partition("/projects/")[0]
    for address in (
        f"/projects/{booth.idea.pk}/",
        f"/projects/{booth.idea.pk}/poll/",
        f"/projects/{booth.idea.pk}/poll/?said=1",
    ):
        page.goto(root + address)
        assert faults_at(page) == []
    desk = visit("/desk/projects/polls/", user=booth.hall.world.county_staff, width=1440)
    for address in (
        "/desk/projects/polls/", "/desk/projects/polls/rules/", poll.get_absolute_url(), again.get_absolute_url(),
        mending.get_absolute_url(), f"/desk/projects/{booth.idea.pk}/open_poll/",
    ):  # fmt: skip
        desk.goto(root + address)
        assert faults_at(desk) == []
    rep = visit(again.get_absolute_url(), user=booth.hall.world.rep)
    pick(rep, "总的看", "满意")
    rep.get_by_role("button", name="就这么评").click()
    expect(rep.get_by_text("您评过了，谢谢")).to_be_visible()
    assert faults(rep) == []


def test_nothing_is_small_in_large_letters(visit: Visit, booth: Booth) -> None:
    booth.came_to(2, 0, 10)
    page = visit(f"/projects/{booth.idea.pk}/", elder=True)
    expect(page.get_by_role("heading", name="节点")).to_be_visible()
    assert page.evaluate(SMALL) == []
