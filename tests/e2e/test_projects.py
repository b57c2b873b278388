"""A wish on its way: proposed on a phone, pooled by the clerk, seconded, shelved and told; every page accessible."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from notices.models import Notice
from projects import workflow
from projects.models import Campaign, ProjectIdea
from projects.states import State
from stations.queries import forget
from tests.e2e.eyes import faults
from tests.projects.conftest import PLAN, WORDS, Hall
from tests.world import START, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def asking(transactional_db: None) -> Hall:
    """A county that asks its people whenever the test runs."""
    forget()
    world = make_world()
    campaign = workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2099, 12, 31))
    return Hall(world, campaign)


def propose(page: Page, words: str = WORDS) -> None:
    page.get_by_label("想办什么").fill(words)
    page.get_by_label("哪个乡镇、街道").select_option("411625001")
    page.get_by_text("留个联系方式").click()
    page.get_by_label("电话").fill("13800001234")
    page.get_by_label("我看过").check()
    page.get_by_role("button", name="送出").click()
    expect(page).to_have_url(re.compile(r"/projects/ideas/[2-9A-Z]{10}/$"))


@pytest.mark.parametrize(("script", "elder"), [(True, False), (False, False), (True, True)])
def test_a_wish_from_the_phone_to_the_pool_and_out_again(visit: Visit, asking: Hall, script: bool, elder: bool) -> None:
    page = visit("/s/mingnan/", script=script, elder=elder)
    page.get_by_role("link", name="民生实事").click()
    page.get_by_role("link", name="我要提一件").click()
    expect(page.get_by_label("哪个乡镇、街道")).to_have_value("411625001")
    propose(page)
    expect(page.get_by_text("收到了。洺南街道融合站点先看")).to_be_visible()
    idea = ProjectIdea.objects.get()

    desk = visit("/desk/projects/", user=asking.world.clerk, width=1440, script=script)
    desk.get_by_role("link", name=idea.heading).click()
    desk.get_by_label("公开的标题").fill("东街小学门口修人行道")
    desk.get_by_label("公开的说明").fill("修两米宽的人行道，八百多个学生用得上。")
    desk.get_by_label("归入哪一类").select_option(label="市容环卫 · 路灯照明")
    desk.get_by_role("button", name="入库").click()
    expect(desk.get_by_text("收进储备库了")).to_be_visible()

    other = visit("/projects/", script=script, elder=elder)
    other.get_by_role("link", name="东街小学门口修人行道").click()
    other.get_by_role("button", name="我也盼着").click()
    expect(other.get_by_text("记下了，您也盼着。")).to_be_visible()
    other.get_by_role("button", name="我也盼着").click()
    expect(other.get_by_text("不用再点")).to_be_visible()

    desk.get_by_text("暂缓", exact=True).first.click()
    desk.get_by_label("为什么暂缓").fill("要等管网改造一起做。")
    desk.get_by_role("button", name="暂缓这一件").click()
    expect(desk.get_by_text("原因已经告诉提议的人")).to_be_visible()
    page.reload()
    expect(page.get_by_text("暂缓。原因：要等管网改造一起做。")).to_be_visible()
    kinds = Notice.objects.filter(channel="SMS").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["idea_kept", "idea_pooled", "idea_shelved"]


@pytest.mark.parametrize("script", [True, False])
def test_the_same_wish_is_offered_while_one_writes(visit: Visit, asking: Hall, script: bool) -> None:
    pooled = asking.idea(State.POOLED)
    page = visit("/projects/ideas/new/", script=script)
    page.get_by_label("想办什么").fill("东街小学门口修一条人行道，学生上学放学用得上。")
    if not script:
        page.get_by_role("button", name="看看有没有人提过").click()
    expect(page.get_by_text("有人提过差不多的。")).to_be_visible()  # with script it comes by itself after a pause
    expect(page.get_by_label("想办什么")).to_have_value(re.compile("^东街小学门口修一条"))
    if script:
        assert faults(page) == []
    page.locator(".near a").first.click()
    expect(page).to_have_url(re.compile(f"/projects/{pooled.pk}/$"))
    assert ProjectIdea.objects.count() == 1


def test_looking_with_script_leaves_the_photos_and_sends_nothing(visit: Visit, asking: Hall) -> None:
    page = visit("/projects/ideas/new/")
    page.get_by_label("想办什么").fill("洺河边上建一个能遮雨的公交站台。")
    page.get_by_role("button", name="看看有没有人提过").click()
    expect(page.get_by_text("还没有人提过这样的")).to_be_visible()
    assert not ProjectIdea.objects.exists()
    propose(page, "洺河边上建一个能遮雨的公交站台，老人等车不淋雨。")
    assert ProjectIdea.objects.count() == 1


def test_what_is_missing_is_said_beside_the_field(visit: Visit, asking: Hall) -> None:
    page = visit("/projects/ideas/new/")
    page.get_by_role("button", name="送出").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 3 处要改")
    expect(page.get_by_label("哪个乡镇、街道")).to_have_attribute("aria-invalid", "true")
    assert faults(page) == []


@pytest.mark.parametrize(("width", "elder"), [(360, False), (360, True), (1440, False)])
def test_everybodys_pages_are_accessible_and_nothing_is_cut(
    visit: Visit, asking: Hall, width: int, elder: bool
) -> None:
    pooled, merged = asking.idea(State.POOLED), asking.idea(State.MERGED)
    workflow.second(pooled.pk, at=START + timedelta(hours=1), device="a")
    page = visit("/projects/", width=width, elder=elder)
    root = page.url.removesuffix("/projects/")
    for address in (
        "/projects/", "/projects/?shelved=on", "/projects/?q=x", "/projects/ideas/new/", f"/projects/{pooled.pk}/",
        f"/projects/ideas/{merged.receipt}/", f"/projects/ideas/{merged.merged_into.receipt}/withdraw/",
    ):  # fmt: skip
        page.goto(root + address)
        assert faults(page) == []
    Campaign.objects.all().update(opens_on=date(2020, 1, 1), closes_on=date(2020, 2, 1))
    for address in ("/projects/", "/projects/ideas/new/"):
        page.goto(root + address)
        assert faults(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_desks_pages_are_accessible_and_nothing_is_cut(visit: Visit, asking: Hall, width: int) -> None:
    rows = [asking.idea(state) for state in State]
    opinion = asking.world.opinion()
    page = visit("/desk/projects/", user=asking.world.county_staff, width=width)
    root = page.url.removesuffix("/desk/projects/")
    for address in (
        "/desk/projects/?tab=all&seconds=0", "/desk/projects/?tab=shelved&town=x", "/desk/projects/new/",
        f"/desk/projects/new/?opinion={opinion.pk}", "/desk/projects/campaigns/", "/desk/projects/campaigns/new/",
        "/desk/projects/sheet/", *(row.get_absolute_url() for row in rows),
    ):  # fmt: skip
        page.goto(root + address)
        assert faults(page) == []
