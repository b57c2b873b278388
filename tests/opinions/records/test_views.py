"""The pages of the duty record: his own year, the station's list by name, additions, the report; nobody is ranked."""

import io
import re
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from opinions import workflow as loop
from opinions.models import DutyRecord, Opinion
from opinions.receptions import workflow as receptions
from opinions.records import gathering, report, workflow
from opinions.states import State
from stations.models import Mandate, Representative, Service
from tests.opinions.receptions.world import mate, opened, rep, told
from tests.world import World

LIST = "/desk/records/"
READERS = {"clerk", "town_staff", "county_staff", "leader"}
OTHERS = {"grid": 403, "handler": 403, "admin": 403, "security": 403, "audit": 403, "other_clerk": 404, "mate": 404}


def day_ago(days: int = 1) -> str:
    return str(timezone.localdate() - timedelta(days=days))


def addition(world: World, **more: Any) -> dict[str, Any]:
    return {
        "kind": "OUTREACH", "day": day_ago(), "station": world.station.pk, "what": "到王寨宣讲养老保险",
        "note": "签到表在站里",
    } | more  # fmt: skip


def own(world: World) -> str:
    return f"{LIST}{rep().pk}/"


def test_who_gets_in(world: World, at_desk: Any) -> None:
    mate(world)
    for who in READERS:
        assert at_desk(who).get(LIST).status_code == 200, who
        assert at_desk(who).get(own(world)).status_code == 200, who
    for who, status in OTHERS.items():
        assert at_desk(who).get(own(world)).status_code == status, who
        assert at_desk(who).get(f"{own(world)}report/").status_code == status, who
    assert Client().get(own(world)).status_code == 302


def test_a_representative_is_led_to_his_own(world: World, at_desk: Any) -> None:
    assert at_desk("rep").get(LIST)["Location"] == own(world)
    page = at_desk("rep").get(own(world)).content.decode()
    assert "我的履职档案" in page
    assert page.count("今年还没有。") == 5


def test_the_list_goes_by_name_and_shows_no_number(world: World, at_desk: Any) -> None:
    mate(world)
    now = timezone.now()
    for number in range(3):
        day = now - timedelta(days=number)
        receptions.close(opened(world, day).pk, actor=world.clerk, at=day)
    page = at_desk().get(LIST).content.decode()
    assert page.index("安可期") < page.index("麦知秋")
    assert "今年有：接待选民" in page or now.timetuple().tm_yday < 4
    assert "今年还没有记录" in page
    row = re.search(r"<li>\s*<p[^>]*><a[^>]*>麦知秋</a>.*?</li>", page, re.S)
    assert row is not None
    assert not re.search(r"\d", re.sub(r"<[^>]+>", "", row.group()))
    assert "sort" not in page
    found = at_desk().get(LIST, {"q": "安"}).content.decode()
    assert "麦知秋" not in found.partition("<main")[2]
    assert "没有叫这个名字" in at_desk().get(LIST, {"q": "无此人"}).content.decode()


def test_a_station_reads_its_own_part_only(world: World, at_desk: Any) -> None:
    Service.objects.create(station=world.other_station, representative=rep(), since=date(2026, 1, 1))
    now = timezone.now()
    receptions.close(opened(world, now).pk, actor=world.clerk, at=now)
    for who, sees in (("clerk", True), ("rep", True), ("leader", True), ("other_clerk", False)):
        assert ("坐班接待 1 次" in at_desk(who).get(own(world)).content.decode()) is sees, who


def test_a_matter_out_of_sight_has_no_title(world: World, at_desk: Any) -> None:
    opinion = world.opinion(State.HANDLING, at=timezone.now() - timedelta(minutes=30))
    loop.explain(opinion.pk, actor=world.rep, at=timezone.now(), note="配件在路上。")
    page = at_desk("rep").get(own(world)).content.decode()
    assert opinion.title in page
    assert f"/desk/opinions/{opinion.pk}/" in page
    rep().services.update(until=timezone.localdate())
    page = at_desk("rep").get(own(world)).content.decode()
    assert opinion.title not in page
    assert "现在不归您看" in page
    assert "13800001234" not in page


def test_adding_and_a_second_person(world: World, at_desk: Any) -> None:
    assert at_desk("rep").post(f"{own(world)}add/", addition(world)).status_code == 302
    row = DutyRecord.objects.get()
    assert (row.state, row.added_by) == ("PENDING", world.rep)
    assert "补记等人核对" in at_desk().get(LIST).content.decode()
    assert "补记等人核对" not in at_desk("leader").get(LIST).content.decode()
    assert at_desk("rep").post(f"{LIST}additions/{row.pk}/approve/").status_code == 403
    assert at_desk("clerk").post(f"{LIST}additions/{row.pk}/approve/").status_code == 302
    assert at_desk("clerk").post(f"{LIST}additions/{row.pk}/approve/").status_code == 409
    page = at_desk("rep").get(own(world), {"year": str(row.day.year)}).content.decode()
    assert "补记 1 次，都有人核对过" in page
    assert at_desk("town_staff").post(f"{LIST}additions/{row.pk}/reject/", {"reason": ""}).status_code == 422
    assert at_desk("town_staff").post(f"{LIST}additions/{row.pk}/reject/", {"reason": "记重了"}).status_code == 302
    assert "没有记：记重了" in at_desk("rep").get(own(world), {"year": str(row.day.year)}).content.decode()


