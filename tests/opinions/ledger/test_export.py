"""The ledger as a spreadsheet: the same rows as the list, harmless cells, an audit line, little memory."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from accounts.models import AuditEntry, User
from core import jobs
from core.models import Job
from opinions import tasks
from opinions.ledger import export
from opinions.ledger.columns import IDENTITY, LEDGER, RECEIPT, columns_for
from opinions.models import BookLine, BookPage, LedgerExport, Opinion
from opinions.states import State
from tests.world import START, World, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def signed_in(world: World) -> SignIn:
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(world.users[who])
        return client

    return sign_in


def ask(client: Client, query: str = "group=all", **data: str) -> Any:
    return client.post(f"/desk/opinions/export/?{query}", data)


def sheet(answer: Any) -> Any:
    assert answer.status_code == 200, answer
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def rows(answer: Any) -> list[dict[str, Any]]:
    head, *found = list(sheet(answer).iter_rows(values_only=True))
    return [dict(zip(head, row, strict=True)) for row in found]


def test_a_row_says_what_the_page_says(world: World, signed_in: SignIn) -> None:
    opinion = world.opinion(State.CLOSED)
    (row,) = rows(ask(signed_in("clerk")))
    assert row["编号"].replace("-", "").replace(" ", "") == opinion.receipt
    assert row["收到日期"] == datetime(2026, 3, 25)
    assert (row["站点"], row["村（社区）"], row["类别"]) == ("洺南街道融合站点", "东街社区", "路灯照明")
    assert (row["状态"], row["主办单位"], row["办理结果"], row["评价"]) == ("已办结", "县城管局", "已解决", "满意")
    assert (row["从哪来"], row["缓急"], row["第几轮"], row["承诺日期"]) == ("扫码留言", "一般", 1, None)
    assert row["内容"] == opinion.body


def test_a_matter_from_the_paper_book_says_where_it_stands_on_paper(world: World, signed_in: SignIn) -> None:
    opinion, other = world.opinion(State.SUBMITTED), world.submit(body="从窗口来的事")
    page = BookPage.objects.create(station=world.station, book="2026-1", page=3, added_by=world.clerk, added_at=START)
    BookLine.objects.create(
        page=page, line=7, opinion=opinion, written_on=date(2026, 3, 20), copied_by=world.clerk, copied_at=START
    )
    found = {row["内容"]: row for row in rows(ask(signed_in("clerk")))}
    places = ("民情收集簿", "页", "行", "簿上日期")
    assert [found[opinion.body][word] for word in places] == ["2026-1", 3, 7, datetime(2026, 3, 20)]
    assert [found[other.body][word] for word in places] == [None] * 4


def test_headings_stay_in_sight_and_days_are_days(world: World, signed_in: SignIn) -> None:
    world.opinion(State.ASSIGNED)
    found = sheet(ask(signed_in("clerk")))
    assert found.freeze_panes == "A2"
    assert [cell.value for cell in found[1]] == [RECEIPT.heading, *(column.heading for column in LEDGER)]
    assert found["A1"].font.b
    widths = [found.column_dimensions[letter].width for letter in "ABJ"]
    assert [round(width) for width in widths] == [15, 13, 61]
    due = next(cell for cell in found[2] if found.cell(1, cell.column).value == "答复期限")
    assert (due.data_type, due.number_format) == ("d", "yyyy-mm-dd")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_what_looks_like_a_formula_is_a_text(world: World, signed_in: SignIn, start: str) -> None:
    words = f'{start}HYPERLINK("http://203.0.113.5/","点我")洺'
    world.submit(body=words, title=words)
    found = sheet(ask(signed_in("clerk")))
    texts = [cell for cell in found[2] if "HYPERLINK" in str(cell.value)]
    assert len(texts) == 2
    for cell in texts:
        assert cell.data_type == "s"
        assert cell.quotePrefix  # stays a text when somebody edits the cell
        assert cell.hyperlink is None


def test_the_export_is_the_list_with_its_conditions(world: World, signed_in: SignIn) -> None:
    for state in (State.SUBMITTED, State.HANDLING, State.CLOSED):
        world.opinion(state)
    client = signed_in("clerk")
    for query in ("", "group=closed", "state=HANDLING", "q=路灯&group=all", "category=999&group=all"):
        shown = (
            client.get(f"/desk/opinions/?{query}").context["rows"]
            if query
            else client.get("/desk/opinions/").context["rows"]
        )
        answer = ask(client, query)
        found = [] if answer.status_code == 302 else [row["事情"] for row in rows(answer)]
        assert len(found) == len(shown), query
    assert len(rows(ask(client, "group=all&state=SUBMITTED&state=CLOSED"))) == 2


def test_the_order_is_the_list_s_order(world: World, signed_in: SignIn) -> None:
    for number in range(3):
        world.submit(body=f"第{number}件路灯的事", at=START + timedelta(hours=number))
    words = [row["内容"] for row in rows(ask(signed_in("clerk"), "group=all&sort=new"))]
    assert words == ["第2件路灯的事", "第1件路灯的事", "第0件路灯的事"]


VISIBLE = {"clerk": 2, "town_staff": 2, "county_staff": 3, "leader": 3, "rep": 2, "other_clerk": 1, "handler": 1}


@pytest.mark.parametrize("who", VISIBLE)
def test_nobody_takes_more_than_he_sees(world: World, signed_in: SignIn, who: str) -> None:
    world.opinion(State.SUBMITTED)
    world.opinion(State.ASSIGNED)
    world.submit(station=world.other_station, region=world.other_town)
    assert len(rows(ask(signed_in(who)))) == VISIBLE[who]


@pytest.mark.parametrize("who", ["admin", "security", "audit"])
def test_administrators_take_nothing(world: World, signed_in: SignIn, who: str) -> None:
    world.opinion(State.ASSIGNED)
    assert ask(signed_in(who)).status_code == 403


def test_a_visitor_is_sent_to_sign_in(world: World) -> None:
    assert ask(Client()).status_code == 302
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()


@pytest.mark.parametrize("who", ["handler", "rep"])
def test_units_and_representatives_get_no_receipt_and_no_person(world: World, signed_in: SignIn, who: str) -> None:
    opinion = world.opinion(State.ASSIGNED)
    (row,) = rows(ask(signed_in(who), identity="1"))
    assert "编号" not in row
    assert "称呼" not in row
    assert opinion.receipt not in str(row).replace("-", "").replace(" ", "")
    assert "田" not in str(row)


def test_name_and_telephone_come_masked_and_only_when_asked_for(world: World, signed_in: SignIn) -> None:
    world.opinion(State.ASSIGNED)
    assert "称呼" not in rows(ask(signed_in("clerk")))[0]
    (row,) = rows(ask(signed_in("clerk"), identity="1"))
    assert (row["称呼"], row["电话"]) == ("田**", "138****1234")
    assert "13800001234" not in str(row)


def test_the_leader_sees_receipts_but_no_person(world: World) -> None:
    found = [column.heading for column in columns_for(world.leader, with_identity=True)]
    assert RECEIPT.heading in found
    assert not set(found) & {column.heading for column in IDENTITY}


def test_every_export_leaves_a_line_that_names_no_person(world: World, signed_in: SignIn) -> None:
    world.opinion(State.ASSIGNED)
    ask(signed_in("clerk"), "group=all&q=13800001234&state=ASSIGNED", identity="1")
    line = AuditEntry.objects.get(action="ledger_exported")
    assert line.actor == world.clerk
    assert line.detail["rows"] == 1
    assert line.detail["identity"] == "打码"
    assert line.detail["filters"] == "范围：全部；查找：（不记原文）；状态：已交办"
    assert "13800001234" not in str(line.detail)


def test_an_empty_list_or_a_wrong_condition_gives_no_file(world: World, signed_in: SignIn) -> None:
    client = signed_in("clerk")
    assert ask(client).status_code == 302
    world.submit()
    assert ask(client, "group=all&since=gestern").status_code == 302
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()
    assert client.get("/desk/opinions/export/?group=all").status_code == 302


def test_an_empty_sheet_still_has_its_headings(world: World, tmp_path: Path) -> None:
    found = export.filtered(QueryDict("group=all"), world.clerk, START)
    assert export.write(tmp_path / "a.xlsx", found, LEDGER) == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert book["A1"].value == "收到日期"
    assert book.max_row <= 2


@pytest.mark.parametrize("count", [1, 30])
def test_the_database_is_asked_as_often_for_many_rows_as_for_one(world: World, tmp_path: Path, count: int) -> None:
    for number in range(count):
        world.submit(body=f"第{number}件")
    found = export.filtered(QueryDict("group=all"), world.clerk, START)
    with CaptureQueriesContext(connection) as seen:
        assert export.write(tmp_path / "a.xlsx", found, LEDGER) == count
    assert len(seen) == 1


# --- in the background


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every export goes to the background; the queue remembers what it was given."""
    monkeypatch.setattr(export, "AT_ONCE", 1)
    handed: list[Any] = []
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda args, **kwargs: handed.append(args[0]))
    return handed


