"""The register of the yearly list: each filter keeps exactly its rows, and the files hold what is shown."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from openpyxl import load_workbook

from accounts.models import AuditEntry
from projects.polls.models import Verdict
from projects.states import State
from projects.works import papers
from projects.works.measure import Light
from projects.works.models import Work
from stations.models import Unit
from tests.projects.works.heap import LATE, LATER, SOON, TODAY, build, poll, wish
from tests.world import World, make_world

LIST = "/desk/projects/works/"
LIGHTS = {Light.LATE: LATE, Light.SOON: SOON, Light.ON_TIME: LATER}
IMPORTED = (
    "项目名称", "建设内容", "建设地点", "乡镇", "责任单位", "责任领导职务", "资金（万元）", "资金来源", "受益人数",
    "计划开工", "计划完工",
)  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def rows(world: World) -> dict[str, Work]:
    """One project for each thing that can be asked for."""
    other = {"unit": Unit.objects.get(code="shuili")}
    found = {f"light {light}": build(world, due=day) for light, day in LIGHTS.items()}
    found |= {f"stage {state}": build(world, state) for state in (State.ADOPTED, State.BALLOTED, State.COMPLETED)}
    return found | {
        "aside": build(world, State.SHELVED),
        "again": build(world, State.POOLED),  # put aside once, and back in the pool: on no list
        "town": build(world, region=world.other_town),
        "village": build(world, region=world.village),
        "county": build(world, region=world.county),
        "unit": build(world, plan=other),
        "year": build(world, year=2025),
        "words": build(world, title="老城区换水管"),
        "funds": build(world, plan={"funds": Decimal(820)}),
    }


def asked(world: World, query: str = "", who: str = "county_staff") -> Any:
    client = Client()
    client.force_login(world.users[who])
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=False):
        return client.get(f"{LIST}?{query}")


def shown(page: Any, rows: dict[str, Work]) -> set[str]:
    numbers = {row["summary"].work.pk for row in page.context["rows"]}
    assert page.context["page"].paginator.count == len(numbers)
    return {name for name, work in rows.items() if work.pk in numbers}


def test_each_filter_keeps_exactly_its_rows(world: World, rows: dict[str, Work]) -> None:
    listed = set(rows) - {"aside", "again"}
    water = rows["unit"].unit_id
    expected = {
        "": listed, "year=2025": {"year"}, "year=2026": listed - {"year"}, "town=411625101": {"town"},
        "town=411625": {"county"}, "town=411625001": listed - {"town", "county"}, f"unit={water}": {"unit"},
        "stage=SHELVED": {"aside"}, "stage=ADOPTED": {"stage ADOPTED"}, "stage=BALLOTED": {"stage BALLOTED"},
        "q=水管": {"words"}, "q=人行道 一百 小学": listed, "q=没有的": set(),
        "least=100": {"funds"}, "most=38.49": set(), "least=38.5&most=38.5": listed - {"funds"},
        "light=LATE": {"light LATE"}, "light=SOON": {"light SOON"}, "light=DONE": {"stage COMPLETED"},
        "light=LATE&stage=ADOPTED": set(), "poll=none": {"stage COMPLETED"}, "page=99": listed,
    }  # fmt: skip
    assert {query: shown(asked(world, query), rows) for query in expected} == expected


def test_the_head_confirms_how_many_and_how_much(world: World, rows: dict[str, Work]) -> None:
    page = asked(world, "year=2026")
    assert page.context["funds"] == "1,243.5"
    assert '资金 <span class="num">1,243.5</span> 万元' in page.content.decode()
    assert asked(world, "q=没有的").context["funds"] == "0"


def test_a_light_that_is_asked_for_is_the_light_that_is_shown(world: World, rows: dict[str, Work]) -> None:
    found = {light: {row["summary"].light for row in asked(world, f"light={light}").context["rows"]} for light in Light}
    assert found == {light: {light} for light in Light}


@pytest.mark.parametrize(
    "query",
    ["year=1999", "town=x", "town=999999", "unit=0", "stage=IDEA", "light=RED", "poll=x", "least=-1", "most=1e400",
     "least=NaN", "least=many"],
)  # fmt: skip
def test_what_cannot_be_asked_shows_nothing_and_says_so(world: World, query: str) -> None:
    build(world)
    page = asked(world, query)
    assert page.status_code == 200
    assert page.context["rows"] == []
    assert "地址里有一项条件用不了" in page.content.decode()


def test_a_poll_counts_by_its_newest(world: World) -> None:
    states = {
        "good": (State.EVALUATED, Verdict.GOOD), "mending": (State.RECTIFYING, Verdict.BAD),
        "again": (State.COMPLETED, Verdict.BAD), "few": (State.COMPLETED, Verdict.FEW),
        "running": (State.COMPLETED, ""),
    }  # fmt: skip
    works = {key: build(world, state) for key, (state, _) in states.items()}
    for key, (_, verdict) in states.items():
        if key == "good":
            poll(world, works[key], Verdict.BAD)
        poll(world, works[key], verdict, number=2)
    works["none"] = build(world, State.COMPLETED)
    build(world, State.BUILDING)
    assert {key: shown(asked(world, f"poll={key}"), works) for key in works} == {key: {key} for key in works}


def test_whoever_opens_a_row_comes_back_to_where_he_was(world: World) -> None:
    for _ in range(31):
        work = build(world)
    page = asked(world, "year=2026&page=2&other=1")
    assert f'href="{work.get_absolute_url()}?year=2026&amp;page=2"' in page.content.decode()
    client = Client()
    client.force_login(world.county_staff)
    opened = client.get(f"{work.get_absolute_url()}?year=2026&page=2&other=1").content.decode()
    assert f'href="{LIST}?year=2026&amp;page=2"' in opened


def test_thirty_cost_as_much_as_one_and_little(world: World, client: Client) -> None:
    client.force_login(world.county_staff)
    client.get(LIST)  # what a session's first page asks once
    counts = []
    for more in (1, 29):
        for _ in range(more):
            build(world)
        with time_machine.travel(f"{TODAY} 10:00+08:00", tick=False), CaptureQueriesContext(connection) as seen:
            page = client.get(f"{LIST}?year=2026&light=ON_TIME")
        assert len(page.context["rows"]) == Work.objects.count()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5 + 7  # who looks and what is unread; then the page's own


def post(world: World, tail: str, query: str = "", who: str = "county_staff") -> Any:
    client = Client()
    client.force_login(world.users[who])
    with time_machine.travel(f"{TODAY} 10:00+08:00", tick=False):
        return client.post(f"{LIST}{tail}?{query}")


def test_the_sheet_holds_what_is_shown_under_the_heads_a_list_is_read_by(world: World) -> None:
    build(world, title="=1+1", region=world.village, plan={"place": "@东街", "leader_post": "-副县长"})
    build(world, year=2025)
    answer = post(world, "excel/", "year=2026")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    heads, *rows = list(sheet.iter_rows(values_only=True))
    assert heads[: len(IMPORTED)] == IMPORTED
    assert len(rows) == 1
    row = dict(zip(heads, rows[0], strict=True))
    assert (row["项目名称"], row["建设地点"], row["乡镇"], row["责任单位"]) == (
        "=1+1",
        "@东街",
        "洺南街道",
        "郸城县城管局",
    )
    assert (row["资金（万元）"], row["受益人数"], row["计划完工"].date()) == (38.5, 800, LATER)
    assert (row["阶段"], row["进度"], row["灯号"], row["下一节点"]) == ("实施", "70%", "按时", "第 2 段")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "d"}
    whole = str(rows)
    assert "田大山" not in whole
    assert "1380000" not in whole
    assert AuditEntry.objects.get(action="works_exported").detail == {"count": 1, "filters": "year", "what": "xlsx"}


def test_the_printed_list_holds_the_same_rows_and_their_sum(world: World) -> None:
    build(world, title="=1+1")
    build(world, plan={"funds": Decimal("820"), "beneficiaries": None})
    document = Document(BytesIO(post(world, "word/", "year=2026", "leader").content))
    (grid,) = document.tables
    lines = [[cell.text for cell in row.cells] for row in grid.rows]
    assert lines[0] == [heading for heading, _, _ in papers.TABLE]
    assert [line[1] for line in lines[1:]] == ["=1+1", "修一条路"]
    assert lines[2][5:8] == ["820", "县财政", ""]
    assert lines[1][8] == "2026 年 6 月 1 日至\n8 月 30 日"
    words = "".join(part.text for part in document.paragraphs)
    assert words == "2026 年民生实事项目清单共 2 件，计划资金 858.5 万元。"
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)  # type: ignore[union-attr]
    assert "田大山" not in words + str(lines)


def test_a_list_of_several_years_names_none(world: World) -> None:
    build(world)
    build(world, year=2025)
    document = Document(BytesIO(post(world, "word/").content))
    assert document.paragraphs[0].text == "民生实事项目清单"


def test_nothing_is_no_file_and_an_address_alone_makes_none(world: World) -> None:
    wish(world)
    for tail in ("word/", "excel/"):
        assert post(world, tail, "q=x")["Location"] == f"{LIST}?q=x"
        client = Client()
        client.force_login(world.county_staff)
        assert client.get(f"{LIST}{tail}?year=2026&x=1")["Location"] == f"{LIST}?year=2026"
        client.force_login(world.users["grid"])
        assert client.post(f"{LIST}{tail}").status_code == 403
    assert not AuditEntry.objects.filter(action="works_exported").exists()


def test_a_file_holds_only_what_one_sees(world: World) -> None:
    build(world, title="洺南的路")
    build(world, title="吴台的路", region=world.other_town)
    sheet = load_workbook(BytesIO(post(world, "excel/", who="town_staff").content)).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["洺南的路"]


def test_the_kept_template_is_the_drawn_one(tmp_path: Path) -> None:
    papers.draw_original(tmp_path / "list.docx")
    kept, drawn = (
        [[cell.text for cell in row.cells] for row in Document(str(path)).tables[0].rows]
        for path in (papers.ORIGINAL, tmp_path / "list.docx")
    )
    assert kept == drawn


def test_what_was_put_aside_has_neither_light_nor_next_step(world: World) -> None:
    build(world, State.SHELVED, due=LATE)
    page = asked(world, "stage=SHELVED").content.decode()
    assert "暂缓" in page.split("<tbody>")[1]
    assert "拖期" not in page.split("<tbody>")[1]
    assert "第 2 段" not in page
    assert asked(world).context["rows"] == []


def test_a_unit_finds_its_own_and_is_offered_nothing_else(world: World) -> None:
    mine, other = build(world), build(world, plan={"unit": Unit.objects.get(code="gongdian")}, region=world.other_town)
    page = asked(world, who="handler")
    assert [row["summary"].work.pk for row in page.context["rows"]] == [mine.pk]
    offered = page.content.decode()
    assert "县供电公司" not in offered
    assert "吴台镇" not in offered
    assert asked(world, f"unit={other.unit_id}", who="handler").context["rows"] == []


def test_what_is_unfinished_comes_first_and_of_it_what_ends_first(world: World) -> None:
    done = build(world, State.COMPLETED)
    later = build(world)
    sooner = build(world, plan={"ends_on": SOON, "first_ends_on": SOON})
    rows = asked(world).context["rows"]
    assert [row["summary"].work.pk for row in rows] == [sooner.pk, later.pk, done.pk]


def test_words_that_look_like_patterns_are_words(world: World) -> None:
    build(world, title="完成 100% 的路")
    build(world, title="下划线_的路")
    assert [row["idea"].title for row in asked(world, "q=100%25").context["rows"]] == ["完成 100% 的路"]
    assert [row["idea"].title for row in asked(world, "q=_").context["rows"]] == ["下划线_的路"]
    assert len(asked(world, "q=路").context["rows"]) == 2
    assert asked(world, "q=" + "路" * 101).context["rows"] == []
