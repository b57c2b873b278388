"""Who sits, as residents read it: today, this week, next time; on the station's page, the county's and the screen."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duties import workflow
from duties.models import Roster, Shift
from duties.watch import watch, watches
from stations.models import Station
from tests.duties.conftest import Office
from tests.world import START

THURSDAY = date(2026, 4, 2)
ADDRESSES = ("/s/mingnan/", "/s/mingnan/duty/", "/s/mingnan/screen/", "/duty/")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.delete_pattern("*")
    with time_machine.travel(START + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def april(office: Office) -> Roster:
    return office.published()


def on(day: date, hour: int = 8) -> Any:
    cache.delete_pattern("*")
    return time_machine.travel(datetime.combine(day, time(hour), START.tzinfo), tick=True)


def page(address: str, **data: str) -> str:
    answer = Client().get(address, data)
    assert answer.status_code == 200, address
    return answer.content.decode()


def names_on(day: date) -> set[str]:
    return {row.representative.name for row in Shift.objects.filter(day=day) if row.representative}


# --- reading


def test_today_and_the_next_time_are_told_apart(april: Roster, office: Office) -> None:
    before = watch(office.world.station, THURSDAY - timedelta(days=1))
    assert before.sits == ()
    assert before.next_words.startswith("4 月 2 日（周四）8:30–12:00，")
    assert all(name in before.next_words for name in names_on(THURSDAY))
    now = watch(office.world.station, THURSDAY)
    assert {row.name for row in now.sits} == names_on(THURSDAY)
    assert now.following is not None
    assert now.following.day == date(2026, 4, 7)


def test_a_week_ends_on_sunday_and_the_days_go_on(april: Roster, office: Office) -> None:
    now = watch(office.world.station, date(2026, 3, 30))
    assert [day for day, _rows in now.week] == [THURSDAY]
    assert [day for day, _rows in now.days][:3] == [THURSDAY, date(2026, 4, 7), date(2026, 4, 9)]
    sunday = watch(office.world.station, date(2026, 4, 5))
    assert sunday.week == []
    assert all(day > date(2026, 4, 5) for day, _rows in sunday.days)


def test_after_the_last_duty_the_next_one_is_open(april: Roster, office: Office) -> None:
    late = watch(office.world.station, date(2026, 5, 2))
    assert (late.sits, late.following, late.next_words, late.days) == ((), None, "", [])


def test_drafts_gaps_and_absences_are_nobodys_business(office: Office) -> None:
    draft = office.propose()
    assert watch(office.world.station, THURSDAY).days == []
    workflow.publish(draft.pk, actor=office.world.clerk, at=START)
    one, two = Shift.objects.filter(day=THURSDAY).select_related("representative").order_by("pk")
    workflow.cannot_come(one.pk, actor=office.world.clerk, at=START)
    workflow.mark_absent(two.pk, actor=office.world.clerk, at=two.ends_at)
    assert watch(office.world.station, THURSDAY).sits == ()


def test_many_stations_cost_one_statement_and_read_the_same(april: Roster, office: Office) -> None:
    ids = list(Station.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        found = watches(ids, THURSDAY)
    assert len(asked) == 1
    assert found[office.world.station.pk] == watch(office.world.station, THURSDAY)
    assert found[office.world.other_station.pk].days == []


# --- pages


def test_the_stations_page_says_who_sits_today_and_this_week(april: Roster, office: Office) -> None:
    with on(THURSDAY):
        found = page("/s/mingnan/")
    assert "今天值班" in found
    assert "今天没有排班" not in found
    assert "这一周谁值班" in found
    for name in names_on(THURSDAY):
        assert name in found
    assert "8:30–12:00" in found


def test_a_day_without_anybody_says_so_and_when_next(april: Roster, office: Office) -> None:
    with on(THURSDAY - timedelta(days=1)):
        found = page("/s/mingnan/")
    assert "今天没有排班" in found
    assert "4 月 2 日（周四）8:30–12:00" in found


def test_a_station_without_a_roster_is_honest_about_it(office: Office) -> None:
    assert "下一次还没有定" in page("/s/mingnan/")
    assert "值班表还没有公布" in page("/s/mingnan/duty/")
    assert "下一次还没有定" in page("/duty/")
    assert "在这里的代表" in page("/s/mingnan/screen/")


def test_the_page_of_duties_lists_all_that_is_published(april: Roster, office: Office) -> None:
    with on(THURSDAY):
        found = page("/s/mingnan/duty/")
    for day in set(Shift.objects.filter(day__gt=THURSDAY).values_list("day", flat=True)):
        assert f"{day.month} 月 {day.day} 日" in found
    assert "法律服务岗" in found


def test_the_county_tells_who_sits_today_and_finds_a_station_by_its_town(april: Roster, office: Office) -> None:
    with on(THURSDAY):
        found = page("/duty/")
        assert "今天有代表在" in found
        assert found.index("洺南街道融合站点") < found.index("吴台镇融合站点")
        only = page("/duty/", q="吴台")
        assert "吴台镇融合站点" in only
        assert "洺南街道融合站点" not in only
        for typed in ("没有这个地方", "%", "<b>x", "塅" * 300):
            assert "没找到这个名字" in page("/duty/", q=typed)
            assert "<b>x" not in page("/duty/", q=typed)
        assert Client().get("/duty/", {"q": "\0"}).status_code == 200


def test_the_screen_shows_todays_people_before_all_others(april: Roster, office: Office) -> None:
    with on(THURSDAY):
        found = page("/s/mingnan/screen/")
    assert "今天值班" in found
    assert "在这里的代表" not in found


def test_the_home_page_leads_there(office: Office) -> None:
    assert 'href="/duty/"' in page("/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_but_names_is_told_outside(april: Roster, office: Office, address: str) -> None:
    shift = Shift.objects.filter(day=THURSDAY).select_related("representative").order_by("pk").first()
    assert shift is not None
    workflow.confirm(shift.pk, actor=office.world.clerk, at=START)
    with on(THURSDAY, 20):
        workflow.mark_absent(shift.pk, actor=office.world.clerk, at=shift.ends_at, note="没联系上")
        found = page(address)
    for secret in ("13800002222", "没联系上", "没有来", "已到岗", "等确认", "已确认", "/desk/"):
        assert secret not in found


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_that_was_just_made_is_handed_out_without_a_statement(
    april: Roster, office: Office, address: str
) -> None:
    with on(THURSDAY):
        first = page(address)
        with CaptureQueriesContext(connection) as asked:
            assert page(address) == first
    assert len(asked) == 0


def test_the_county_page_asks_as_often_for_two_stations_as_for_thirty(april: Roster, office: Office) -> None:
    with on(THURSDAY):
        page("/duty/", q="站")
        with CaptureQueriesContext(connection) as few:
            page("/duty/", q="站")
        for number in range(30):
            Station.objects.create(code=f"s{number}", name=f"{number} 号站点", region=office.world.town)
        with CaptureQueriesContext(connection) as many:
            assert "29 号站点" in page("/duty/", q="站")
    assert len(many) == len(few)


@pytest.mark.parametrize("address", ["/s/nowhere/duty/", "/s/x/duty/"])
def test_a_station_that_is_not_there_is_not_found(office: Office, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_a_station_out_of_use_has_no_duties(april: Roster, office: Office) -> None:
    Station.objects.filter(pk=office.world.station.pk).update(is_active=False)
    assert Client().get("/s/mingnan/duty/").status_code == 404
    assert "洺南街道融合站点" not in page("/duty/")