def ordered(world: World, client: Client, queued: list[Any], **data: str) -> Job:
    for number in range(3):
        world.submit(body=f"第{number}件路灯的事", at=START + timedelta(minutes=number))
    answer = ask(client, "group=all&q=路灯", **data)
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/sheets/jobs/{queued[-1]}/"
    return Job.objects.get(pk=queued[-1])


def test_a_long_list_is_made_in_the_background_and_kept_for_its_owner(
    world: World, signed_in: SignIn, queued: list[Any]
) -> None:
    client = signed_in("clerk")
    job = ordered(world, client, queued, identity="1")
    waiting = client.get(f"/desk/sheets/jobs/{job.pk}/").content.decode()
    assert "排着队" in waiting
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()
    tasks.make_export(job.pk)
    assert "导出了 3 件。" in client.get(f"/desk/sheets/jobs/{job.pk}/").content.decode()
    found = rows(client.get(f"/desk/sheets/jobs/{job.pk}/file/"))
    assert [row["称呼"] for row in found] == ["田**"] * 3
    assert AuditEntry.objects.get(action="ledger_exported").detail["rows"] == 3
    assert client.get(f"/desk/sheets/jobs/{job.pk}/?form=json").json()["file"] == f"/desk/sheets/jobs/{job.pk}/file/"
    for who in ("town_staff", "county_staff", "other_clerk"):
        assert signed_in(who).get(f"/desk/sheets/jobs/{job.pk}/").status_code == 404
        assert signed_in(who).get(f"/desk/sheets/jobs/{job.pk}/file/").status_code == 404


