"""Papers and spreadsheets in a real browser: export, older ledger, unit's batch, templates; quiet and accessible."""

import io
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect

from accounts.models import AuditEntry
from opinions import tasks
from opinions.ledger import export
from opinions.models import Opinion, PaperTemplate, Reply
from opinions.states import State
from stations.queries import forget
from tests.e2e.eyes import faults_at
from tests.opinions.ledger.books import book
from tests.opinions.ledger.test_answers import filled
from tests.opinions.ledger.test_importing import DONE, HEAD, SPOT
from tests.world import World, make_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
WIDTHS = (360, 768, 1440)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def world(transactional_db: None) -> World:
    forget()
    return make_world()


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker takes up a task in the same breath."""
    for task in (tasks.carry_out_sheet, tasks.make_export):
        monkeypatch.setattr(task, "apply_async", lambda args, task=task, **kwargs: task(*args))


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": XLSX, "buffer": content}


def matter(world: World, state: str) -> Opinion:
    return world.opinion(state, at=timezone.now() - timedelta(days=2))


def test_the_filtered_list_becomes_a_file(visit: Visit, world: World, tmp_path: Path) -> None:
    matter(world, State.ASSIGNED)
    matter(world, State.CLOSED)
    page = visit("/desk/opinions/?group=closed", user=world.clerk, width=1440)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    waiting.value.save_as(tmp_path / "a.xlsx")
    assert waiting.value.suggested_filename.startswith("台账-")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.max_row == 2
    with page.expect_download() as waiting:  # the page stays, and the next button works at once
        page.get_by_role("button", name="带称呼和电话").click()
    waiting.value.save_as(tmp_path / "b.xlsx")
    heads = [cell.value for cell in openpyxl.load_workbook(tmp_path / "b.xlsx").active[1]]
    assert heads[-2:] == ["称呼", "电话"]
    assert AuditEntry.objects.filter(action="ledger_exported").count() == 2


def test_a_long_list_shows_its_progress_until_the_file_is_there(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 1)
    handed: list[int] = []
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda args, **kwargs: handed.append(args[0]))
    for _ in range(3):
        matter(world, State.ASSIGNED)
    page = visit("/desk/opinions/?group=all", user=world.clerk, width=360)
    page.get_by_role("button", name="导出 Excel").click()
    page.get_by_text("排着队").wait_for()
    assert faults_at(page, (360,)) == []
    tasks.make_export(handed[0])
    link = page.get_by_role("link", name="下载 Excel")
    link.wait_for()
    assert page.get_by_text("导出了 3 件。").is_visible()
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("script", [True, False])
def test_an_older_ledger_from_file_to_matters(visit: Visit, world: World, script: bool) -> None:
    bad = list(DONE)
    bad[0], bad[1] = 9, "2023.13.1"
    page = visit("/desk/ledger/", user=world.clerk, width=1440, script=script)
    page.get_by_label("文件（.xlsx").set_input_files(file("旧台账.xlsx", book([["台账"], HEAD, DONE, SPOT, bad])))
    page.get_by_role("button", name="上传，先看一遍").click()
    page.get_by_text("第 5 行 收到日期：看不懂“2023.13.1”").wait_for()
    assert Opinion.objects.count() == 0
    page.get_by_role("link", name="有错，不办").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="导入这 2 件").click()
    page.get_by_text("导入了 2 件").wait_for()
    assert Opinion.objects.count() == 2


def test_a_strange_heading_is_matched_by_hand_and_remembered(visit: Visit, world: World) -> None:
    strange = book([["何时", "何事"], ["2026-3-1", "路灯不亮"]])
    page = visit("/desk/ledger/", user=world.clerk, width=360)
    page.get_by_label("文件（.xlsx").set_input_files(file("a.xlsx", strange))
    page.get_by_role("button", name="上传，先看一遍").click()
    assert page.get_by_role("alert").inner_text().strip().startswith("还没有说哪一栏")
    page.get_by_label("何时").select_option("created")
    page.get_by_label("何事").select_option("body")
    page.get_by_role("button", name="按这样再看一遍").click()
    page.get_by_role("button", name="导入这 1 件").click()
    page.get_by_text("导入了 1 件").wait_for()
    page.get_by_role("link", name="回去").click()
    page.get_by_label("文件（.xlsx").set_input_files(file("b.xlsx", strange))
    page.get_by_role("button", name="上传，先看一遍").click()
    assert page.get_by_text("以前导入过").is_visible()


def test_a_unit_answers_in_a_batch(visit: Visit, world: World, tmp_path: Path) -> None:
    matter(world, State.ASSIGNED)
    page = visit("/desk/opinions/", user=world.handler, width=1440)
    page.get_by_role("link", name="成批答复").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载清单").click()
    waiting.value.save_as(tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.max_row == 2
    answers = filled(world.handler, {2: ("已解决", None, "三盏灯都修好了。")})
    for said in ("答复了 1 件。", None):
        page.goto(page.url.split("/desk/")[0] + "/desk/answers/")
        page.get_by_label("文件（.xlsx").set_input_files(file("答复.xlsx", answers))
        page.get_by_role("button", name="上传，先看一遍").click()
        if said is None:
            assert page.get_by_text("这份答复已经交过").is_visible()
            assert page.get_by_text("没有可以办的行").is_visible()
        else:
            page.get_by_role("button", name="答复这 1 件").click()
            page.get_by_text(said).wait_for()
    assert Reply.objects.get().body == "三盏灯都修好了。"


def test_papers_are_fetched_from_the_matter_s_page(visit: Visit, world: World, tmp_path: Path) -> None:
    opinion = matter(world, State.FED_BACK)
    page = visit(opinion.get_absolute_url(), user=world.clerk, width=1440)
    for label in ("选民接待登记表", "交办单", "答复函", "满意度测评表"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=re.compile(rf"下载\s*{label}")).click()
        waiting.value.save_as(tmp_path / "a.docx")
        assert Document(str(tmp_path / "a.docx")).core_properties.title == label
    page.get_by_text("带姓名和电话下载").click()
    page.get_by_label("为什么要写上姓名和电话").fill("要邮寄答复")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="答复函").click()
    waiting.value.save_as(tmp_path / "b.docx")
    assert "田大山：" in [paragraph.text for paragraph in Document(str(tmp_path / "b.docx")).paragraphs]


def test_the_county_changes_a_template_and_back(visit: Visit, world: World) -> None:
    own = Document()
    own.add_paragraph("{{ unit }} {{ nonsense }}")
    written = io.BytesIO()
    own.save(written)
    page = visit("/desk/papers/", user=world.county_staff, width=1440)
    panel = page.locator("#p-assignment")
    panel.get_by_label("换成自己的模板").set_input_files(file("a.docx", written.getvalue()))
    panel.get_by_role("button", name="换模板").click()
    assert "“nonsense”不是交办单的名称" in panel.get_by_role("alert").inner_text()
    own.paragraphs[0].text = "{{ unit }}"
    written = io.BytesIO()
    own.save(written)
    panel.get_by_label("换成自己的模板").set_input_files(file("a.docx", written.getvalue()))
    panel.get_by_role("button", name="换模板").click()
    page.get_by_text("交办单换成新模板了").wait_for()
    panel.get_by_role("button", name="换回原来的模板").click()
    page.get_by_text("交办单换回原来的模板了").wait_for()
    assert PaperTemplate.objects.filter(ended_at=None).count() == 0


def test_the_pages_are_quiet_at_every_width(visit: Visit, world: World) -> None:
    opinion = matter(world, State.FED_BACK)
    matter(world, State.ASSIGNED)
    found: list[str] = []
    pages = [
        (world.clerk, ["/desk/opinions/?group=all", opinion.get_absolute_url(), "/desk/ledger/"]),
        (world.handler, ["/desk/opinions/?group=all", "/desk/answers/"]),
        (world.county_staff, ["/desk/papers/"]),
    ]
    for user, addresses in pages:
        page = visit(addresses[0], user=user)
        for address in addresses:
            page.goto(page.url.split("/desk/")[0] + address)
            for folded in page.locator("details").all():
                folded.evaluate("(element) => { element.open = true }")
            found += [f"{user} {address} {fault}" for fault in faults_at(page)]
    assert found == []


def test_the_preview_is_quiet_at_every_width(visit: Visit, world: World) -> None:
    bad = ["9", "2023.13.1", "田", "123", "西街", "长" * 400, "法院", "已办", "昨天", "好", "好"]
    page = visit("/desk/ledger/", user=world.clerk)
    page.get_by_label("文件（.xlsx").set_input_files(file("a.xlsx", book([HEAD, DONE, SPOT, bad, *[SPOT] * 60])))
    page.get_by_role("button", name="上传，先看一遍").click()
    page.get_by_text("先看一遍，还没写进系统").wait_for()
    page.locator("details.match").evaluate("(element) => { element.open = true }")
    assert faults_at(page) == []
    started = time.monotonic()
    page.reload()
    assert time.monotonic() - started < 5
