"""Formal suggestions in a real browser: from a matter to a closed paper, accessible, nothing cut, without script."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from opinions.models import FormalSuggestion
from opinions.suggestions import workflow
from opinions.suggestions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.suggestions.world import TEXTS, make, person, seed
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None) -> World:
    """The small county with suggestions at every stage, one of them late."""
    forget()
    world = make_world()
    seed(world)
    return world


def staged(world: World) -> dict[str, FormalSuggestion]:
    now = timezone.now()
    rows = {state: make(world, state, at=now - timedelta(days=3)) for state in State.values}
    rows["LATE"] = make(world, State.ASSIGNED, at=now - timedelta(days=120))
    draft = rows[State.DRAFT]
    for name in ("安可期", "苗谷雨"):
        workflow.invite(draft.pk, actor=world.rep, at=now, representative=person(name))
    workflow.request_extension(
        rows[State.ASSIGNED].pk, actor=world.handler, at=now, months=2, reason="电缆要走政府采购，六月才能开标。"
    )
    return rows


def test_every_page_is_accessible_and_whole(world: World, visit: Visit) -> None:
    rows = staged(world)
    draft = rows[State.DRAFT].pk
    matter = rows[State.DRAFT].matters.values_list("opinion_id", flat=True)[0]
    views: list[tuple[str, Any]] = [
        ("/desk/suggestions/", world.county_staff),
        ("/desk/suggestions/?late=1", world.county_staff),
        ("/desk/suggestions/new/", world.clerk),
        (f"/desk/suggestions/new/?matter={matter}", world.rep),
        (f"/desk/suggestions/{draft}/", world.rep),
        (f"/desk/suggestions/{draft}/", world.clerk),
        (f"/desk/suggestions/{draft}/", world.mate),
        (f"/desk/suggestions/{draft}/write/", world.rep),
        (f"/desk/suggestions/{draft}/gather/?q=路灯", world.rep),
        (f"/desk/suggestions/{rows[State.RETURNED].pk}/", world.rep),
        (f"/desk/suggestions/{rows[State.SUBMITTED].pk}/", world.county_staff),
        (f"/desk/suggestions/{rows[State.ACCEPTED].pk}/", world.county_staff),
        (f"/desk/suggestions/{rows[State.ASSIGNED].pk}/", world.county_staff),
        (f"/desk/suggestions/{rows[State.ASSIGNED].pk}/", world.handler),
        (f"/desk/suggestions/{rows['LATE'].pk}/", world.handler),
        (f"/desk/suggestions/{rows[State.REPLIED].pk}/", world.rep),
        (f"/desk/suggestions/{rows[State.CLOSED].pk}/", world.leader),
        (f"/desk/opinions/{matter}/", world.rep),
        ("/desk/", world.rep),
    ]
    wrong = []
    for path, user in views:
        page = visit(path, user=user)
        wrong += faults_at(page)
        page.context.close()
    assert wrong == []


def test_from_a_matter_to_a_closed_paper_without_script(world: World, visit: Visit) -> None:
    matters = [world.submit(phone="") for _ in range(2)]
    page = visit(f"/desk/opinions/{matters[0].pk}/", user=world.rep, script=False)
    page.get_by_role("link", name="写进代表建议").first.click()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("alert").first).to_contain_text("没有填好")
    for label, words in (("标题", "title"), ("案由", "why"), ("分析", "analysis"), ("具体建议", "proposal")):
        page.get_by_label(label, exact=False).first.fill(TEXTS[words])
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TEXTS["title"])
    page.get_by_role("link", name="加进事情").click()
    page.get_by_label("找什么").fill("路灯")
    page.get_by_role("button", name="找", exact=True).click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="把勾上的加进去").click()
    expect(page.locator("#t-behind")).to_contain_text("2 件")
    page.get_by_role("button", name="提交给县人大").click()
    expect(page.locator(".title .state")).to_have_text("已提交")
    row = FormalSuggestion.objects.get()

    county = visit(f"/desk/suggestions/{row.pk}/", user=world.county_staff, script=False, width=1440)
    county.get_by_role("button", name="立案，编上号").click()
    county.get_by_label("主办单位").select_option(label="县城管局")
    county.get_by_role("button", name="交办").click()
    expect(county.locator(".title .state")).to_have_text("已交办")

    unit = visit(f"/desk/suggestions/{row.pk}/", user=world.handler, script=False)
    unit.get_by_label("给代表的答复").fill("三条路都换了新电缆。")
    unit.locator("label.choice", has_text="已解决").click()
    unit.get_by_role("button", name="把答复交给代表").click()
    expect(unit.locator(".title .state")).to_have_text("已答复")

    page.goto(page.url)
    page.locator("label", has_text="基本满意").click()
    page.get_by_role("button", name="记下意见").click()
    expect(page.locator(".title .state")).to_have_text("办结")
    row.refresh_from_db()
    assert (row.state, row.satisfaction) == (State.CLOSED, "FAIR")
    tracked = visit(f"/t/{matters[0].receipt}/", script=False)
    expect(tracked.locator("main")).to_contain_text("您反映的事写进了代表建议")
    assert faults_without_script(tracked) == 360


def faults_without_script(page: Page) -> int:
    return int(page.locator("html").bounding_box()["width"])  # type: ignore[index]


def test_what_was_typed_survives_somebody_who_was_faster(world: World, visit: Visit) -> None:
    row = make(world, State.ASSIGNED, at=timezone.now() - timedelta(hours=1))
    page = visit(f"/desk/suggestions/{row.pk}/", user=world.handler)
    page.get_by_label("给代表的答复").fill("写了半天的答复")
    page.locator("label.choice", has_text="已解决").click()
    workflow.reply(row.pk, actor=world.handler, at=timezone.now(), body="同事先答复了", outcome="A")
    page.get_by_role("button", name="把答复交给代表").click()
    expect(page.get_by_role("alert").first).to_contain_text("现在的状态是“已答复”")
    expect(page.locator("main")).to_contain_text("写了半天的答复")
