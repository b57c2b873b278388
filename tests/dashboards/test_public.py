"""The public pages: find a station, see who has what until when, and figures that never say more than they know."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
import zxingcpp
from django.core.cache import cache
from django.test import Client
from PIL import Image

from core.workdays import WorkCalendar
from dashboards.public_queries import FEWEST, YearFigures, count_year, year_figures
from dashboards.public_rows import DOTS, present_words, rows_of
from opinions import deadlines, workflow
from opinions.actors import RESIDENT
from opinions.models import Opinion
from opinions.present import Five
from opinions.states import State
from stations.models import EntryCode, Region
from tests.opinions.test_public_message import CountedStatements
from tests.world import START, World, make_world

PUBLIC = ("/", "/s/mingnan/", "/s/mingnan/board/", "/s/mingnan/screen/")
RUNNING = [State.ACCEPTED, State.ASSIGNED, State.HANDLING, State.REPLIED, State.FED_BACK]


@pytest.fixture
def world(db: None) -> World:
    WorkCalendar.forget()
    deadlines.forget()
    return make_world()


@pytest.fixture(autouse=True)
def _the_same_morning() -> Iterator[None]:
    with time_machine.travel(START + timedelta(hours=1), tick=True):
        yield


def page(address: str, client: Client | None = None, **data: str) -> str:
    answer = (client or Client()).get(address, data)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


# --- find my station


def test_home_lists_every_town_with_its_station(world: World) -> None:
    found = page("/")
    assert '<a class="btn btn-wide" href="/s/mingnan/">洺南街道</a>' in found
    assert 'href="/s/wutai/">吴台镇</a>' in found


def test_a_village_is_found_by_part_of_its_name_and_leads_to_the_towns_station(world: World) -> None:
    found = page("/", q="东街")
    assert "东街社区" in found
    assert "去洺南街道融合站点" in found


def test_a_village_with_its_own_station_leads_there(world: World) -> None:
    world.other_station.region = world.village
    world.other_station.save()
    assert "去吴台镇融合站点" in page("/", q="东街")


@pytest.mark.parametrize("typed", ["没有这个村", "'; DROP TABLE", "%", "\0\0", "塅" * 500, "<b>x"])
def test_a_name_that_is_nowhere_says_what_to_do(world: World, typed: str) -> None:
    found = page("/", q=typed)
    assert "没找到这个名字" in found or "\0" in typed
    assert "<b>x" not in Client().get("/", {"q": typed}).content.decode()


def test_a_village_whose_town_has_no_station_is_not_offered(world: World) -> None:
    Region.objects.create(code="411625999001", name="远村村民委员会", short_name="远村", level="village")
    assert "没找到这个名字" in page("/", q="远村")


def test_stations_out_of_use_are_not_shown(world: World) -> None:
    world.other_station.is_active = False
    world.other_station.save()
    assert "吴台镇" not in page("/")
    assert Client().get("/s/wutai/").status_code == 404


# --- a station


def test_a_station_says_where_when_and_who(world: World) -> None:
    found = page("/s/mingnan/")
    for words in ("洺南街道融合站点", "8:30–12:00 · 14:30–17:30", "正在接待", "麦知秋", "0394-5550101", "找代表"):
        assert words in found
    assert 'href="/s/mingnan/message/"' in found


@pytest.mark.parametrize(("hours", "words"), [(3, "现在休息"), (24 * 3, "现在休息"), (5, "正在接待")])
def test_it_says_whether_the_window_is_open(world: World, hours: int, words: str) -> None:
    with time_machine.travel(START + timedelta(hours=hours)):
        assert words in page("/s/mingnan/")


def test_the_code_on_the_wall_is_carried_to_the_message_form(world: World) -> None:
    EntryCode.objects.create(
        code="YVY95QTG", kind=EntryCode.Kind.STATION, station=world.station, label="大门", created_at=START
    )
    assert "/s/mingnan/message/?q=YVY95QTG" in page("/s/mingnan/", q="YVY95QTG")
    for forged in ("\0", "NOSUCH22", "x" * 5000):
        assert "message/?q=" not in page("/s/mingnan/", q=forged)


def test_a_station_without_anybody_says_what_to_do(world: World) -> None:
    world.station.services.all().delete()
    assert "还没有代表进站" in page("/s/mingnan/")


@pytest.mark.parametrize("address", PUBLIC)
def test_as_many_statements_for_thirty_matters_as_for_one(world: World, address: str) -> None:
    counts = []
    for more in (1, 12):
        for _ in range(more):
            world.opinion(State.HANDLING)
        cache.delete_pattern("*")
        page(address)
        cache.delete_pattern("*")
        with CountedStatements() as counted:
            page(address)
        counts.append(len(counted))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("mode", ["", "elder"])
def test_public_pages_hold_no_identity_and_may_be_kept_a_moment(world: World, address: str, mode: str) -> None:
    for state in RUNNING:
        world.opinion(state)
    client = Client()
    client.cookies["mode"] = mode
    found = page(address, client)
    for secret in ("田大山", "13800001234", *Opinion.objects.values_list("receipt", flat=True)):
        assert secret not in found
    answer = client.get(address)
    assert "public" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]


# --- the board


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.ACCEPTED, "站点受理了，正在找该办的单位"),
        (State.ASSIGNED, "县城管局在办"),
        (State.RETURN_REQUESTED, "县城管局申请退回，站点正在核"),
        (State.HANDLING, "县城管局在办"),
        (State.REPLIED, "县城管局答复了，站点正在核"),
        (State.FED_BACK, "县城管局答复了，等本人评价"),
    ],
)
def test_the_board_says_who_has_it(world: World, state: State, words: str) -> None:
    world.opinion(state)
    assert f"东街社区 · {words}" in page("/s/mingnan/board/")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.DECLINED, State.WITHDRAWN])
def test_what_is_not_published_is_not_there(world: World, state: State) -> None:
    opinion = world.opinion(state)
    for address in PUBLIC:
        assert opinion.title not in page(address)


def test_what_the_station_kept_back_is_not_there(world: World) -> None:
    opinion = world.submit()
    workflow.accept(
        opinion.pk,
        actor=world.clerk,
        at=START + timedelta(minutes=5),
        category=world.category,
        is_public=False,
    )
    assert "这里还没有" in page("/s/mingnan/board/")


def test_a_unit_that_has_not_signed_is_no_lateness_of_the_answer(world: World) -> None:
    world.opinion(State.ASSIGNED)
    with time_machine.travel(START + timedelta(days=5)):
        found = page("/s/mingnan/board/")
    assert "超" not in found.split("<h1")[1]


def test_late_matters_come_first(world: World) -> None:
    early = world.opinion(State.HANDLING, at=START - timedelta(days=30))
    Opinion.objects.filter(pk=early.pk).update(title="早该办完的事")
    Opinion.objects.filter(pk=world.opinion(State.HANDLING).pk).update(title="还早的事")
    found = page("/s/mingnan/board/")
    assert found.index("早该办完的事") < found.index("还早的事")
    assert "已超期" in found


def test_ended_matters_say_how_they_ended(world: World) -> None:
    world.opinion(State.CLOSED)
    found = page("/s/mingnan/board/", done="1")
    assert "县城管局办的 · 满意，用了 1 个工作日" in found
    assert "五步都走完了" in found


def test_the_board_has_pages(world: World) -> None:
    for _ in range(21):
        world.opinion(State.ACCEPTED)
    first, second = page("/s/mingnan/board/"), page("/s/mingnan/board/", page="2")
    assert "共 21 件，第 1 页，共 2 页" in first
    assert first.count('class="matter"') == 20
    assert second.count('class="matter"') == 1
    for odd in ("0", "99", "x", "-1", "\0"):
        assert page("/s/mingnan/board/", page=odd).count('class="matter"') in (1, 20)


# --- the lobby screen


def test_the_screen_shows_eight_a_page_with_the_ended_ones_last(world: World) -> None:
    for _ in range(9):
        world.opinion(State.HANDLING)
    world.opinion(State.CLOSED)
    found = page("/s/mingnan/screen/")
    assert found.count("data-page ") + found.count("data-page>") == 2
    assert found.count("<tr><td") == 10
    assert found.rindex("满意，用了") > found.rindex("前答复")


def test_the_screens_code_leads_to_the_station(world: World) -> None:
    assert Client().get("/s/mingnan/screen/qr.png").status_code == 404
    code = EntryCode.objects.create(
        code="YVY95QTG", kind=EntryCode.Kind.STATION, station=world.station, label="大屏", created_at=START
    )
    answer = Client().get("/s/mingnan/screen/qr.png")
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))
    assert read[0].text.endswith(code.get_absolute_url())


def test_an_empty_screen_says_so(world: World) -> None:
    assert "眼下没有正在办的公示事项" in page("/s/mingnan/screen/")


def test_rows_draw_each_step_once(world: World) -> None:
    at = START + timedelta(hours=1)
    rows = rows_of(Opinion.objects.filter(pk=world.opinion(State.HANDLING).pk).with_list_columns(), at)
    assert [dot.look for dot in rows[0].dots] == ["on", "on", "now", "off"]
    assert [dot.x for dot in rows[0].dots] == list(DOTS)
    assert rows[0].words == "第 3 步“办理”，共 5 步"
    assert rows[0].note == "4 月 9 日前答复"
    late = rows_of(Opinion.objects.all().with_list_columns(), START + timedelta(days=40))
    assert [dot.look for dot in late[0].dots] == ["on", "on", "late", "off"]
    assert late[0].note == "4 月 9 日到期"


def test_the_line_is_said_in_words() -> None:
    assert present_words(Five(5, False, True)) == "五步都走完了"
    assert present_words(Five(3, True, False)) == "第 3 步“办理”，共 5 步，已超期"


# --- figures


def figures(**given: int) -> YearFigures:
    return YearFigures(
        **{"received": 0, "due": 0, "in_time": 0, "satisfied": 0, "dissatisfied": 0, "silent": 0} | given
    )


def test_no_percentage_over_too_few_cases() -> None:
    assert figures(due=FEWEST - 1, in_time=9).in_time_rate is None
    assert figures(due=FEWEST, in_time=9).in_time_rate == 90.0
    assert figures(satisfied=5, silent=4).per_hundred is None


@pytest.mark.parametrize("parts", [(1, 1, 9), (333, 333, 334), (57, 6, 37), (0, 0, 10), (2, 1, 9)])
def test_a_hundred_is_always_a_hundred(parts: tuple[int, int, int]) -> None:
    yes, bad, silent = parts
    shown = figures(satisfied=yes, dissatisfied=bad, silent=silent).per_hundred
    assert shown is not None
    assert sum(shown) == 100
    assert min(shown) >= 0


def test_the_year_counts_what_its_rows_confirm(world: World) -> None:
    for state in (State.CLOSED, State.FED_BACK, State.HANDLING):
        world.opinion(state)
    bad = world.opinion(State.FED_BACK)
    workflow.rate(bad.pk, actor=RESIDENT, at=START + timedelta(minutes=50), solved="NO", satisfaction="DISSATISFIED")
    found = count_year(START + timedelta(hours=1), station_id=world.station.pk)
    # as on the county's board: what is being done is not due yet, and a second round counts by its own answer
    assert (found.received, found.due, found.in_time) == (4, 2, 2)
    assert (found.satisfied, found.dissatisfied, found.silent) == (1, 1, 0)
    assert count_year(START, station_id=world.other_station.pk).received == 0
    assert count_year(START + timedelta(hours=1)).received == 4


def test_another_year_starts_from_nothing(world: World) -> None:
    world.opinion(State.CLOSED)
    assert count_year(START + timedelta(days=365)).received == 0


def test_figures_are_counted_once_a_minute(world: World, django_assert_num_queries: Any) -> None:
    first = year_figures(START)
    with django_assert_num_queries(0):
        assert year_figures(START) == first
    world.submit()
    assert year_figures(START).received == first.received
    assert year_figures(START, station_id=world.station.pk).received == 1


def test_without_the_cache_figures_are_counted(world: World, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    world.submit()
    assert year_figures(START).received == 1


def test_the_station_page_hides_percentages_of_few(world: World) -> None:
    world.opinion(State.CLOSED)
    found = page("/s/mingnan/")
    assert "办完评过的还不到 10 件，先不算比例。" in found
    assert "件，共 1 件" in found
    assert not re.search(r"\d<small>%</small>", found)
