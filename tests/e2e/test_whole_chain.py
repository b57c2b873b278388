"""群众提、代表议、政府办、大家评 in real browsers: one project from a wish on a phone to the second verdict."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.codes import spell
from opinions.models import Opinion
from projects import workflow
from projects.models import Campaign, ProjectIdea
from projects.polls import workflow as polls
from projects.polls.models import Poll
from projects.states import State
from projects.works.models import Milestone
from stations.models import Representative
from stations.queries import forget
from tests.e2e.test_councils import choose
from tests.e2e.test_polls import pick
from tests.e2e.test_projects import propose
from tests.e2e.test_works import fill_plan
from tests.projects.conftest import PLAN, Hall
from tests.projects.council.conftest import Table
from tests.projects.polls.conftest import BAD, GOOD
from tests.world import START, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
TITLE = "东街小学门口修人行道"


@pytest.fixture
def table(transactional_db: None) -> Table:
    """The small county while it asks its people, with one representative who may score."""
    forget()
    world = make_world()
    campaign = workflow.open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)
    Campaign.objects.update(opens_on=date(2020, 1, 1), closes_on=date(2099, 12, 31))
    made = Table(Hall(world, campaign), users={"rep": world.rep})
    made.people["rep"] = Representative.objects.get(user=world.rep)
    return made


def stands(state: str) -> ProjectIdea:
    idea = ProjectIdea.objects.get()
    assert idea.state == state
    return idea


def wished(visit: Visit, table: Table) -> None:
    """On the phone, then into the pool."""
    propose(visit("/projects/ideas/new/"))
    desk = visit(ProjectIdea.objects.get().get_absolute_url(), user=table.hall.world.clerk, width=1440)
    desk.get_by_label("公开的标题").fill(TITLE)
    desk.get_by_label("公开的说明").fill("修两米宽的人行道，八百多个学生用得上。")
    desk.get_by_label("归入哪一类").select_option(label="市容环卫 · 路灯照明")
    desk.get_by_role("button", name="入库").click()
    expect(desk.get_by_text("收进储备库了")).to_be_visible()


def screened(visit: Visit, table: Table, *, of_county: bool) -> None:
    """A meeting: a representative scores on his phone, the results are published."""
    world = table.hall.world
    council = table.council(of_county=of_county)
    table.item(council, ProjectIdea.objects.get())
    desk = visit(council.get_absolute_url(), user=world.county_staff if of_county else world.clerk, width=1440)
    desk.get_by_role("button", name="开会").click()
    phone = visit(f"{council.get_absolute_url()}score/", user=world.rep)
    for measure in ("需求", "受益", "可行", "花费"):
        choose(phone, 0, measure, 4)
    phone.get_by_role("button", name="存好我打的分").click()
    expect(phone.get_by_text("1 件的分记下了")).to_be_visible()
    desk.goto(desk.url)
    desk.get_by_role("link", name="写结果").click()
    desk.get_by_role("radio", name="列入").check()
    desk.get_by_label("理由").fill("盼的人多，一年里办得完。")
    desk.get_by_role("button", name="公布结果").click()
    expect(desk.get_by_text("结果公布了")).to_be_visible()


def built(visit: Visit, table: Table) -> None:
    """Adopted, begun, late, reported, looked at, finished."""
    world, today, idea = table.hall.world, timezone.localdate(), stands(State.LISTED)
    county = visit(f"/desk/projects/{idea.pk}/work/plan/", user=world.county_staff, width=1440)
    first = fill_plan(county, today - timedelta(20))
    first.get_by_label("哪天完成").fill(f"{today - timedelta(4):%Y-%m-%d}")
    county.get_by_role("button", name="列入年度").click()
    county.get_by_role("button", name="记下开工").click()
    expect(county.locator("main")).to_contain_text("晚 4 天")
    rep = visit(f"/desk/projects/{idea.pk}/work/", user=world.rep)
    rep.get_by_label("哪些代表").fill("麦知秋")
    rep.get_by_label("看到的情况").fill("铺得平。")
    rep.get_by_label("发现的问题").fill("边石没有勾缝。")
    rep.get_by_role("button", name="记下视察").click()
    expect(rep.locator(".messages")).to_contain_text("都转成了意见")
    matter = visit(Opinion.objects.get().get_absolute_url(), user=world.clerk, width=1440)
    expect(matter.locator("main")).to_contain_text("边石没有勾缝。")
    unit = visit(f"/desk/projects/{idea.pk}/work/", user=world.handler)
    unit.get_by_label("路面铺完，做到百分之几").fill("100")
    unit.get_by_label("做了什么").fill("全铺完了，缝也勾了。")
    unit.get_by_role("button", name="报上去").click()
    expect(unit.locator(".work-percent")).to_have_text("100%")
    county.goto(county.url)
    county.get_by_text("完工", exact=True).last.click()
    county.get_by_role("button", name="记下完工").click()
    expect(county.locator(".messages")).to_contain_text("记下完工了")
    assert Milestone.objects.get().percent == 100


def asked(visit: Visit, table: Table, *, is_good: bool) -> None:
    """A poll: one voice by the code on the wall, one by a slip, the others beside them; closed after its last day."""
    world, idea, today = table.hall.world, stands(State.COMPLETED), timezone.localdate()
    desk = visit(f"/desk/projects/{idea.pk}/open_poll/", user=world.clerk, width=1440)
    desk.get_by_label("评到哪天").fill(f"{today + timedelta(7):%Y-%m-%d}")
    desk.get_by_role("button", name="请大家评").click()
    expect(desk.get_by_role("heading", name="印纸条")).to_be_visible()
    poll, face = Poll.objects.get(closed_at=None), "满意" if is_good else "不满意"
    phone = visit(f"/projects/{idea.pk}/poll/")
    pick(phone, "总的看", face)
    phone.get_by_role("button", name="就这么评").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢您，评好了")
    slip, *others = polls.hand_out(poll.pk, actor=world.clerk, at=timezone.now(), number=12)
    paper = visit("/projects/poll/", script=False)
    paper.get_by_label("纸条上的码").fill(spell(slip))
    paper.get_by_role("button", name="往下评").click()
    pick(paper, "总的看", face)
    paper.get_by_role("button", name="就这么评").click()
    expect(paper.get_by_role("heading", level=1)).to_have_text("谢谢您，评好了")
    for code in others:
        polls.speak_by_code(code, at=timezone.now(), said=GOOD if is_good else BAD)
    Poll.objects.filter(pk=poll.pk).update(opens_on=today - timedelta(8), closes_on=today - timedelta(1))
    desk.goto(desk.url)
    desk.get_by_role("button", name="结束，公布结果").click()
    expect(desk.get_by_role("heading", name="结果")).to_be_visible()


def test_the_whole_way_of_one_project(visit: Visit, table: Table) -> None:
    wished(visit, table)
    screened(visit, table, of_county=False)
    stands(State.SCREENED)
    screened(visit, table, of_county=True)
    built(visit, table)
    asked(visit, table, is_good=False)
    idea = stands(State.RECTIFYING)
    desk = visit(Poll.objects.get().get_absolute_url(), user=table.hall.world.clerk, width=1440)
    desk.locator("section[aria-labelledby=t-mend] textarea").fill("裂的地方都重铺了。")
    desk.get_by_role("button", name="报整改").click()
    expect(desk.locator("main")).to_contain_text("重铺")
    asked(visit, table, is_good=True)
    stands(State.EVALUATED)
    page = visit(f"/projects/{idea.pk}/")
    for words in ("人行道", "重铺", "满意", "县城管局", "边石没有勾缝"):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("main")).not_to_contain_text("13800001234")
