"""The desk's pages of themes: what each person opens, how one is set, and that nobody's words are lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duties.themes import workflow
from duties.themes.models import MonthlyTheme, ThemeNote
from stations.models import Representative, Station
from stations.queries import forget
from tests.duties.themes.world import APRIL, MARCH, MARKET, WATER, county_theme, note, own_theme
from tests.world import START, World, make_world

pytestmark = pytest.mark.django_db
LIST = "/desk/themes/"
COUNTY_SET, OWN_SET = "/desk/themes/set/2026-03/", "/desk/themes/set/2026-03/mingnan/"
COUNTY_MONTH, OWN_MONTH = "/desk/themes/2026-03/", "/desk/themes/2026-03/mingnan/"
NOTES = "/desk/themes/notes/2026-03/mingnan/"
WORDS = {"title": "冬季取暖", "about": "说说家里怎么取暖。", "bring": "", "version": ""}
A_NOTE = {"day": "2026-03-25", "what": "讲煤气安全", "people": "12", "place": "东街社区"}
# Typed by hand, as the letters of tests/liaison/test_who_opens_what.py.
WHO = {
    "C": "clerk", "O": "other_clerk", "T": "town_staff", "S": "county_staff", "L": "leader", "R": "rep", "G": "grid",
    "H": "handler", "A": "admin", "Y": "security", "U": "audit",
}  # fmt: skip
OPENS = {LIST: "COTSLR", COUNTY_SET: "S", OWN_SET: "CT", COUNTY_MONTH: "SL", OWN_MONTH: "CTSLR"}


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Iterator[None]:
    settings.SECOND_FACTOR_REQUIRED = False
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def world(db: None) -> World:
    forget()
    return make_world()


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.users[who])
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("letter", WHO)
@pytest.mark.parametrize("address", OPENS)
def test_who_opens_what(world: World, address: str, letter: str) -> None:
    county_theme(world)
    answer = client_of(world, WHO[letter]).get(address)
    expected = 200 if letter in OPENS[address] else 404 if letter == "O" and "mingnan" in address else 403
    assert answer.status_code == expected


def test_the_county_sets_its_theme_and_finds_it_in_the_list(world: World) -> None:
    client = client_of(world, "county_staff")
    assert "没有定" in text(client.get(LIST))
    answer = client.post(COUNTY_SET, WORDS | {"units": [world.unit.pk]}, follow=True)
    assert "定好了" in text(answer)
    assert "冬季取暖" in text(client.get(LIST))
    theme = MonthlyTheme.objects.get()
    assert (theme.county, theme.station, list(theme.units.all())) == (world.county, None, [world.unit])
    again = text(client.get(COUNTY_SET))
    assert 'value="冬季取暖"' in again
    assert "checked" in again


def test_the_station_is_told_of_the_countys_before_it_sets_its_own(world: World) -> None:
    county_theme(world)
    client = client_of(world, "clerk")
    assert "县里的" in text(client.get(LIST))
    form = text(client.get(OWN_SET))
    assert "县里这个月的主题是“夏季用水”" in form
    assert 'value="夏季用水"' not in form
    client.post(OWN_SET, WORDS)
    assert "本站自己的" in text(client.get(LIST))
    assert MonthlyTheme.objects.get(station=world.station).title == "冬季取暖"
    assert "夏季用水" in text(client_of(world, "other_clerk").get(LIST))


def test_a_form_with_a_fault_keeps_what_was_typed(world: World) -> None:
    client = client_of(world, "county_staff")
    answer = client.post(COUNTY_SET, WORDS | {"title": ""})
    assert answer.status_code == 422
    assert "说说家里怎么取暖。" in text(answer)
    assert "还差一处" in text(answer)
    for broken in ({"units": ["x"]}, {"units": ["99999"]}, {"about": "说" * 121}, {"title": "\0"}):
        assert client.post(COUNTY_SET, WORDS | broken).status_code == 422
    assert not MonthlyTheme.objects.exists()


def test_whoever_comes_second_sees_the_firsts_words_before_changing_them(world: World) -> None:
    client = client_of(world, "county_staff")
    client.get(COUNTY_SET)
    county_theme(world)
    answer = client.post(COUNTY_SET, WORDS)  # his form was still empty
    assert answer.status_code == 409
    assert "刚刚有人改过" in text(answer)
    assert "冬季取暖" in text(answer)
    assert MonthlyTheme.objects.get().title == "夏季用水"
    version = answer.context["version"]
    assert client.post(COUNTY_SET, WORDS | {"version": version}).status_code == 302
    assert MonthlyTheme.objects.get().title == "冬季取暖"


def test_sending_twice_sets_once(world: World) -> None:
    client = client_of(world, "clerk")
    assert [client.post(OWN_SET, WORDS).status_code for _ in range(2)] == [302, 409]
    assert MonthlyTheme.objects.count() == 1


@pytest.mark.parametrize("who", ["leader", "rep", "clerk", "other_clerk", "handler", "admin"])
def test_nobody_else_sets_the_countys(world: World, who: str) -> None:
    assert client_of(world, who).post(COUNTY_SET, WORDS).status_code == 403
    assert not MonthlyTheme.objects.exists()


def test_a_theme_is_dropped_by_whoever_keeps_it(world: World) -> None:
    own, common = own_theme(world), county_theme(world)
    assert client_of(world, "other_clerk").post(f"/desk/themes/{own.pk}/drop/").status_code == 404
    assert client_of(world, "county_staff").post(f"/desk/themes/{own.pk}/drop/").status_code == 403
    assert client_of(world, "clerk").post(f"/desk/themes/{common.pk}/drop/").status_code == 403
    answer = client_of(world, "clerk").post(f"/desk/themes/{own.pk}/drop/", follow=True)
    assert "不用了" in text(answer)
    assert "夏季用水" in text(answer)
    assert MonthlyTheme.objects.in_force().get() == common


@pytest.mark.parametrize("month", ["2026-13", "0000-01", "x", "2026-04%00"])
def test_a_month_that_is_none_is_not_there(world: World, month: str) -> None:
    client = client_of(world, "county_staff")
    for address in (f"/desk/themes/{month}/", f"/desk/themes/set/{month}/", f"/desk/themes/{month}/mingnan/"):
        assert client.get(address).status_code == 404


def test_a_station_that_is_none_or_out_of_sight_is_not_there(world: World) -> None:
    assert client_of(world, "clerk").get(LIST, {"station": "wutai"}).status_code == 404
    assert client_of(world, "county_staff").get(LIST, {"station": "nowhere"}).status_code == 404
    assert client_of(world, "county_staff").get(LIST, {"station": "wutai"}).status_code == 200


# --- notes


def test_a_note_is_written_struck_out_and_gone(world: World) -> None:
    county_theme(world)
    client, person = client_of(world, "clerk"), Representative.objects.get(name="麦知秋")
    answer = client.post(NOTES, A_NOTE | {"representatives": [person.pk]}, follow=True)
    assert "记下了" in text(answer)
    assert "讲煤气安全" in text(answer)
    assert "代表：麦知秋" in text(answer)
    row = ThemeNote.objects.get()
    assert client.post(f"/desk/themes/notes/{row.pk}/strike/", {"reason": ""}).status_code == 422
    answer = client.post(f"/desk/themes/notes/{row.pk}/strike/", {"reason": "记重了"}, follow=True)
    assert "讲煤气安全" not in text(answer)


@pytest.mark.parametrize(
    ("who", "status"), [("county_staff", 403), ("leader", 403), ("rep", 403), ("other_clerk", 404), ("handler", 403)]
)
def test_nobody_else_notes_or_strikes(world: World, who: str, status: int) -> None:
    county_theme(world)
    row = note(world)
    client = client_of(world, who)
    assert client.post(NOTES, A_NOTE).status_code == status
    assert client.post(f"/desk/themes/notes/{row.pk}/strike/", {"reason": "x"}).status_code == status
    assert ThemeNote.objects.standing().count() == 1


def test_a_note_without_a_theme_or_with_nonsense_is_answered_in_words(world: World) -> None:
    client = client_of(world, "clerk")
    answer = client.post(NOTES, A_NOTE)
    assert answer.status_code == 422
    assert "请先定主题" in text(answer)
    county_theme(world)
    for broken in ({"day": "2026-02-31"}, {"people": "很多"}, {"people": "-3"}, {"representatives": ["x"]}):
        assert client.post(NOTES, A_NOTE | broken).status_code == 422
    assert not ThemeNote.objects.exists()


def test_an_address_that_takes_a_form_leads_back(world: World) -> None:
    county_theme(world)
    row = note(world)
    client = client_of(world, "clerk")
    for address in (NOTES, f"/desk/themes/notes/{row.pk}/strike/"):
        assert client.get(address)["Location"] == OWN_MONTH
    own = own_theme(world, APRIL)
    assert client.get(f"/desk/themes/{own.pk}/drop/")["Location"] == f"{LIST}?station=mingnan"
    assert ThemeNote.objects.standing().count() == 1


def test_the_representative_reads_where_he_serves_and_writes_nothing(world: World) -> None:
    county_theme(world)
    note(world)
    page = text(client_of(world, "rep").get(OWN_MONTH))
    assert "在东街社区讲怎么看水费单" in page
    assert "<form" not in page.partition("<main")[2].replace('<form class="find"', "")


def test_a_month_that_is_over_offers_nothing_to_set(world: World) -> None:
    county_theme(world, at=START)
    with time_machine.travel(START + timedelta(days=40)):
        page = text(client_of(world, "clerk").get(LIST))
    assert "/desk/themes/set/2026-03/" not in page
    assert "/desk/themes/set/2026-05/" in page
    assert "夏季用水" in page


def test_the_list_and_the_month_cost_the_same_for_one_station_and_thirty(world: World) -> None:
    client = client_of(world, "county_staff")
    counts = []
    for number in range(30):
        if number in (1, 29):
            county_page, month_page = text(client.get(LIST)), ""
            with CaptureQueriesContext(connection) as asked:
                county_page, month_page = text(client.get(LIST)), text(client.get(COUNTY_MONTH))
            counts.append(len(asked))
            assert f"{number - 1} 号站点" in county_page
            assert f"{number - 1} 号站点" in month_page
        place = Station.objects.create(code=f"s{number}", name=f"{number} 号站点", region=world.town)
        workflow.set_theme(place, MARCH, MARKET, actor=world.town_staff, at=START)
    assert counts[0] == counts[1]


def test_the_history_stands_on_the_month_for_those_at_the_desk(world: World) -> None:
    row = county_theme(world)
    workflow.change_theme(row.pk, MARKET, actor=world.county_staff, at=START + timedelta(minutes=3))
    page = text(client_of(world, "clerk").get(OWN_MONTH))
    assert "改主题" in page
    assert WATER.title in page