def test_who_wrote_it_is_asked_for_another(world: World, at_desk: Any) -> None:
    at_desk("clerk").post(f"{own(world)}add/", addition(world))
    assert "要请另一位工作人员核对" in at_desk("clerk").get(LIST).content.decode()
    row = DutyRecord.objects.get()
    answer = at_desk("clerk").post(f"{LIST}additions/{row.pk}/approve/")
    assert answer.status_code == 403
    assert "另一位" in answer.content.decode()


def test_bad_input_is_said_and_kept(world: World, at_desk: Any) -> None:
    for wrong in ({"day": ""}, {"day": day_ago(-2)}, {"kind": "x"}, {"station": world.other_station.pk}, {"note": ""}):
        answer = at_desk("rep").post(f"{own(world)}add/", addition(world, **wrong))
        assert answer.status_code == 422, wrong
        assert "到王寨宣讲养老保险" in answer.content.decode()
    assert not DutyRecord.objects.exists()


def test_who_may_not_add_has_no_form(world: World, at_desk: Any) -> None:
    for who, has in (("rep", True), ("clerk", True), ("town_staff", True), ("county_staff", False), ("leader", False)):
        assert ("补记一条" in at_desk(who).get(own(world)).content.decode()) is has, who
    assert at_desk("leader").post(f"{own(world)}add/", addition(world)).status_code == 422
    assert at_desk("other_clerk").post(f"{own(world)}add/", addition(world)).status_code == 404


def words_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_the_report_tells_the_year_in_whole_sentences(world: World, at_desk: Any) -> None:
    now = timezone.now()
    Mandate.objects.create(representative=rep(), level="COUNTY", term=16, started_on=date(2022, 3, 1))
    row = opened(world, now)
    receptions.receive(row.pk, told(world, now, name="李大娘"), actor=world.clerk, at=now)
    answer = at_desk("rep").get(f"{own(world)}report/")
    text = words_of(answer.content)
    assert f"{timezone.localdate().year}年履职报告" in text
    assert "县人大代表　麦知秋" in text
    assert "坐班接待 1 次，来了 1 位群众。" in text
    assert text.count(report.NOTHING) == 4
    assert "洺南街道融合站点" in text
    assert "李大娘" not in text
    assert answer["Cache-Control"] == "no-store, private"
    assert at_desk("leader").get(f"{own(world)}report/").status_code == 200


def test_what_is_still_open_is_in_the_report(world: World) -> None:
    workflow.add(
        rep(), world.station, actor=world.rep, at=timezone.now(), kind="SERVICE", day=timezone.localdate(), what="送药",
        note="村医在场",
    )  # fmt: skip
    span = gathering.span_of(timezone.localdate().year, timezone.now())
    parts = gathering.parts(gathering.gather([rep()], span)[rep().pk])
    assert report.texts(rep(), parts, span, timezone.now())["open"] == "为民服务：1 条补记等人核对。"


def test_an_odd_year_is_this_year(world: World, at_desk: Any) -> None:
    year = timezone.localdate().year
    for asked in ("x", "1900", "2100", ""):
        assert f"{year} 年。做过的事" in at_desk("rep").get(own(world), {"year": asked}).content.decode()
    assert f"{year - 1} 年。做过的事" in at_desk("rep").get(own(world), {"year": str(year - 1)}).content.decode()


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_pages_ask_as_often_for_thirty_rows_as_for_one(world: World, at_desk: Any) -> None:
    now = timezone.now()
    opinion = world.opinion(State.HANDLING, at=now - timedelta(hours=3))
    loop.explain(opinion.pk, actor=world.rep, at=now, note="说过了。")
    first = {"kind": "SERVICE", "day": timezone.localdate(), "what": "送药", "note": "村医"}
    workflow.add(rep(), world.station, actor=world.rep, at=now, **first)

    def asked() -> list[int]:
        return [statements(at_desk(who), address) for who in ("clerk", "leader") for address in (LIST, own(world))]

    before = asked()
    for number in range(29):
        person = Representative.objects.create(name=f"代表{number}")
        Service.objects.create(station=world.station, representative=person, since=date(2026, 1, 1))
        more = {"kind": "SERVICE", "day": timezone.localdate(), "what": f"第 {number} 件", "note": "村医"}
        workflow.add(rep(), world.station, actor=world.rep, at=now, **more)
        said = Opinion.objects.get(pk=world.opinion(State.HANDLING, at=now - timedelta(hours=2)).pk)
        loop.explain(said.pk, actor=world.rep, at=now, note="说过了。")
    assert asked() == before
