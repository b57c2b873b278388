"""值班公示 as a Word file: opened again, it says what the roster says and nothing more."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from docx import Document

from duties import workflow
from duties.models import Roster, Shift
from duties.notice_sheet import HEADS, NOBODY, rows_of, written
from stations.models import EntryCode
from tests.duties.conftest import Office
from tests.world import START

ADDRESS = "/desk/duties/mingnan/2026-04/word/"


@pytest.fixture
def april(office: Office) -> Roster:
    return office.published()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def test_the_file_holds_every_duty_with_its_people_in_one_line(april: Roster) -> None:
    rows = rows_of(april)
    assert len(rows) == Shift.objects.values("day", "start", "end", "post").distinct().count()
    window = next(row for row in rows if row[0] == "4 月 2 日 周四")
    assert window[1:3] == ("8:30–12:00", "直通车窗口")
    assert set(window[3].split("、")) == {
        row.representative.name
        for row in Shift.objects.filter(day=date(2026, 4, 2)).select_related("representative")
        if row.representative
    }
    paper = opened(written(april))
    cells = [tuple(cell.text for cell in row.cells) for row in paper.tables[0].rows]
    assert cells == [HEADS, *rows]


def test_it_is_a4_with_title_place_and_day_of_publishing(april: Roster, office: Office) -> None:
    paper = opened(written(april))
    page = paper.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    text = "\n".join(row.text for row in paper.paragraphs)
    assert "洺南街道融合站点 2026 年 4 月代表值班公示" in text
    assert "3 月 25 日公布" in text
    assert office.world.station.phone in text


def test_a_gap_is_open_and_reasons_stay_inside(april: Roster, office: Office) -> None:
    shift = office.shift("白露明")
    workflow.cannot_come(shift.pk, actor=office.user("白露明"), at=START + timedelta(minutes=1), reason="住院")
    late = office.shift("陈守一")
    workflow.mark_absent(late.pk, actor=office.world.clerk, at=late.ends_at, note="没联系上")
    text = str([[cell.text for cell in row.cells] for row in opened(written(april)).tables[0].rows])
    assert NOBODY in text
    for secret in ("住院", "没联系上", "没有来", "13800002222"):
        assert secret not in text


def test_the_clerk_takes_it_from_the_page_of_the_sheet(april: Roster, office: Office) -> None:
    client = client_of(office.world.clerk)
    sheet = client.get("/desk/duties/mingnan/2026-04/print/").content.decode()
    assert ADDRESS in sheet
    assert "/desk/duties/feeds/" in sheet
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert "attachment" in answer["Content-Disposition"]
    assert opened(b"".join(answer.streaming_content)).tables  # type: ignore[attr-defined]


def test_the_sheet_leads_to_the_page_that_is_always_right(april: Roster, office: Office) -> None:
    client, address = client_of(office.world.clerk), "/desk/duties/mingnan/2026-04/print/"
    assert "扫这个码" not in client.get(address).content.decode()
    EntryCode.objects.create(
        code="K7QM4XWD", station=office.world.station, kind=EntryCode.Kind.STATION, label="大门", created_at=START
    )
    for query, words in (("", "换成 A3 海报"), ("?size=a3", "换成 A4")):
        text = client.get(address + query).content.decode()
        assert words in text
        assert 'class="qr"' in text
        assert ("a4 a3" in text) == bool(query)


def test_a_draft_and_a_station_out_of_sight_have_none(office: Office) -> None:
    draft = office.propose()
    clerk = client_of(office.world.clerk)
    assert clerk.get(ADDRESS).status_code == 404
    assert ADDRESS not in clerk.get("/desk/duties/mingnan/2026-04/print/").content.decode()
    workflow.publish(draft.pk, actor=office.world.clerk, at=START)
    assert clerk.get(ADDRESS).status_code == 200
    assert client_of(office.user("白露明")).get(ADDRESS).status_code == 200
    assert client_of(office.world.other_clerk).get(ADDRESS).status_code == 404
    assert client_of(office.world.handler).get(ADDRESS).status_code == 403
    assert Client().get(ADDRESS).status_code == 302
