"""民生实事 as everybody opens it: the year's list above the pool, chosen by step, town and year."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from core.minute import Minute
from projects.states import State
from projects.workflow import open_campaign
from stations.models import Station
from tests.projects.board.conftest import Reader
from tests.projects.conftest import PLAN
from tests.projects.works.heap import LATE, build, wish
from tests.world import START, World


def test_without_a_list_the_page_says_so(world: World, reader: Reader) -> None:
    wish(world)
    page = reader.page()
    assert "年度项目还没有定" in page
    assert 'id="t-year"' not in page


def test_a_row_has_bar_shape_word_and_nothing_of_the_proposer(world: World, reader: Reader) -> None:
    work = build(world, due=LATE, title="东街铺路")
    page = reader.page()
    row = page.partition('<ul class="built">')[2].partition("</ul>")[0]
    assert f'href="/projects/{work.pk}/"' in row
    assert 'aria-label="做到 70%"' in row
    for words in ("东街铺路", "洺南街道", "县城管局", "70%", "拖期", "第 2 段，6 月 28 日"):
        assert words in row
    for hidden in ("田大山", "13800001234", "盼着修路"):
        assert hidden not in page


def test_steps_and_towns_are_chosen_together(world: World, reader: Reader) -> None:
    own, other = build(world), build(world, State.ADOPTED, region=world.other_town)
    assert reader.rows() == [own.pk, other.pk]
    assert reader.rows("stage=adopted") == [other.pk]
    assert reader.rows("town=411625001") == [own.pk]
    assert reader.rows("town=411625001&stage=adopted") == []
    assert reader.rows("town=nowhere") == [own.pk, other.pk]
    page = reader.page("town=411625001")
    assert "stage=building&amp;town=411625001" in page
    assert '<option value="411625001" selected>' in page
    assert "stage=adopted" not in page  # nothing stands there: no button that leads to nothing
    empty = reader.page("town=411625001&stage=adopted")
    assert "这里没有" in empty
    assert 'aria-current="true">列入年度' in empty


def test_whoever_comes_from_a_station_sees_its_town_first_and_may_leave_it(world: World, reader: Reader) -> None:
    own, other = build(world), build(world, region=world.other_town)
    assert reader.rows("station=mingnan") == [own.pk]
    assert reader.rows("station=mingnan&town=") == [own.pk, other.pk]
    assert reader.rows("station=nowhere") == [own.pk, other.pk]
    Station.objects.filter(code="mingnan").update(region=world.county)
    assert reader.rows("station=mingnan") == [own.pk, other.pk]
    page = reader.page("station=mingnan")
    assert 'name="station" value="mingnan"' in page


def test_searching_and_shelved_ones_stand_without_the_list(world: World, reader: Reader) -> None:
    build(world)
    for query in ("q=人行道", "shelved=on", "page=2&q=x"):
        assert 'id="t-year"' not in reader.page(query)
    assert 'id="t-year"' in reader.page()


def test_the_pool_and_the_campaign_stay_reachable_beside_the_list(world: World, reader: Reader) -> None:
    build(world)
    pooled = wish(world)
    open_campaign(region=world.county, actor=world.county_staff, at=START, plan=PLAN)
    page = reader.page()
    assert f'href="/projects/{pooled.pk}/"' in page
    assert page.index('id="t-year"') < page.index('id="t-pool"')


def test_another_year_is_a_link(world: World, reader: Reader) -> None:
    old, new = build(world, year=2025), build(world)
    page = reader.page()
    assert re.search(r'href="\?year=2025&amp;town="[^>]*>2025 年', page)
    assert (reader.rows("year=2025"), reader.rows("year=99999999999"), reader.rows()) == ([old.pk], [new.pk], [new.pk])


@pytest.mark.parametrize("query", ["year=%00", "stage=%00", "town=%00", "station=%00", "town=%E2%82%AC", "page=-1"])
def test_nothing_odd_in_the_address_breaks_it(world: World, reader: Reader, query: str) -> None:
    work = build(world)
    assert work.pk in reader.rows(query)


def test_the_lobbys_screen_turns_to_the_projects_of_its_town(world: World) -> None:
    build(world, due=LATE, title="东街铺路")
    for number in range(7):
        build(world, State.COMPLETED, region=world.county, title=f"全县第 {number} 件")
    build(world, region=world.other_town, title="吴台的事")
    page = Client().get("/s/mingnan/screen/").content.decode()
    assert page.count('class="track works"') == 2  # seven to a page
    assert "吴台的事" not in page
    first = page.partition('class="track works"')[2].partition("</table>")[0]
    assert first.index("东街铺路") < first.index("全县第 0 件")
    for words in ("70%", "拖期", "第 2 段</span><span>，6 月 28 日"):
        assert words in first
    assert len(re.findall(r"<table[^>]* data-page[ >]", page)) == page.count("<table") == 3


def test_a_screen_without_projects_has_no_page_of_them(world: World) -> None:
    page = Client().get("/s/mingnan/screen/").content.decode()
    assert "民生实事" not in page
    assert "眼下没有正在办的公示事项" in page


def test_the_screens_of_all_stations_ask_once_a_minute(world: World) -> None:
    build(world, title="洺南的事")
    Client().get("/s/mingnan/screen/")
    build(world, region=world.county, title="刚刚列入的")
    screen = Client().get("/s/wutai/screen/").content.decode()
    assert "刚刚列入的" not in screen
    assert "洺南的事" not in screen
    Minute.forget_all()
    cache.delete_pattern("*")  # the page itself is kept half a minute
    assert "刚刚列入的" in Client().get("/s/wutai/screen/").content.decode()
