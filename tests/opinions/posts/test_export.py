"""The list as a spreadsheet: the same rows, nobody's name, the county without the station's words, no formula."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry
from tests.opinions.posts.test_views import LIST, SECRETS, now_written
from tests.opinions.posts.world import KINDS
from tests.world import World

EXPORT = "/desk/posts/export/"
ABOUT = (
    "日期", "站点", "哪个岗", "什么事", "在岗代表", "谈得怎么样", "哪天回访", "回访结果", "村（社区）", "具体在哪里",
    "谁能受益", "想听结果", "转成意见", "状态",
)  # fmt: skip
SAID = ("怎么说的", "帮填几张表", "哪几张表", "哪位律师", "让他再去", "具体去哪里")


def sheet(client: Any, query: str = "") -> list[tuple[Any, ...]]:
    answer = client.post(EXPORT + query)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    return list(load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))


def test_the_station_gets_all_words_and_no_person(world: World, at_desk: Any) -> None:
    for kind in KINDS:
        now_written(world, kind)
    head, *rows = sheet(at_desk())
    assert head == (*ABOUT, *SAID)
    assert [row[2] for row in rows] == ["民生项目征集", "法律服务", "矛盾化解", "信息服务"]
    idea, legal, mediation, information = (dict(zip(head, row, strict=True)) for row in rows)
    assert (idea["村（社区）"], idea["谁能受益"], idea["想听结果"]) == ("东街社区", "三百来户", "想")
    assert (legal["哪位律师"], legal["让他再去"]) == ("何知秋", "法律援助中心")
    assert (mediation["谈得怎么样"], mediation["状态"]) == ("谈拢了", "等回访")
    assert (information["帮填几张表"], information["怎么说的"]) == (1, "满八十岁，拿户口本到民政窗口")
    assert not [secret for secret in SECRETS if secret in repr(rows)]


@pytest.mark.parametrize("who", ["county_staff", "leader"])
def test_the_county_gets_what_it_is_about(world: World, at_desk: Any, who: str) -> None:
    now_written(world, "MEDIATION")
    head, row = sheet(at_desk(who))
    assert head == ABOUT
    assert "两家为滴水檐争地界" in row
    assert "檐口各退" not in repr(row)


def test_the_sheet_is_the_list_of_the_address(world: World, at_desk: Any) -> None:
    now_written(world, "LEGAL")
    now_written(world, "PROJECT")
    assert len(sheet(at_desk())) == 3
    assert len(sheet(at_desk(), "?kind=PROJECT")) == 2
    assert len(sheet(at_desk("rep"), "?kind=LEGAL")) == 2
    empty = at_desk().post(f"{EXPORT}?kind=MEDIATION")
    assert (empty.status_code, empty["Location"]) == (302, f"{LIST}?kind=MEDIATION")


def test_no_cell_runs_as_a_formula(world: World, at_desk: Any) -> None:
    wicked = '=HYPERLINK("http://a")'
    now_written(world, subject=wicked, answer="+1+1", form_names="@SUM(A1)")
    answer = at_desk().post(EXPORT)
    found = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    texts = {cell.value: cell.data_type for row in found.iter_rows() for cell in row if cell.value in (wicked, "+1+1")}
    assert texts == {wicked: "s", "+1+1": "s"}


def test_an_export_leaves_a_line_and_is_asked_for_by_a_button(world: World, at_desk: Any) -> None:
    now_written(world)
    client = at_desk()
    assert client.get(f"{EXPORT}?kind=LEGAL&page=2")["Location"] == f"{LIST}?kind=LEGAL"
    assert not AuditEntry.objects.filter(action="posts_exported").exists()
    sheet(client, "?kind=INFORMATION&q=高龄")
    line = AuditEntry.objects.get(action="posts_exported")
    assert line.detail == {"filters": "哪个岗：信息服务；什么事：（不记原文）", "rows": 1}
    assert "导出 Excel" in client.get(LIST).content.decode()


def test_whoever_reads_nothing_exports_nothing(world: World, at_desk: Any) -> None:
    now_written(world)
    for who in ("handler", "grid", "admin"):
        assert at_desk(who).post(EXPORT).status_code == 403
    assert at_desk("other_clerk").post(EXPORT).status_code == 302
