"""An older ledger comes in: row by row, through the verbs, told to nobody, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from core import jobs
from core.models import Job
from core.workdays import OFFICE
from core.workflow import BadInput
from notices.models import Notice
from notices.states import Channel as By
from opinions import tasks
from opinions.ledger import importing, sheets
from opinions.ledger.lines import Line, Verdict
from opinions.models import HistoryEntry, Opinion, Sheet, SheetKind
from opinions.states import Channel, State
from tests.opinions.ledger.books import Rows, book
from tests.world import START, World, make_user

pytestmark = pytest.mark.django_db
NOW = START
HEAD = ["编号", "日期", "姓名", "电话", "村", "反映内容", "承办单位", "办理情况", "办结日期", "结果", "满意度"]
DONE = [
    1,
    "2025-11-3",
    "田大山",
    "13800001234",
    "东街社区",
    "东街三盏路灯不亮",
    "县城管局",
    "已修好",
    "2025.11.10",
    "已解决",
    "满意",
]
OPEN = [2, "2026-3-20", "", "", "", "路灯又不亮了", "县城管局", "", "", "", ""]
SPOT = [3, "2026-1-5", "王", "", "", "咨询怎么办低保", "", "当面说清了", "", "", ""]
LATER = [4, "2026-3-24", "", "", "", "孩子上学远", "", "", "", "", ""]


def upload(world: World, rows: Rows, *, owner: Any = None, head: list[str] = HEAD) -> Sheet:
    return sheets.upload(
        SheetKind.LEDGER, "旧台账.xlsx", book([head, *rows]), owner=owner or world.clerk, at=NOW, station=world.station
    )


def preview(world: World, *rows: Any) -> list[Line]:
    return sheets.lines_of(upload(world, rows), NOW)


def bring_in(world: World, *rows: Any, owner: Any = None) -> Sheet:
    sheet = sheets.order(upload(world, rows, owner=owner).pk, NOW)
    sheets.run(sheet.job_id or 0, lambda: NOW)
    sheet.refresh_from_db()
    return sheet


def verbs(opinion: Opinion) -> list[str]:
    return list(opinion.history.order_by("at", "id").values_list("verb", flat=True))


def test_a_finished_row_walks_the_whole_road_at_its_own_times(world: World) -> None:
    assert bring_in(world, DONE).result == {"done": 1, "already": 0, "bad": []}
    opinion = Opinion.objects.get()
    assert verbs(opinion) == ["submit", "accept", "assign", "sign", "reply", "approve_reply", "rate"]
    assert opinion.state == State.CLOSED
    assert opinion.created_at == datetime(2025, 11, 3, 9, tzinfo=OFFICE)
    assert opinion.replied_at == datetime(2025, 11, 10, 17, tzinfo=OFFICE)
    assert (opinion.region, opinion.lead_unit, opinion.category) == (world.village, world.unit, world.category)
    assert (opinion.name, opinion.phone, opinion.hide_identity) == ("田大山", "13800001234", True)
    assert (opinion.channel, opinion.satisfaction, opinion.is_public) == (Channel.BOOK, "SATISFIED", False)
    assert opinion.recorded_by == opinion.first_contact == world.clerk


def test_rows_stop_where_the_ledger_stops(world: World) -> None:
    bring_in(world, OPEN, SPOT, LATER)
    found = {row.body: (row.state, verbs(row)) for row in Opinion.objects.all()}
    assert found["路灯又不亮了"] == (State.HANDLING, ["submit", "accept", "assign", "sign"])
    assert found["咨询怎么办低保"][1] == ["submit", "accept", "answer_on_spot", "close_unrated"]
    assert found["孩子上学远"] == (State.SUBMITTED, ["submit"])


def test_nobody_hears_of_the_past(world: World) -> None:
    bring_in(world, DONE, OPEN)
    assert not Notice.objects.exclude(channel=By.IN_SITE).exists()
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_new_message_is_still_told_to_the_station(world: World) -> None:
    bring_in(world, OPEN)
    before = Notice.objects.count()
    world.submit()
    assert Notice.objects.filter(channel=By.SMS).exists()
    assert Notice.objects.count() > before


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    bring_in(world, DONE, OPEN, SPOT)
    before = (Opinion.objects.count(), HistoryEntry.objects.count(), Notice.objects.count())
    assert bring_in(world, DONE, OPEN, SPOT).result == {"done": 0, "already": 3, "bad": []}
    assert (Opinion.objects.count(), HistoryEntry.objects.count(), Notice.objects.count()) == before


def test_without_a_number_day_words_and_person_make_the_row(world: World) -> None:
    row = ["", *LATER[1:]]
    bring_in(world, row)
    lines = preview(world, row, ["", "2026-3-23", *LATER[2:]], ["", LATER[1], "李", *LATER[3:]], row)
    assert [line.verdict for line in lines] == [Verdict.ALREADY, Verdict.READY, Verdict.READY, Verdict.ALREADY]


def test_a_number_with_other_words_is_an_error_not_a_second_matter(world: World) -> None:
    bring_in(world, LATER)
    again, twin, other = preview(world, [4, *SPOT[1:]], [9, *SPOT[1:]], [9, *OPEN[1:]])
    assert again.note == "这个编号以前导入过，内容却不一样"
    assert twin.verdict == Verdict.READY
    assert other.note == "编号和第 3 行一样，内容却不一样"


def test_the_same_row_twice_in_a_file_comes_in_once(world: World) -> None:
    first, second = preview(world, SPOT, SPOT)
    assert (first.verdict, second.verdict, second.note) == (Verdict.READY, Verdict.ALREADY, "和第 2 行一样")
    assert bring_in(world, SPOT, SPOT).result["done"] == 1


def test_a_row_that_is_here_by_its_receipt_is_not_brought_in_again(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    (line,) = preview(world, [opinion.receipt, *LATER[1:]])
    assert (line.verdict, line.note) == (Verdict.ALREADY, "这一件本来就在系统里")


def test_a_look_writes_nothing(world: World) -> None:
    sheet = upload(world, [DONE, OPEN, ["x"]])
    with CaptureQueriesContext(
        connection,
    ) as seen:
        sheets.lines_of(sheet, NOW)
    assert [query["sql"][:60] for query in seen if not query["sql"].startswith("SELECT")] == []
    assert not Opinion.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_a_look_asks_the_database_as_often_for_many_rows_as_for_one(world: World, rows: int) -> None:
    sheet = upload(world, [[number, *LATER[1:]] for number in range(rows)])
    with CaptureQueriesContext(connection) as seen:
        sheets.lines_of(sheet, NOW)
    assert len(seen) <= 8


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (1, "2023.13.1", "第 2 行 收到日期：看不懂“2023.13.1”，请写成 2023-1-13 这样"),
        (1, "", "第 2 行 收到日期：是空的"),
        (1, "2027-1-1", "第 2 行 收到日期：“2027-1-1”在将来"),
        (3, "12345", "第 2 行 电话：电话号码不对，请填 11 位手机号，或带区号的座机号（如 0394-3220000）。"),
        (4, "西街社区", "第 2 行 村（社区）：洺南街道没有“西街社区”这个村（社区）"),
        (5, " \u200b", "第 2 行 内容：是空的"),
        (5, "长" * 5001, "第 2 行 内容：有 5001 个字，最多 5000 个字"),
        (6, "县法院", "第 2 行 主办单位：没有“县法院”这个单位"),
        (8, "2025-11-1", "第 2 行 答复日期：早于收到日期"),
        (
            9,
            "差不多",
            "第 2 行 办理结果：没有“差不多”这种办理结果，请写已解决、正在解决、列入计划、留作参考、暂无条件当中的一个",
        ),
        (9, "列入计划", "第 2 行 办理结果：正在解决、列入计划的要写承诺日期"),
        (10, "还行", "第 2 行 评价：没有“还行”这种评价，请写满意、基本满意、不满意当中的一个"),
    ],
)
def test_errors_name_row_column_and_cell(world: World, at: int, value: str, sentence: str) -> None:
    row = list(DONE)
    row[at] = value
    (line,) = preview(world, row)
    assert line.verdict == Verdict.BAD
    assert line.sentences == [sentence]
    assert line.ready is None


def test_an_answer_s_columns_without_an_answer_are_errors(world: World) -> None:
    row = list(DONE)
    row[7] = ""
    (line,) = preview(world, row)
    assert len(line.sentences) == 3


def test_a_unit_nobody_handles_for_is_an_error_before_anything_is_written(world: World) -> None:
    world.handler.grants_set.update(revoked_at=NOW)
    (line,) = preview(world, DONE)
    assert line.sentences == ["第 2 行 主办单位：县城管局还没有经办人的账号，先给它授权一个"]


def test_bad_rows_stay_out_and_the_others_come_in(world: World) -> None:
    bad = list(DONE)
    bad[0], bad[1] = 7, "昨天"
    sheet = bring_in(world, bad, SPOT)
    assert sheet.result["done"] == 1
    assert Opinion.objects.get().body == SPOT[5]


def test_what_a_verb_refuses_is_kept_as_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise BadInput("这样不行。")

    monkeypatch.setattr(importing.workflow, "rate", refuse)
    sheet = bring_in(world, DONE, SPOT)
    assert sheet.result == {"done": 1, "already": 0, "bad": [[2, "这样不行。"]]}
    assert Opinion.objects.count() == 1  # the refused row left nothing behind


def test_a_title_below_in_the_file_keeps_its_row_numbers(world: World) -> None:
    content = book([["洺南街道 2025 年台账"], [], HEAD, ["", "昨天", "", "", "", "路灯"]])
    sheet = sheets.upload(SheetKind.LEDGER, "a.xlsx", content, owner=world.clerk, at=NOW, station=world.station)
    assert sheets.lines_of(sheet, NOW)[0].sentences[0].startswith("第 4 行 收到日期：")


def test_town_staff_act_themselves_and_the_county_through_the_station(world: World) -> None:
    bring_in(world, LATER, owner=world.town_staff)
    assert Opinion.objects.get().recorded_by == world.town_staff
    bring_in(world, SPOT, owner=world.county_staff)
    assert Opinion.objects.get(body=SPOT[5]).recorded_by == world.clerk


def test_a_station_without_staff_is_told_so(world: World) -> None:
    RoleOf = world.clerk.grants_set.model
    RoleOf.objects.filter(user__in=[world.clerk, world.town_staff]).update(revoked_at=NOW)
    sheet = bring_in(world, SPOT, owner=world.county_staff)
    assert sheet.job is not None
    assert "还没有工作人员" in Job.objects.get(pk=sheet.job_id).message
    assert not Opinion.objects.exists()


# --- the sheet's life


def test_rows_are_encrypted_while_they_wait_and_gone_when_done(world: World) -> None:
    sheet = upload(world, [DONE])
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM opinions_sheet WHERE id = %s", [sheet.pk])
        stored = cursor.fetchone()[0]
    assert "田大山" not in stored
    assert "13800001234" not in stored
    assert stored.startswith("gAAAA")
    sheets.run(sheets.order(sheet.pk, NOW).job_id or 0, lambda: NOW)
    sheet.refresh_from_db()
    assert sheet.rows == ""
    with pytest.raises(BadInput, match="内容删掉了"):
        sheets.lines_of(sheet, NOW)


def test_what_nobody_carries_out_is_erased_after_a_day(world: World) -> None:
    forgotten, ordered = upload(world, [DONE]), upload(world, [SPOT])
    sheets.order(ordered.pk, NOW)
    assert sheets.erase_old(NOW + timedelta(hours=23)) == 0
    assert sheets.erase_old(NOW + timedelta(days=1)) == 1
    forgotten.refresh_from_db()
    ordered.refresh_from_db()
    assert forgotten.rows == ""
    assert ordered.rows


def test_a_second_order_and_a_second_delivery_do_nothing(world: World) -> None:
    sheet = upload(world, [DONE])
    first, second = sheets.order(sheet.pk, NOW), sheets.order(sheet.pk, NOW)
    assert first.job_id == second.job_id
    for _ in range(2):
        tasks.carry_out_sheet(first.job_id)
    assert Opinion.objects.count() == 1
    assert AuditEntry.objects.filter(action="ledger_imported").count() == 1


def test_an_interrupted_import_goes_on_where_it_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opinions.imports.BATCH", 1)
    sheet = sheets.order(upload(world, [DONE, SPOT, LATER]).pk, NOW)
    real, calls = jobs.advance, []

    def stopped(*args: Any, **kwargs: Any) -> bool:
        calls.append(args)
        return len(calls) < 3 and real(*args, **kwargs)

    monkeypatch.setattr(jobs, "advance", stopped)
    sheets.run(sheet.job_id or 0, lambda: NOW)
    assert Opinion.objects.count() == 2
    monkeypatch.setattr(jobs, "advance", real)
    assert bring_in(world, DONE, SPOT, LATER).result == {"done": 1, "already": 2, "bad": []}


def test_the_audit_line_holds_numbers_and_no_person(world: World) -> None:
    bring_in(world, DONE)
    line = AuditEntry.objects.get(action="ledger_imported")
    assert line.detail == {"done": 1, "already": 0, "bad": 0, "station_code": "mingnan"}
    assert line.actor == world.clerk


def test_columns_are_remembered_for_the_same_headings(world: World) -> None:
    sheet = upload(world, [LATER])
    chosen = {"created": 1, "body": 5, "location": 4}
    sheets.match(sheet, chosen)
    assert upload(world, [SPOT]).columns != chosen  # only what was carried out is remembered
    sheets.order(sheet.pk, NOW)
    assert upload(world, [SPOT]).columns == chosen
    colleague = make_user("colleague", "STATION_STAFF", station_code="mingnan")
    assert upload(world, [SPOT], owner=colleague).columns == chosen
    assert upload(world, [SPOT], head=[*HEAD[:-1], "满意情况"]).columns != chosen


def test_what_must_be_there_must_be_matched(world: World) -> None:
    with pytest.raises(BadInput, match="收到日期、内容"):
        sheets.match(upload(world, [LATER]), {"name": 2})


def test_lost_orders_are_handed_over_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = sheets.order(upload(world, [LATER]).pk, NOW)
    assert sheets.lost(NOW) == []
    assert sheets.lost(NOW + timedelta(minutes=1)) == [sheet.job_id]
    handed: list[Any] = []
    monkeypatch.setattr(tasks.carry_out_sheet, "apply_async", lambda args, **kwargs: handed.append(args))
    tasks.resume_sheets()
    assert handed == [(sheet.job_id,)]


def test_a_dissatisfied_row_opens_a_round_that_runs_from_today(world: World) -> None:
    row = list(DONE)
    row[HEAD.index("满意度")] = "不满意"
    assert bring_in(world, row).result == {"done": 1, "already": 0, "bad": []}
    opinion = Opinion.objects.get()
    assert (opinion.state, opinion.round, opinion.assigned_at) == (State.ASSIGNED, 2, NOW)
    assert opinion.replied_at is None
    assert opinion.ratings.get().created_at == NOW
    running = list(opinion.deadlines.filter(ended_at=None))
    assert {limit.step for limit in running} == {"SIGN", "REPLY"}
    assert all(limit.started_at == NOW < limit.due_at for limit in running)
    assert not Opinion.objects.overdue(NOW).exists()
    charge = opinion.assignments.get(ended_at=None)
    assert (charge.assigned_at, charge.due_at) == (NOW, opinion.reply_due_at)


def test_the_unit_hears_of_the_new_round_and_of_nothing_older(world: World) -> None:
    row = list(DONE)
    row[HEAD.index("满意度")] = "不满意"
    bring_in(world, row)
    unread = Notice.objects.filter(read_at=None)
    assert {notice.created_at for notice in unread} == {NOW}
    assert set(unread.filter(kind="opinion_assigned").values_list("user", flat=True)) == {world.handler.pk}
    assert not Notice.objects.exclude(channel=By.IN_SITE).exists()
