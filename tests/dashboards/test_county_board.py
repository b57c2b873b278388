"""The county board: who may open it, that every number is confirmed by its list, and that it stays cheap."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards import county_board
from dashboards.county_board import Heat
from dashboards.county_scope import span_of
from dashboards.templatetags import county_rows
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.states import State
from opinions.views.register import page_of
from stations.models import Station
from tests.world import START, World, make_user, make_world

NOW = START + timedelta(days=30)
RATINGS = ("SATISFIED",) * 7 + ("FAIR", "DISSATISFIED", "", "")


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


@pytest.fixture
def busy(world: World) -> World:
    """Eleven answered matters, two running and late, one declined, one elsewhere."""
    for number, rating in enumerate(RATINGS):
        row = world.opinion(State.FED_BACK, at=START + timedelta(minutes=20 * number))
        if rating:
            at = row.changed_at + timedelta(minutes=5)
            workflow.rate(row.pk, actor=RESIDENT, at=at, solved="YES", satisfaction=rating)
    for _ in range(2):
        world.opinion(State.HANDLING)
    world.opinion(State.DECLINED)
    world.submit(station=world.other_station)
    return world


@pytest.fixture
def county(client: Client, world: World) -> Client:
    client.force_login(world.county_staff)
    return client


def board_at(client: Client, query: str = "", path: str = "/county/") -> Any:
    with time_machine.travel(NOW, tick=False):
        return client.get(path + query)


def list_length(client: Client, address: str) -> int:
    with time_machine.travel(NOW, tick=False):
        page = client.get(unescape(address))
    assert page.status_code == 200
    assert page.context["more"]["is_valid"]
    return int(page.context["page"].total)


@pytest.mark.parametrize("who", ["county_staff", "leader"])
def test_county_staff_and_leaders_see_it(client: Client, world: World, who: str) -> None:
    client.force_login(getattr(world, who))
    assert board_at(client).status_code == 200


@pytest.mark.parametrize("who", ["clerk", "town_staff", "handler", "rep", "grid", "admin", "security", "audit"])
@pytest.mark.parametrize("path", ["/county/", "/county/export.xlsx"])
def test_everybody_else_is_refused(client: Client, world: World, who: str, path: str) -> None:
    client.force_login(getattr(world, who))
    assert board_at(client, path=path).status_code == 403


def test_a_visitor_is_sent_to_sign_in(client: Client, world: World) -> None:
    page = board_at(client)
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_another_countys_staff_see_only_their_own(client: Client, busy: World) -> None:
    client.force_login(make_user("elsewhere", "COUNTY_STAFF", region_code="411626"))
    page = board_at(client)
    assert page.context["board"].now.received == 0
    assert page.context["board"].stations == []
    assert "洺南" not in page.content.decode()


def test_the_tiles_say_what_happened(county: Client, busy: World) -> None:
    tiles = {tile.key: tile.figure for tile in board_at(county).context["board"].tiles}
    assert tiles["received"].value == "15"
    assert (tiles["timely"].value, tiles["timely"].base) == ("76.9", "10 / 13 件")
    assert (tiles["satisfied"].value, tiles["satisfied"].base) == ("—", "8 / 9 件")
    assert tiles["took_part"].value == "81.8"
    assert tiles["again"].value == "9.1"


@pytest.mark.parametrize("query", ["", "?period=month", "?period=12m", "?period=all", "?town=411625001"])
def test_every_tile_is_confirmed_by_its_list(county: Client, busy: World, query: str) -> None:
    board = board_at(county, query).context["board"]
    for tile, measure in zip(board.tiles, county_board.MEASURES, strict=True):
        if measure.rate is None:
            assert list_length(county, tile.figure.url) == board.now.received
        else:
            rate = measure.rate(board.now)
            assert list_length(county, tile.figure.url) == rate.part, tile.key
            assert list_length(county, tile.figure.base_url) == rate.base, tile.key


def test_every_table_number_is_confirmed_by_its_list(county: Client, busy: World) -> None:
    board = board_at(county).context["board"]
    for row in board.stations:
        assert list_length(county, row.url) == row.counts.received
        for measure in county_board.MEASURES[1:]:
            assert list_length(county, row.figures[measure.key].url) == measure.rate(row.counts).part  # type: ignore[misc]
    for unit in board.units:
        assert list_length(county, unit.url) == unit.counts.received
        assert list_length(county, unit.timely.url) == unit.counts.in_time
    for town in board.towns:
        assert list_length(county, town.url) == town.received
    for _, total, url, cells in board.heat.rows:
        assert list_length(county, url) == total
        assert sum(number for number, _, _ in cells) == total
        assert all(list_length(county, link) == number for number, _, link in cells if number)
    assert list_length(county, board.heat.unsorted_url) == board.heat.unsorted == 2
    for month in board.months:
        assert list_length(county, month.url) == month.counts.received
        for measure in county_board.MEASURES[1:]:
            part = measure.rate(month.counts).part  # type: ignore[misc]
            assert list_length(county, month.figures[measure.key].url) == part


def test_a_category_narrows_board_and_lists_alike(county: Client, busy: World) -> None:
    board = board_at(county, f"?category={busy.category.parent_id}").context["board"]
    assert board.now.received == 13
    assert list_length(county, board.tiles[0].figure.url) == 13


def test_a_town_shows_its_own_stations_only(county: Client, busy: World) -> None:
    board = board_at(county, "?town=411625101").context["board"]
    assert [row.code for row in board.stations] == ["wutai"]
    assert board.now.received == 1
    assert [town.name for town in board.towns] == ["吴台镇"]


@pytest.mark.parametrize(
    "query", ["?town=999999999", "?town=4116251%27--", "?category=abc", "?period=forever", "?category=999999"]
)
def test_an_unusable_filter_shows_nothing_and_says_so(county: Client, busy: World, query: str) -> None:
    page = board_at(county, query)
    assert page.status_code == 200
    assert page.context["board"].now.received == 0
    assert "地址里有一项条件用不了" in page.content.decode()


def test_percentages_over_few_cases_are_not_shown(county: Client, world: World) -> None:
    row = world.opinion(State.FED_BACK)
    workflow.rate(row.pk, actor=RESIDENT, at=START + timedelta(hours=1), solved="YES", satisfaction="SATISFIED")
    page = board_at(county)
    html = page.content.decode()
    assert "1 / 1 件" in html
    assert not re.search(r'data-figure="satisfied">100', html)
    assert page.context["chart"]["stations"] == ""


def test_statements_do_not_grow_with_rows(county: Client, busy: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert board_at(county).status_code == 200
        return len(seen)

    statements()  # the first asks for what the process keeps: calendar, editable numbers
    few = statements()
    for number in range(5):
        world_station = Station.objects.create(code=f"s{number}", name=f"{number} 号融合站点", region=busy.other_town)
        busy.submit(station=world_station)
        busy.opinion(State.CLOSED)
    assert statements() == few <= 16


@pytest.mark.parametrize("sort", ["received", "-received", "timely", "-satisfied", "name", "moved", "-moved", "again"])
def test_stations_can_be_sorted(county: Client, busy: World, sort: str) -> None:
    page = board_at(county, f"?sort={sort}")
    html = page.content.decode()
    assert 'aria-sort="descending"' in html if sort.startswith("-") else 'aria-sort="ascending"' in html
    assert len(page.context["board"].stations) == 2


def test_sorting_by_number_puts_most_first_when_asked(county: Client, busy: World) -> None:
    up = [row.counts.received for row in board_at(county, "?sort=received").context["board"].stations]
    down = [row.counts.received for row in board_at(county, "?sort=-received").context["board"].stations]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


def test_an_unknown_sort_is_the_default(county: Client, busy: World) -> None:
    assert board_at(county, "?sort=;drop").context["scope"].sort == "timely"


def test_shells_are_named_with_what_is_missing(county: Client, busy: World) -> None:
    html = board_at(county).content.decode()
    assert "没有站长，没有代表进站" in html
    assert "空壳" in html


def test_the_page_carries_no_inline_script_or_style(county: Client, busy: World) -> None:
    html = board_at(county).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)


def test_nothing_at_all_still_makes_a_page(county: Client, world: World) -> None:
    page = board_at(county)
    assert page.status_code == 200
    assert "还没有站点够 10 件" in page.content.decode()


def test_the_workbook_shows_the_same_numbers(county: Client, busy: World) -> None:
    response = board_at(county, "?period=year", path="/county/export.xlsx")
    assert "county-2026-01-01-2026-04-24.xlsx" in response["Content-Disposition"]
    book = openpyxl.load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["总览", "站点", "责任单位", "类别和乡镇", "按月"]
    stations = {row[0]: row[2] for row in book["站点"].iter_rows(min_row=2, values_only=True)}
    assert stations == {"洺南街道": 14, "吴台镇": 1}
    overview = {row[0]: row[1] for row in book["总览"].iter_rows(min_row=2, values_only=True)}
    assert overview["收到意见"] == 15
    assert overview["按期答复"] == 76.9
    assert overview["评了的人里满意"] is None


def test_no_cell_of_the_workbook_is_a_formula(county: Client, busy: World) -> None:
    Station.objects.filter(pk=busy.station.pk).update(name="=1+1融合站点", head="=cmd|' /C calc'!A0")
    book = openpyxl.load_workbook(BytesIO(board_at(county, path="/county/export.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.value == "=1+1" for cell in cells)


@pytest.mark.parametrize(
    ("period", "today", "since", "before"),
    [
        ("month", date(2026, 3, 25), date(2026, 3, 1), (date(2026, 2, 1), date(2026, 2, 25))),
        ("month", date(2026, 3, 31), date(2026, 3, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        ("month", date(2026, 1, 5), date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 5))),
        ("year", date(2026, 3, 25), date(2026, 1, 1), (date(2025, 1, 1), date(2025, 3, 25))),
        ("year", date(2028, 2, 29), date(2028, 1, 1), (date(2027, 1, 1), date(2027, 2, 28))),
        ("12m", date(2026, 3, 25), date(2025, 3, 26), (date(2024, 3, 26), date(2025, 3, 25))),
    ],
)
def test_spans_and_what_they_are_compared_with(
    period: str, today: date, since: date, before: tuple[date, date]
) -> None:
    span = span_of(period, today)
    assert (span.since, span.until) == (since, today)
    assert (span.before_since, span.before_until) == before


def test_a_spark_line_passes_over_months_without_value() -> None:
    line, before, end = county_board.spark([None] * 12, [None, 10.0, None, 20.0, *[None] * 8])
    assert len(line.split()) == 2
    assert before == ""
    assert end is not None
    assert end[1] == county_board.SPARK_TOP
    assert county_board.spark([None] * 12, [None] * 12) == ("", "", None)


def test_the_list_counts_all_rows_of_a_figure(busy: World) -> None:
    assert page_of(Opinion.objects.all(), "").total == 15


def test_a_telephone_shows_the_three_hottest_towns_of_a_subject() -> None:
    cells = [(4, "h1c", "?a"), (0, "h0", ""), (9, "h3c", "?b"), (1, "h0", "?c"), (4, "h1c", "?d")]
    drawn = county_rows.county_heat(Heat(["甲", "乙", "<丙>", "丁", "戊"], [("路灯", 18, "?x", cells)], 0, ""))
    assert re.findall(r'<td class="([^"]*)"', drawn) == ["h1c", "h0 few", "h3c", "h0 few", "h1c", "sum"]
    assert re.findall(r'data-town="([^"]*)"', drawn) == ["甲", "&lt;丙&gt;", "丁", "戊", "合计"]