def test_a_second_delivery_does_nothing(world: World, signed_in: SignIn, queued: list[Any]) -> None:
    job = ordered(world, signed_in("clerk"), queued)
    for _ in range(2):
        tasks.make_export(job.pk)
    assert AuditEntry.objects.filter(action="ledger_exported").count() == 1


def test_what_is_searched_for_is_kept_encrypted(world: World, signed_in: SignIn, queued: list[Any]) -> None:
    ordered(world, signed_in("clerk"), queued)
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM opinions_ledgerexport")
        assert cursor.fetchone()[0].startswith("gAAAA")
    assert "路灯" not in Job.objects.get().title
    assert "q=" in LedgerExport.objects.get().query


def test_rights_count_when_the_file_is_made_not_when_it_was_asked_for(
    world: World, signed_in: SignIn, queued: list[Any]
) -> None:
    job = ordered(world, signed_in("clerk"), queued)
    world.clerk.grants_set.update(revoked_at=START)
    tasks.make_export(job.pk)
    assert AuditEntry.objects.get(action="ledger_exported").detail["rows"] == 0


def test_a_job_that_was_closed_meanwhile_is_dropped(
    world: World, signed_in: SignIn, queued: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ordered(world, signed_in("clerk"), queued)
    monkeypatch.setattr(export, "CHUNK", 1)
    real = jobs.advance

    def closed(job_id: int, done: int, *args: Any, **kwargs: Any) -> bool:
        if done == 2:
            jobs.fail(job_id, "停了。", at=START)
        return real(job_id, done, *args, **kwargs)

    monkeypatch.setattr(jobs, "advance", closed)
    tasks.make_export(job.pk)
    job.refresh_from_db()
    assert (job.message, job.file.name) == ("停了。", "")
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()


def test_a_queue_that_is_away_loses_nothing(world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 1)

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.make_export, "apply_async", away)
    for number in range(3):
        world.submit(body=f"第{number}件")
    answer = signed_in("clerk").post("/desk/opinions/export/?group=all", follow=True)
    assert "后台现在没有应答" in answer.content.decode()
    job = Job.objects.get()
    handed: list[Any] = []
    monkeypatch.setattr(tasks.make_export, "apply_async", lambda args, **kwargs: handed.append(args[0]))
    assert export.lost(job.created_at + timedelta(seconds=30)) == []
    Job.objects.update(created_at=START)
    tasks.resume_sheets()
    assert handed == [job.pk]


def test_the_day_is_the_day_in_shanghai(world: World, signed_in: SignIn) -> None:
    world.submit(at=datetime(2026, 3, 25, 16, 30, tzinfo=START.tzinfo).replace(hour=0, minute=30))
    assert rows(ask(signed_in("clerk")))[0]["收到日期"].date() == date(2026, 3, 25)


def test_someone_of_two_offices_gets_what_both_see(world: World) -> None:
    both = make_user("both", "UNIT_HANDLER", unit_code="chengguan")
    assert RECEIPT not in columns_for(both, with_identity=True)
    both.grants_set.create(role="STATION_STAFF", station_code="mingnan", granted_at=START)
    assert RECEIPT in columns_for(User.objects.get(pk=both.pk), with_identity=False)
    assert Opinion.objects.count() == 0
