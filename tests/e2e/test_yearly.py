"""A county's list comes in by a real browser: the file, the columns, every row, the projects."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from projects.models import ProjectIdea
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.ledger.books import book
from tests.projects.yearly.conftest import HEADINGS, ROAD, TITLE_ROW, WATER
from tests.world import make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_looked_at_put_right_and_brought_in(visit: Visit, tmp_path: Path, script: bool) -> None:
    forget()
    staff, file = make_world().county_staff, tmp_path / "2026年民生实事清单.xlsx"
    wrong = [3, "县医院停车场", *ROAD[2:5], "县教育局", "张三（副县长）", "待定", *ROAD[8:]]
    headings = [*HEADINGS[:1], "要办的事", *HEADINGS[2:]]
    file.write_bytes(book([TITLE_ROW, (), headings, ("一、交通类",), ROAD, WATER, wrong]))
    page = visit("/desk/projects/works/", user=staff, width=1440, script=script)
    page.get_by_role("link", name="导入年度清单").click()
    page.get_by_label("哪一年的清单").fill("2026")
    assert not script or faults_at(page) == []
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传，先看一遍").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有说哪一栏是“项目名称”")
    page.get_by_label("要办的事").select_option("title")
    page.get_by_role("button", name="按这样再看一遍").click()
    expect(page.get_by_text("第 7 行 责任单位：没有“县教育局”这个单位")).to_be_visible()
    assert not script or faults_at(page) == []
    page.get_by_role("button", name="导入这 2 个项目").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入了 2 个项目")
    assert not script or faults_at(page) == []
    assert ProjectIdea.objects.count() == 2
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入了 2 个项目")
