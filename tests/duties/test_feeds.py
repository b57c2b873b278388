"""Calendar feeds: read by three calendar libraries before and after a swap, and the address that keeps them secret."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ics
import pytest
import time_machine
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from core.fields import encrypt
from duties import workflow
from duties.feeds import store
from duties.models import Feed, Roster, Shift
from duties.querysets import serving_at
from liaison.logs import without_codes
from stations.models import Service
from tests.duties.conftest import Office
from tests.world import START, make_user

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = "/desk/duties/feeds/"
# What a calendar knows of each duty: uid -> (sequence, start, status, summary)
Known = dict[str, tuple[int, datetime, str, str]]


@pytest.fixture(autouse=True)
def _that_morning() -> Iterator[None]:
    with time_machine.travel(START + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def april(office: Office) -> Roster:
    return office.published()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address_of(user: Any, station: Any = None) -> str:
    return f"/duty/feed/{store.give(user, station, at=START).token}.ics"


def body_of(address: str) -> bytes:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.content


def by_icalendar(body: bytes) -> Known:
    rows = Calendar.from_ical(body).walk("VEVENT")
    return {
        str(row["UID"]): (row["SEQUENCE"], row["DTSTART"].dt, str(row["STATUS"]), str(row["SUMMARY"])) for row in rows
    }


def by_vobject(body: bytes) -> Known:
    read = vobject.readOne(io.StringIO(body.decode()))
    return {
        row.uid.value: (int(row.sequence.value), row.dtstart.value, row.status.value, row.summary.value)
        for row in getattr(read, "vevent_list", [])
    }


def by_ics(body: bytes) -> Known:
    rows = ics.Calendar(body.decode()).events
    found = {}
    for row in rows:
        more = {line.name: line.value for line in row.extra}
        found[row.uid] = (int(more["SEQUENCE"]), row.begin.datetime, row.status or "", row.name)
    return found


READERS = [by_icalendar, by_vobject, by_ics]
Reader = Callable[[bytes], Known]


def duties_of(office: Office, name: str) -> dict[str, date]:
    rows = Shift.objects.filter(representative=office.people[name])
    return {str(row.uid): row.day for row in rows}


# --- what calendars read


@pytest.mark.parametrize("read", READERS)
def test_each_library_reads_ones_own_duties_in_shanghai(april: Roster, office: Office, read: Reader) -> None:
    found = read(body_of(address_of(office.user("白露明"))))
    assert {uid: row[1].date() for uid, row in found.items()} == duties_of(office, "白露明")
    for sequence, start, status, summary in found.values():
        assert (start.utcoffset(), start.hour, start.minute) == (timedelta(hours=8), 8, 30)
        assert (sequence, status, summary) == (0, "TENTATIVE", "值班：直通车窗口")


@pytest.mark.parametrize("read", READERS)
def test_a_swap_goes_from_one_telephone_to_the_other_and_back(april: Roster, office: Office, read: Reader) -> None:
    shift = office.shift("白露明")
    mine, his = address_of(office.user("白露明")), address_of(office.user("陈守一"))
    all_of_it = address_of(office.world.clerk, office.world.station)
    uid = str(shift.uid)
    before = [read(body_of(one)) for one in (mine, his, all_of_it)]
    assert uid not in before[1]
    assert before[2][uid][3] == "白露明：直通车窗口"

    swap = workflow.ask_swap(shift.pk, actor=office.user("白露明"), at=START, colleague_id=office.people["陈守一"].pk)
    assert [read(body_of(one)) for one in (mine, his, all_of_it)] == before
    workflow.agree(swap.pk, actor=office.user("陈守一"), at=START)
    gone, got, shown = (read(body_of(one))[uid] for one in (mine, his, all_of_it))
    assert (gone[2], got[2], shown[2]) == ("CANCELLED", "CONFIRMED", "CONFIRMED")
    assert gone[0] == got[0] == shown[0] == before[0][uid][0] + 1
    assert "陈守一" not in body_of(mine).decode()
    assert shown[3] == "陈守一：直通车窗口"

    workflow.take_back(swap.pk, actor=office.world.clerk, at=START)
    mine_again, his_again = read(body_of(mine)), read(body_of(his))
    assert mine_again[uid][2] == "TENTATIVE"
    assert mine_again[uid][0] == gone[0] + 1
    assert his_again[uid][2] == "CANCELLED"
    assert set(mine_again) == set(before[0])


@pytest.mark.parametrize("read", READERS)
def test_a_dropped_duty_is_cancelled_for_a_while_and_then_forgotten(
    april: Roster, office: Office, read: Reader
) -> None:
    shift, uid = office.shift("白露明"), str(office.shift("白露明").uid)
    workflow.confirm(shift.pk, actor=office.user("白露明"), at=START)
    mine, all_of_it = address_of(office.user("白露明")), address_of(office.world.clerk, office.world.station)
    before = read(body_of(mine))[uid]
    workflow.drop_shift(shift.pk, actor=office.world.clerk, at=START, reason="装修")
    for one in (mine, all_of_it):
        sequence, start, status, summary = read(body_of(one))[uid]
        assert (start, status) == (before[1], "CANCELLED")
        assert sequence > before[0]
        assert "装修" not in summary
    assert uid not in read(body_of(address_of(office.user("陈守一"))))
    with time_machine.travel(START + timedelta(days=61)):
        assert uid not in read(body_of(mine))
        assert uid not in read(body_of(all_of_it))


@pytest.mark.parametrize("read", READERS)
def test_a_duty_moved_to_another_day_keeps_its_uid(april: Roster, office: Office, read: Reader) -> None:
    shift, mine = office.shift("白露明"), address_of(office.user("白露明"))
    before = read(body_of(mine))[str(shift.uid)]
    workflow.change_shift(
        shift.pk, actor=office.world.clerk, at=START, day=shift.day + timedelta(days=1), start=shift.start,
        end=shift.end, post=shift.post, representative_id=shift.representative_id,
    )  # fmt: skip
    after = read(body_of(mine))[str(shift.uid)]
    assert after[0] == before[0] + 1
    assert after[1] == before[1] + timedelta(days=1)


@pytest.mark.parametrize("read", READERS)
def test_who_cannot_come_leaves_a_gap_that_the_station_sees(april: Roster, office: Office, read: Reader) -> None:
    shift = office.shift("白露明")
    mine, all_of_it = address_of(office.user("白露明")), address_of(office.world.clerk, office.world.station)
    workflow.cannot_come(shift.pk, actor=office.user("白露明"), at=START, reason="住院")
    assert read(body_of(mine))[str(shift.uid)][2] == "CANCELLED"
    assert read(body_of(all_of_it))[str(shift.uid)][3] == "还没有人：直通车窗口"
    assert "住院" not in body_of(mine).decode() + body_of(all_of_it).decode()


@pytest.mark.parametrize("read", READERS)
def test_a_draft_is_in_no_calendar(office: Office, read: Reader) -> None:
    draft = office.propose()
    some = Shift.objects.filter(roster=draft).first()
    assert some is not None
    workflow.drop_shift(some.pk, actor=office.world.clerk, at=START)
    workflow.propose(office.world.station.pk, draft.month, actor=office.world.clerk, at=START)
    for one in (address_of(office.user("白露明")), address_of(office.world.clerk, office.world.station)):
        assert read(body_of(one)) == {}
    workflow.publish(draft.pk, actor=office.world.clerk, at=START + timedelta(minutes=1))
    assert all(row[2] != "CANCELLED" for row in read(body_of(one)).values())


def test_an_absence_looks_like_any_other_duty(april: Roster, office: Office) -> None:
    shift = office.shift("白露明")
    one = address_of(office.user("陈守一"), office.world.station)
    workflow.confirm(shift.pk, actor=office.user("白露明"), at=START)
    workflow.mark_absent(shift.pk, actor=office.world.clerk, at=shift.ends_at, note="没联系上")
    with time_machine.travel(shift.ends_at + timedelta(days=1)):
        found = by_icalendar(body_of(one))[str(shift.uid)]
    assert found[2:] == ("CONFIRMED", "白露明：直通车窗口")


def test_the_file_keeps_the_standards_letter(april: Roster, office: Office) -> None:
    body = body_of(address_of(office.world.clerk, office.world.station))
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    read = Calendar.from_ical(body)
    zone = read.walk("VTIMEZONE")[0]
    assert str(zone["TZID"]) == "Asia/Shanghai"
    assert all(row["DTSTART"].params["TZID"] == "Asia/Shanghai" for row in read.walk("VEVENT"))
    assert all(row["LAST-MODIFIED"].dt.tzinfo is not None for row in read.walk("VEVENT"))
    assert str(read["X-WR-CALNAME"]) == "洺南街道融合站点"


def test_no_personal_data_but_names_stand_in_it(april: Roster, office: Office) -> None:
    text = body_of(address_of(office.world.clerk, office.world.station)).decode()
    for secret in ("13800002222", "ATTENDEE", "ORGANIZER", "rep0", "教师", "律师"):
        assert secret not in text


# --- asked again


def test_an_unchanged_calendar_is_not_sent_again(april: Roster, office: Office) -> None:
    one = address_of(office.user("白露明"))
    first = Client().get(one)
    again = Client().get(one, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    since = Client().get(one, headers={"if-modified-since": first["Last-Modified"]})
    assert since.status_code == 304
    for answer in (first, again):
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Cache-Control"] == "private, no-cache"
        assert not answer.cookies
    workflow.confirm(office.shift("白露明").pk, actor=office.user("白露明"), at=START + timedelta(minutes=1))
    changed = Client().get(one, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert Client().head(one).status_code == 200
    assert Client().post(one).status_code in (302, 404, 405)


def test_a_longer_roster_costs_no_more_statements(april: Roster, office: Office) -> None:
    one = address_of(office.world.clerk, office.world.station)
    body_of(one)
    with CaptureQueriesContext(connection) as few:
        body_of(one)
    office.published(date(2026, 5, 1))
    for shift in list(Shift.objects.filter(roster__month=date(2026, 5, 1)))[:3]:
        workflow.drop_shift(shift.pk, actor=office.world.clerk, at=START, reason="装修")
    with CaptureQueriesContext(connection) as many:
        assert len(by_icalendar(body_of(one))) > 15
    assert len(many) <= len(few) + 2  # the dropped ones are looked up, however many


# --- the address


def test_every_wrong_address_gets_the_same_answer(april: Roster, office: Office) -> None:
    user = office.user("白露明")
    old = address_of(user)
    feed = Feed.objects.get()
    store.renew(feed, at=START)
    new = address_of(user)
    assert new != old
    answers = [
        Client().get(one)
        for one in (old, "/duty/feed/x.ics", f"/duty/feed/{'A' * 32}.ics", "/duty/feed/%00.ics", old.upper())
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert by_icalendar(body_of(new))


def test_an_account_that_is_closed_or_moved_on_reads_nothing(april: Roster, office: Office) -> None:
    user = office.user("白露明")
    mine, all_of_it = address_of(user), address_of(user, office.world.station)
    Service.objects.filter(representative=office.people["白露明"]).update(until=date(2026, 3, 1))
    assert Client().get(all_of_it).status_code == 404
    assert Client().get(mine).status_code == 200
    user.is_active = False
    user.save()
    assert Client().get(mine).status_code == 404


def test_the_address_is_long_encrypted_and_in_no_log(
    april: Roster, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    feed = store.give(office.user("白露明"), None, at=START)
    assert len(feed.token) >= 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, token_hash FROM duties_feed")
        row = str(cursor.fetchall())
    assert feed.token not in row
    assert encrypt(feed.token) not in row
    assert feed.token not in f"{feed} {feed!r}"
    assert without_codes(f"GET /duty/feed/{feed.token}.ics 200") == f"GET /duty/feed/{feed.token[:2]}… 200"
    with caplog.at_level(logging.INFO):
        Client().get(f"/duty/feed/{feed.token}.ics")
    assert feed.token not in caplog.text


# --- the page


def page(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_representative_gets_replaces_and_ends_an_address(april: Roster, office: Office) -> None:
    client = client_of(office.user("白露明"))
    assert "要一个地址：我自己的班" in page(client)
    assert "洺南街道融合站点：全站的班" in page(client)
    for _tap in range(2):
        assert client.post(f"{PAGE}give/", {"station": ""})["Location"] == PAGE
    feed = Feed.objects.get()
    assert f"/duty/feed/{feed.token}.ics" in page(client)
    assert "webcal://" in page(client)
    for _tap in range(2):
        client.post(f"{PAGE}{feed.pk}/renew/")
    assert Feed.objects.filter(revoked_at=None).count() == 1
    new = Feed.objects.get(revoked_at=None)
    assert feed.token not in page(client)
    assert Client().get(f"/duty/feed/{feed.token}.ics").status_code == 404
    client.post(f"{PAGE}{new.pk}/end/")
    assert Client().get(f"/duty/feed/{new.token}.ics").status_code == 404
    assert "要一个地址：我自己的班" in page(client)


def test_the_clerk_has_the_stations_calendar_and_no_other(april: Roster, office: Office) -> None:
    client = client_of(office.world.clerk)
    assert "我自己的班" not in page(client)
    assert client.post(f"{PAGE}give/", {"station": ""}).status_code == 403
    client.post(f"{PAGE}give/", {"station": "mingnan"})
    feed = Feed.objects.get()
    assert feed.station == office.world.station
    assert client.post(f"{PAGE}give/", {"station": "wutai"}).status_code == 404
    assert client.post(f"{PAGE}give/", {"station": "\0"}).status_code == 404
    other = client_of(office.world.other_clerk)
    for verb in ("renew", "end"):
        assert other.post(f"{PAGE}{feed.pk}/{verb}/").status_code == 404
    assert Client().get(f"/duty/feed/{feed.token}.ics").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("", 302), ("handler", 403), ("admin", 403), ("county_staff", 200)])
def test_only_those_who_read_rosters_open_the_page(office: Office, who: str, status: int) -> None:
    client = client_of(office.world.users[who]) if who else Client()
    assert client.get(PAGE).status_code == status


def test_a_town_has_the_calendars_of_its_stations(office: Office) -> None:
    names = list(store.stations_for(office.world.town_staff).values_list("code", flat=True))
    assert names == ["mingnan"]
    nobody = make_user("nobody")
    assert not store.stations_for(nobody).exists()
    assert not serving_at(nobody).exists()
