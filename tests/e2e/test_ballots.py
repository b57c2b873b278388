"""票决 in a real browser: a slip voted on a phone, a paper entered by two clerks, the close; every page looked at."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.codes import spell
from projects.ballots import closing, voting
from projects.ballots.models import Ballot
from projects.workflow import open_campaign
from stations.queries import forget
from tests.e2e.eyes import faults, faults_at
from tests.projects.ballots.conftest import Session, make_session
from tests.projects.conftest import PLAN, Hall
from tests.world import START, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
TITLES = ("东街小学门口修人行道", "菜市场边建一座公厕", "主要村道装太阳能路灯")


@pytest.fixture
def session(transactional_db: None) -> Session:
    """Three projects with names of their own."""
    forget()
    world = make_world()
    made = make_session(Hall(world, open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)))
    for idea, title in zip(made.ideas, TITLES, strict=True):
        type(idea).objects.filter(pk=idea.pk).update(title=title)
    return made


def test_a_phone_a_pair_of_clerks_and_the_result(visit: Visit, session: Session) -> None:
    desk = visit("/desk/projects/ballots/new/", user=session.staff)
    desk.get_by_label("名称").fill("民生实事项目票决")
    for title in TITLES:
        desk.get_by_label(title).check()
    desk.get_by_label("选几件").fill("1")
    desk.get_by_label("应到代表几人").fill("4")
    desk.get_by_role("button", name="开始票决").click()
    expect(desk.get_by_text("这里最小填 5")).to_be_visible()
    assert faults_at(desk) == []  # with the candidates, and with what is wrong
    desk.get_by_label("应到代表几人").fill("5")
    desk.get_by_role("button", name="开始票决").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("民生实事项目票决")
    ballot = Ballot.objects.get()
    phone_code, paper_code, third = session.slips(ballot, 3)
    phone = visit("/projects/ballot/", script=False)
    phone.get_by_label("票上的码").fill("2222-2222-22")
    phone.get_by_role("button", name="往下投").click()
    expect(phone.get_by_role("alert")).to_contain_text("没有对上")
    phone.get_by_label("票上的码").fill(spell(phone_code).lower())
    phone.get_by_role("button", name="往下投").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(ballot.title)
    for title in TITLES[:2]:
        phone.get_by_label(title).check()
    phone.get_by_role("button", name="投票").click()
    expect(phone.get_by_text("您勾了 2 件，最多勾 1 件")).to_be_visible()
    phone.get_by_label(TITLES[1]).uncheck()
    phone.get_by_role("button", name="投票").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("投好了")
    address = f"{ballot.get_absolute_url()}paper/"
    for user, said in ((session.staff, "第一遍记下了"), (session.second, "记成一张票了")):
        desk = visit(address, user=user)
        desk.get_by_label("票上的码").fill(spell(paper_code))
        desk.get_by_label(TITLES[0]).check()
        desk.get_by_role("button", name="记下这一张").click()
        expect(desk.get_by_text(said)).to_be_visible()
    voting.vote(third, ticks=session.items(ballot, 1))
    desk = visit(ballot.get_absolute_url(), user=session.staff)
    desk.get_by_role("button", name="点票，公布结果").click()
    expect(desk.get_by_text("结果公布了")).to_be_visible()
    expect(desk.get_by_text("赞成 3 票")).to_be_visible()
    assert faults(desk) == []
    assert session.states() == ["BALLOTED", "SHELVED", "SHELVED"]


def test_every_page_is_accessible_and_nothing_is_cut(visit: Visit, session: Session) -> None:
    ballot = session.open(places=2, eligible=5, at=timezone.now())
    code, other, once = session.slips(ballot, 3)
    session.paper(ballot, once, 1)
    here = ballot.get_absolute_url()
    page = visit(f"/projects/ballot/?code={code}")
    root = page.url.partition("/projects/")[0]
    public = ["/projects/ballot/", f"/projects/ballot/?code={code}", "/projects/ballot/?said=1"]
    for address in [*public, f"/projects/ballot/{ballot.pk}/"]:
        page.goto(root + address)
        assert faults_at(page) == []
    desk = visit(here, user=session.staff, width=1440)
    for address in ("/desk/projects/ballots/", "/desk/projects/ballots/new/", here, f"{here}paper/"):
        desk.goto(root + address)
        assert faults_at(desk) == []
    session.paper(ballot, once, 1, actor=session.second)
    voting.vote(code, ticks=session.items(ballot, 1, 2))
    voting.vote(other, ticks=session.items(ballot, 1, 3))
    closing.close(ballot.pk, actor=session.staff, at=timezone.now())
    for address in (here, f"{here}recount/", f"/desk/projects/{session.ideas[0].pk}/"):
        desk.goto(root + address)
        assert faults_at(desk) == []
    page.goto(root + f"/projects/ballot/{ballot.pk}/")
    assert faults_at(page) == []
