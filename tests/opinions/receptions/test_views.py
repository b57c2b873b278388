"""The pages of receptions: who gets in, what they show and hide, the counter's form beside them, the sheets."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from duties import workflow as duties
from duties.models import RosterLine, Shift
from opinions.models import Opinion, Reception
from opinions.receptions import workflow
from stations.models import Representative, Service
from tests.opinions.receptions.world import mate, opened, rep, roster, told
from tests.world import WORDS, World

LIST, NEW, COUNTER = "/desk/receptions/", "/desk/receptions/new/", "/desk/opinions/new/"
READERS = {"clerk", "town_staff", "county_staff", "leader", "rep"}
OTHERS = {"other_clerk": 404, "grid": 403, "handler": 403, "admin": 403, "security": 403, "audit": 403}


def visit(world: World, **values: Any) -> dict[str, Any]:
    return {
        "channel": "RECEPTION", "station": world.station.pk, "name": "李大娘", "phone": "138 0000 7742", "body": WORDS,
        "region": world.village.pk, "how": "unit", "kind": "ORDINARY", "hide_identity": "on", "people": 1,
        "client_key": str(uuid.uuid4()),
    } | values  # fmt: skip


def test_who_gets_in(world: World, at_desk: Any) -> None:
    row = opened(world, timezone.now())
    for who in READERS:
        assert at_desk(who).get(LIST).status_code == 200, who
        assert at_desk(who).get(f"{LIST}{row.pk}/").status_code == 200, who
    for who, status in OTHERS.items():
        assert at_desk(who).get(f"{LIST}{row.pk}/").status_code == status, who
    assert Client().get(f"{LIST}{row.pk}/").status_code == 302


def test_only_the_station_is_offered_to_open(world: World, at_desk: Any) -> None:
    for who, status in (("clerk", 200), ("town_staff", 200), ("rep", 403), ("county_staff", 403), ("leader", 403)):
        assert at_desk(who).get(NEW).status_code == status, who
        assert ("开始今天的接待" in at_desk(who).get(LIST).content.decode()) is (status == 200)
    assert at_desk("clerk").get(NEW, {"station": "wutai"}).status_code == 403
    assert at_desk("clerk").post(NEW, {"station": "wutai", "people": [rep().pk]}).status_code == 403


def test_the_form_is_filled_in_from_the_roster(world: World, at_desk: Any) -> None:
    mate(world)
    page = at_desk().get(NEW).content.decode()
    assert "今天没有公布的值班表" in page
    assert page.count(" checked") == 0
    roster(world, timezone.localtime())
    page = at_desk().get(NEW).content.decode()
    assert "已经按今天的值班表勾好了" in page
    assert page.count(" checked") == 1


def test_opening_twice_leads_to_the_same_day(world: World, at_desk: Any) -> None:
    answers = [at_desk().post(NEW, {"station": "mingnan", "people": [rep().pk]}) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{LIST}{Reception.objects.get().pk}/"}
    assert at_desk().get(NEW)["Location"] == f"{LIST}{Reception.objects.get().pk}/"


@pytest.mark.parametrize("people", [[], ["999999"], ["x"]])
def test_nobody_ticked_is_said_and_what_was_typed_stays(world: World, at_desk: Any, people: list[str]) -> None:
    answer = at_desk().post(NEW, {"station": "mingnan", "people": people, "place": "二楼"})
    assert answer.status_code == 422
    assert 'value="二楼"' in answer.content.decode()
    assert not Reception.objects.exists()


def test_the_place_of_last_time_is_proposed(world: World, at_desk: Any) -> None:
    opened(world, timezone.now() - timedelta(days=7), place="一楼接待室")
    assert 'value="一楼接待室"' in at_desk().get(NEW).content.decode()


def test_the_counter_writes_into_the_reception(world: World, at_desk: Any) -> None:
    row = opened(world, timezone.now())
    assert "选民接待开着" in at_desk().get(COUNTER).content.decode()
    answer = at_desk().post(COUNTER, visit(world))
    assert answer["Location"] == f"{COUNTER}?channel=RECEPTION&station={world.station.pk}"
    assert row.visits.get().opinion.lead_unit == world.unit
    at_desk().post(COUNTER, visit(world, channel="WINDOW", body="窗口来的另一件事，路灯"))
    assert row.visits.count() == 1
    page = at_desk().get(f"{LIST}{row.pk}/").content.decode()
    assert "来了 1 位" in page
    assert "登记下一位" in page
    assert "李大娘" not in page
    assert "7742" not in page


def test_the_same_draft_sent_twice_is_one_visitor(world: World, at_desk: Any) -> None:
    row, sent = opened(world, timezone.now()), visit(world)
    for _ in range(2):
        at_desk().post(COUNTER, sent)
    assert (Opinion.objects.count(), row.visits.count()) == (1, 1)


def test_two_clerks_at_one_reception(world: World, at_desk: Any) -> None:
    row = opened(world, timezone.now())
    at_desk("clerk").post(COUNTER, visit(world))
    at_desk("town_staff").post(COUNTER, visit(world, body="自来水发黄，路灯也不亮。"))
    at_desk("rep").post(COUNTER, visit(world, body="代表自己记的一件。"))
    page = at_desk("clerk").get(f"{LIST}{row.pk}/").content.decode()
    assert all(f"{name}记" in page for name in ("clerk", "town_staff", "rep"))
    assert list(row.visits.values_list("number", flat=True)) == [1, 2, 3]


def test_a_refused_visit_leaves_no_trace_in_the_reception(world: World, at_desk: Any) -> None:
    row = opened(world, timezone.now())
    answer = at_desk().post(COUNTER, visit(world, body="没有一个词能猜出类别", region=""))
    assert answer.status_code == 422
    assert not row.visits.exists()


def test_closing_going_on_and_a_mistake(world: World, at_desk: Any) -> None:
    row, desk = opened(world, timezone.now()), at_desk()
    page = desk.get(f"{LIST}{row.pk}/").content.decode()
    assert "点错了" in page
    desk.post(f"{LIST}{row.pk}/close/", {"note": "都走了"})
    page = desk.get(f"{LIST}{row.pk}/").content.decode()
    assert "都走了" in page
    assert "登记第一位" not in page
    assert desk.post(f"{LIST}{row.pk}/close/", {}).status_code == 409
    assert desk.post(f"{LIST}{row.pk}/reopen/", {}).status_code == 302
    assert desk.post(f"{LIST}{row.pk}/cancel/", {"note": "没人来"}).status_code == 302
    assert Reception.objects.get().state == "CANCELLED"
    assert "没有开" in desk.get(f"{LIST}{row.pk}/").content.decode()


def test_people_change_while_it_goes_on(world: World, at_desk: Any) -> None:
    colleague, row = mate(world), opened(world, timezone.now())
    answer = at_desk().post(f"{LIST}{row.pk}/change/", {"people": [rep().pk, colleague.pk], "place": "二楼"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.people.count(), row.place) == (2, "二楼")
    assert at_desk().post(f"{LIST}{row.pk}/change/", {"people": []}).status_code == 422
    assert at_desk("rep").post(f"{LIST}{row.pk}/change/", {"people": [rep().pk]}).status_code == 403
    assert at_desk("other_clerk").post(f"{LIST}{row.pk}/close/").status_code == 404


def test_an_absence_is_noted_and_seen_by_the_station_only(world: World, at_desk: Any) -> None:
    colleague = mate(world)
    now = timezone.localtime().replace(hour=10, minute=0)
    shifts = roster(world, now, people=2)
    row = opened(world, now, people=[colleague.pk])
    (shift,) = [one for one in shifts if one.representative_id == rep().pk]
    Shift.objects.filter(pk=shift.pk).update(start="00:00", end="00:01")
    page = at_desk().get(f"{LIST}{row.pk}/").content.decode()
    assert "值班表上还有" in page
    answer = at_desk().post(f"{LIST}{row.pk}/absent/{shift.pk}/", {"note": "车坏在路上"})
    assert answer.status_code == 302
    assert RosterLine.objects.get(verb="mark_absent").text == "车坏在路上"
    assert "记了：没有来" in at_desk().get(f"{LIST}{row.pk}/").content.decode()
    for who in ("county_staff", "leader", "mate", "rep"):
        assert "没有来" not in at_desk(who).get(f"{LIST}{row.pk}/").content.decode(), who
    assert at_desk("county_staff").post(f"{LIST}{row.pk}/absent/{shift.pk}/", {}).status_code in (403, 409, 422)


def words_of(response: Any) -> str:
    document = Document(io.BytesIO(response.content))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    return "\n".join(cells)


def test_the_sheets_hold_every_visitor_masked_with_who_received(world: World, at_desk: Any) -> None:
    row = opened(world, timezone.now())
    assert at_desk().get(f"{LIST}{row.pk}/sheets/").status_code == 404
    for body in ("第一位说路灯不亮。", "第二位说路灯也不亮。"):
        at_desk().post(COUNTER, visit(world, body=body))
    answer = at_desk().get(f"{LIST}{row.pk}/sheets/")
    text = words_of(answer)
    assert "第一位说" in text
    assert "第二位说" in text
    assert "麦知秋" in text
    assert "李大娘" not in text
    assert "13800007742" not in text
    assert "2%E5%BC%A0" in answer["Content-Disposition"]
    assert at_desk("leader").get(f"{LIST}{row.pk}/sheets/").status_code == 404
    assert at_desk("handler").get(f"{LIST}{row.pk}/sheets/").status_code == 403


def test_a_window_visit_names_no_representative_on_its_sheet(world: World, at_desk: Any) -> None:
    at_desk().post(COUNTER, visit(world, channel="WINDOW"))
    sheet = at_desk().get(f"/desk/opinions/{Opinion.objects.get().pk}/papers/reception/")
    assert "麦知秋" not in words_of(sheet)


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_pages_ask_as_often_for_thirty_rows_as_for_one(world: World, at_desk: Any) -> None:
    now = timezone.now()
    row = opened(world, now)
    workflow.receive(row.pk, told(world, now), actor=world.clerk, at=now)
    for who in ("clerk", "leader", "rep"):
        one = statements(at_desk(who), LIST), statements(at_desk(who), f"{LIST}{row.pk}/")
        for number in range(15):
            day = now - timedelta(days=number + 1 + 20 * READERS_IN_ORDER.index(who))
            old = opened(world, day)
            workflow.close(old.pk, actor=world.clerk, at=day)
            said = told(world, now, body=f"{who} {number}", phone="")
            workflow.receive(row.pk, said, actor=world.clerk, at=now)
        assert (statements(at_desk(who), LIST), statements(at_desk(who), f"{LIST}{row.pk}/")) == one, who


READERS_IN_ORDER = ("clerk", "leader", "rep")


def test_a_town_chooses_among_its_stations(world: World, at_desk: Any) -> None:
    assert "哪个站点" not in at_desk("town_staff").get(NEW).content.decode()
    other = world.other_station
    other.region = world.village
    other.save()
    person = Representative.objects.create(name="顾长河")
    Service.objects.create(station=other, representative=person, since=timezone.localdate() - timedelta(days=9))
    page = at_desk("town_staff").get(NEW, {"station": "wutai"}).content.decode()
    assert re.search(r'value="wutai" selected', page)
    assert "顾长河" in page
    assert "麦知秋" not in page


def test_a_swapped_duty_is_proposed_to_its_new_person(world: World, at_desk: Any) -> None:
    colleague, now = mate(world), timezone.localtime()
    (shift,) = roster(world, now)
    Shift.objects.filter(pk=shift.pk).update(end="23:59:59", start="23:59:58")
    other = rep() if shift.representative_id == colleague.pk else colleague
    duties.substitute(shift.pk, actor=world.clerk, at=now, representative_id=other.pk)
    page = at_desk().get(NEW).content.decode()
    ticked = re.findall(r'value="(\d+)"[^>]*checked', page)
    assert ticked == [str(other.pk)]
