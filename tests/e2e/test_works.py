"""A project is built in a real browser: planned by the county, reported by the unit, looked at by a representative."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from opinions.models import Opinion
from projects.models import Campaign, ProjectIdea
from projects.states import State
from projects.works.models import Work, WorkChange
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.projects.conftest import PLAN, Hall, workflow
from tests.projects.works.conftest import Site
from tests.world import make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def site(transactional_db: None) -> Site:
    """The small county, its clock the browser's."""
    forget()
    world = make_world()
    campaign = workflow.open_campaign(region=world.county, actor=world.county_staff, at=timezone.now(), plan=PLAN)
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2099, 12, 31))
    return Site(Hall(world, campaign))


def photo(folder: Path) -> Path:
    file = folder / "wall.jpg"
    Image.new("RGB", (640, 480), "#b08060").save(file)
    return file


def fill_plan(page: Page, starts_on: date) -> Locator:
    """Write the plan but for the day of its milestone, and return the milestone's row."""
    page.get_by_label("责任单位").select_option(label="县城管局")
    page.get_by_label("责任领导的职务").fill("分管副县长")
    page.get_by_label("资金（万元）").fill("38.5")
    page.get_by_label("计划哪天开工").fill(f"{starts_on:%Y-%m-%d}")
    page.get_by_label("计划哪天完工").fill(f"{timezone.localdate() + timedelta(60):%Y-%m-%d}")
    first = page.get_by_role("group", name="第 1 个节点")
    first.get_by_label("节点").fill("路面铺完")
    return first


@pytest.mark.parametrize("script", [True, False])
def test_from_the_list_to_the_last_stone(site: Site, visit: Visit, tmp_path: Path, script: bool) -> None:
    world, today = site.hall.world, timezone.localdate()
    idea = site.hall.idea(State.LISTED, at=timezone.now() - timedelta(hours=1))
    county = visit(idea.get_absolute_url(), user=world.county_staff, width=1440, script=script)
    county.get_by_role("link", name="列入年度").click()
    first = fill_plan(county, today)
    county.get_by_role("button", name="列入年度").click()
    expect(county.get_by_text("请写哪天完成。")).to_be_visible()
    expect(county.get_by_label("责任领导的职务")).to_have_value("分管副县长")
    first.get_by_label("哪天完成").fill(f"{today + timedelta(30):%Y-%m-%d}")
    county.get_by_role("button", name="列入年度").click()
    expect(county.locator(".messages")).to_contain_text("列入年度了")
    county.get_by_role("button", name="记下开工").click()
    expect(county.locator(".messages")).to_contain_text("记下开工了")

    unit = visit("/desk/projects/works/", user=world.handler, script=script)
    unit.get_by_role("link", name="东街小学门口修人行道").click()
    unit.get_by_label("路面铺完，做到百分之几").fill("140")
    unit.get_by_label("做了什么").fill("路基平好了，铺了一半。")
    unit.get_by_role("button", name="报上去").click()
    expect(unit.get_by_label("做了什么")).to_have_value("路基平好了，铺了一半。")
    unit.get_by_label("路面铺完，做到百分之几").fill("50")
    unit.get_by_label("现场照片").set_input_files(photo(tmp_path))
    unit.get_by_role("button", name="报上去").click()
    expect(unit.locator(".messages")).to_contain_text("报上去了")
    expect(unit.locator(".work-percent")).to_have_text("50%")

    rep = visit(f"/desk/projects/{idea.pk}/work/", user=world.rep, script=script)
    rep.get_by_label("哪些代表").fill("麦知秋")
    rep.get_by_label("看到的情况").fill("铺得平。")
    rep.get_by_label("发现的问题").fill("边石没有勾缝。\n没有围挡。")
    rep.get_by_role("button", name="记下视察").click()
    expect(rep.locator(".messages")).to_contain_text("都转成了意见")
    assert Opinion.objects.count() == 2

    public = visit(f"/projects/{idea.pk}/", script=script)
    expect(public.locator("main")).to_contain_text("50%")
    expect(public.locator("main")).to_contain_text("县城管局")
    expect(public.locator(".pair img")).to_be_visible()
    root, source = public.url.partition("/projects/")[0], public.locator(".pair img").get_attribute("src")
    assert public.request.get(f"{root}{source}").status == 200

    unit.reload()
    unit.get_by_label("路面铺完，做到百分之几").fill("100")
    unit.get_by_label("做了什么").fill("全铺完了。")
    unit.get_by_role("button", name="报上去").click()
    county.goto(county.url)
    county.get_by_text("完工", exact=True).last.click()
    county.get_by_role("button", name="记下完工").click()
    expect(county.locator(".messages")).to_contain_text("记下完工了")
    assert ProjectIdea.objects.get(pk=idea.pk).state == State.COMPLETED


def test_a_slip_is_seen_and_the_plan_changed_with_a_reason(site: Site, visit: Visit) -> None:
    world, now = site.hall.world, timezone.now()
    work = site.begun(at=now - timedelta(hours=2), plan=site.plan())
    page = visit(f"/projects/{work.pk}/")
    expect(page.locator("main")).to_contain_text("拖期")
    expect(page.locator("main")).to_contain_text("晚")
    county = visit(f"/desk/projects/{work.pk}/work/", user=world.county_staff, width=1440)
    county.get_by_role("link", name="改计划").click()
    county.get_by_label("资金（万元）").fill("42")
    county.get_by_role("button", name="照这样改").click()
    expect(county.get_by_label("资金（万元）")).to_have_value("42")
    county.get_by_label("为什么改").fill("加了一段。")
    county.get_by_role("button", name="照这样改").click()
    expect(county.locator(".messages")).to_contain_text("计划改好了")
    assert WorkChange.objects.get().new == "42 万元"


def test_every_page_is_accessible_and_whole(site: Site, visit: Visit) -> None:
    world, now = site.hall.world, timezone.now()
    work = site.begun(at=now - timedelta(hours=2))
    site.report(work, 100, 40, at=now)
    site.inspect(work, "边石没有勾缝。", at=now)
    site.adopted(at=now)
    listed = site.hall.idea(State.LISTED, at=now)
    walks = {
        "county_staff": ["/desk/projects/works/", f"/desk/projects/{work.pk}/work/plan/",
                         f"/desk/projects/{listed.pk}/work/plan/", f"/desk/projects/{listed.pk}/"],
        "handler": ["/desk/projects/works/", f"/desk/projects/{work.pk}/work/"],
        "rep": [f"/desk/projects/{work.pk}/work/"],
        "other_handler": ["/desk/projects/works/"],
        "": [f"/projects/{work.pk}/", f"/projects/{listed.pk}/"],
    }  # fmt: skip
    wrong: list[str] = []
    for who, addresses in walks.items():
        page = visit(addresses[0], user=world.users.get(who))
        root = page.url.removesuffix(addresses[0])
        for address in addresses:
            page.goto(root + address)
            page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
            wrong += faults_at(page)
        page.context.close()
    assert wrong == []
    assert Work.objects.count() == 2
