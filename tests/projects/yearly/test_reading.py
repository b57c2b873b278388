"""What every row of a list would become, and what is said beside a cell that cannot be understood."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.workflow import BadInput
from opinions.ledger.lines import Line, Verdict
from projects.models import ProjectIdea
from projects.states import State
from projects.yearly import importing
from projects.yearly.columns import BY_WORD, MEANINGS
from tests.opinions.ledger.books import book
from tests.projects.yearly.conftest import HEADINGS, ROAD, WATER, Office


def cell(line: Line, label: str) -> tuple[str, str]:
    """What was understood of a cell, and what is wrong with it."""
    return next((one.seen, one.error) for one in line.cells if one.label == label)


def test_a_list_under_a_title_with_other_headings_is_understood(office: Office) -> None:
    road, water = office.lines()
    assert (road.number, road.verdict, water.verdict) == (4, Verdict.READY, Verdict.READY)
    plan, world = road.ready.plan, office.hall.world
    assert (road.ready.title, road.ready.region, plan.unit) == (ROAD[1], world.town, world.unit)
    assert (plan.scope, plan.leader_post, plan.funds) == (ROAD[2], "分管副县长", Decimal("38.5"))
    assert (plan.starts_on, plan.ends_on, plan.beneficiaries) == (date(2026, 3, 1), date(2026, 9, 30), 800)
    assert [(step.title, step.due_on) for step in plan.steps] == [("完工", date(2026, 9, 30))]
    assert (water.ready.region, water.ready.plan.funds) == (world.other_town, Decimal(12000))


def test_what_was_understood_is_shown(office: Office) -> None:
    road, water = office.lines()
    assert cell(road, "计划完工") == ("2026 年 9 月 30 日", "")
    assert cell(water, "计划开工") == ("没写，按 2026 年 1 月 1 日", "")
    assert cell(water, "资金（万元）") == ("12,000 万元", "")
    assert cell(water, "责任单位") == ("郸城县水利局", "")
    assert cell(water, "乡镇") == ("吴台镇", "")
    assert cell(water, "进展节点") == ("没写，只有“完工”一个", "")


@pytest.mark.parametrize(
    ("cells", "label", "said"),
    [
        ({"项目名称": ""}, "项目名称", "是空的"),
        ({"项目名称": "长" * 81}, "项目名称", "有 81 个字"),
        ({"主要内容": ""}, "建设内容", "是空的"),
        ({"主要内容": "长" * 401}, "建设内容", "最多 400 个字"),
        ({"牵头单位": "县教育局"}, "责任单位", "没有“县教育局”这个单位"),
        ({"牵头单位": "县城管局、县水利局"}, "责任单位", "对上了 2 个单位：县城管局、县水利局"),
        ({"牵头单位": "郸城县"}, "责任单位", "个单位："),
        ({"责任领导": "麦知秋"}, "责任领导职务", "只写职务"),
        ({"投资": ""}, "资金（万元）", "不花钱的写 0"),
        ({"投资": "待定"}, "资金（万元）", "看不懂“待定”"),
        ({"投资": "99999999999"}, "资金（万元）", "单位是元还是万元"),
        ({"所在乡镇": "李楼乡"}, "乡镇", "没有“李楼乡”这个乡镇"),
        ({"受益人口": "全县"}, "受益人数", "看不懂“全县”"),
        ({"开工时间": "开春"}, "计划开工", "看不懂“开春”"),
        ({"完成时限": "2026年2月"}, "计划完工", "在开工以前"),
    ],
)
def test_each_fault_is_said_at_its_cell(office: Office, cells: dict[str, Any], label: str, said: str) -> None:
    line = office.one(**cells)
    assert (line.verdict, line.ready) == (Verdict.BAD, None)
    assert said in cell(line, label)[1]
    assert line.sentences == [f"第 4 行 {label}：{cell(line, label)[1]}"]


@pytest.mark.parametrize(
    ("town", "place", "code"),
    [
        ("洺南街道", "", "411625001"),
        ("洺南", "", "411625001"),
        ("洺南街道办事处", "", "411625001"),
        ("吴台镇、洺南街道", "", "411625"),
        ("全县", "吴台镇", "411625"),
        ("", "吴台镇王寨村", "411625101"),
        ("", "吴台镇到洺南街道", "411625"),
        ("", "人民路", "411625"),
    ],
)
def test_a_place_is_a_town_or_the_whole_county(office: Office, town: str, place: str, code: str) -> None:
    assert office.one(所在乡镇=town, 建设地点=place).ready.region.pk == code


def test_a_day_that_the_sheet_itself_knows(office: Office) -> None:
    line = office.one(完成时限=datetime(2026, 10, 15), 开工时间=datetime(2026, 4, 1))
    assert (line.ready.plan.starts_on, line.ready.plan.ends_on) == (date(2026, 4, 1), date(2026, 10, 15))


def test_milestones_have_a_column_of_their_own(office: Office) -> None:
    headings = [*HEADINGS, "时间节点"]
    good, late = office.lines([*ROAD, "6月底前路基铺好；9月底前完工"], [*WATER, "2027年3月验收"], headings=headings)
    assert [(step.title, step.due_on.month) for step in good.ready.plan.steps] == [("路基铺好", 6), ("完工", 9)]
    assert "不在开工和完工之间" in cell(late, "进展节点")[1]


def test_headings_between_rows_and_sums_are_no_projects(office: Office) -> None:
    rows = office.lines(
        ("一、交通类（1 件）",), ROAD, ("", "合计", "", "", "", "", "", "38.5"), ("", "", "", "", "", "", "", 5)
    )
    assert [row.verdict for row in rows] == [Verdict.BLANK, Verdict.READY, Verdict.BLANK, Verdict.BLANK]


def test_a_heading_of_two_rows_is_understood_and_the_days_below_it_are_read(office: Office) -> None:
    table = [
        ("郸城县2026年民生实事",),
        ("序号", "项目名称", "建设内容", "资金（元）", "", "牵头单位", "责任领导", "建设时间", ""),
        ("", "", "", "总投资", "资金来源", "", "", "开工", "完工"),
        (1, "东街修路", "修路两公里", "385000", "县财政", "县城管局", "分管副县长", "3月份", "10月份"),
    ]
    [road] = importing.lines_of(office.bring(book(table)))
    assert (road.number, road.verdict) == (4, Verdict.READY)
    plan = road.ready.plan
    assert (plan.starts_on, plan.ends_on, plan.funds) == (date(2026, 3, 1), date(2026, 10, 31), Decimal("38.5"))
    assert plan.funds_source == "县财政"


@pytest.mark.parametrize(
    "sums",
    [
        ("", "合计（40项）", "", "", "", "", "", 99),
        ("合计", "", "共40项", "", "", "", "", 99),
        ("", "小计：3项", "", "", "", "", "", 5),
    ],
)
def test_a_sum_that_says_of_how_many_is_no_project(office: Office, sums: tuple[Any, ...]) -> None:
    assert office.lines(ROAD, sums)[1].verdict == Verdict.BLANK


def test_a_project_whose_name_begins_like_a_sum_is_looked_at(office: Office) -> None:
    assert office.one(项目名称="小计算机教室").verdict == Verdict.READY
    assert office.lines(ROAD, ("", "小计算机教室", "", "", "", "", "", 5))[1].verdict == Verdict.BAD


def test_an_empty_cell_is_said_to_be_merged_perhaps(office: Office) -> None:
    assert "合并过的单元格请拆开" in cell(office.one(牵头单位=""), "责任单位")[1]


def test_the_same_row_twice_and_two_rows_of_one_name(office: Office) -> None:
    again, other = office.lines(ROAD, ROAD)[1], office.lines(ROAD, [*ROAD[:2], "换个内容", *ROAD[3:]])[1]
    assert (again.verdict, again.note) == (Verdict.ALREADY, "和第 4 行一样")
    assert other.verdict == Verdict.BAD
    assert "请在名称里写明是哪里的" in cell(other, "项目名称")[1]


@pytest.mark.parametrize("state", [State.POOLED, State.LISTED, State.ADOPTED, State.BUILDING, State.WITHDRAWN])
def test_a_project_of_that_name_that_came_by_the_road_is_known(office: Office, state: str) -> None:
    row = office.hall.idea(State.POOLED)
    reason = {"title": ROAD[1], "year": 2026, "state": state}
    ProjectIdea.objects.filter(pk=row.pk).update(**reason)
    line = office.lines(ROAD)[0]
    if state == State.WITHDRAWN:
        assert line.verdict == Verdict.READY
    elif state in (State.ADOPTED, State.BUILDING):
        assert (line.verdict, line.note) == (Verdict.ALREADY, "2026 年的清单上已经有同名的")
    else:
        assert "储备库里有同名的" in cell(line, "项目名称")[1]


def test_a_list_without_a_column_that_must_be_there(office: Office) -> None:
    sheet = office.upload(ROAD[:5], headings=HEADINGS[:5])
    with pytest.raises(BadInput, match="责任单位、责任领导职务、资金（万元）"):
        importing.lines_of(sheet)


def test_a_column_is_put_right_by_hand(office: Office) -> None:
    headings = [*HEADINGS[:1], "叫什么", *HEADINGS[2:]]
    sheet = office.upload(ROAD, headings=headings)
    assert "title" not in sheet.columns
    importing.match(sheet, {**sheet.columns, "title": 1})
    sheet.refresh_from_db()
    assert importing.lines_of(sheet)[0].ready.title == ROAD[1]


def test_a_formula_is_its_value_and_never_run(office: Office) -> None:
    line = office.one(项目名称="=1+1")
    assert (line.verdict, "是空的" in cell(line, "项目名称")[1]) == (Verdict.BAD, True)


def test_no_two_columns_are_known_by_the_same_heading() -> None:
    words = [word for meaning in MEANINGS for word in (meaning.label, *meaning.words.split())]
    assert len(BY_WORD) == len(set(words)) == len(words)


def test_reading_costs_the_same_for_one_row_and_many(office: Office, django_assert_num_queries: Any) -> None:
    few = office.upload(ROAD)
    many = office.upload(*([number, f"{ROAD[1]}{number}", *ROAD[2:]] for number in range(30)))
    with django_assert_num_queries(4):
        importing.lines_of(few)
    with django_assert_num_queries(4):
        assert len(importing.lines_of(many)) == 30
