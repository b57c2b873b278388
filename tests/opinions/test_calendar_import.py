"""The yearly notice from a file: read in the shapes people pass on, shown day by day, stored once, never half."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from core.models import CalendarDay, Job
from core.workdays import WorkCalendar
from core.workflow import BadInput
from opinions import calendar_import, recount_runs
from opinions.calendar_files import MOST_BYTES, Day, read
from opinions.calendar_import import CHANGED, NEW, SAME
from opinions.states import State
from tests.world import World

PAGE = "/desk/calendar/import/"
TABLE = """日期,上班或休息,名称,依据
2027-01-01,休息,元旦,国务院通知
2027-01-02,休息,元旦,国务院通知
2027年2月5日,放假,春节,
2027/2/20,上班,,
2027-05-01,休,劳动节,
2027-10-01,休,国庆节,
"""
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//CN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270104
SUMMARY:元旦（休）
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270220
SUMMARY:春节 补班
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20270501
SUMMARY:劳动节
X-APPLE-SPECIAL-DAY:WORK-HOLIDAY
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART;VALUE=DATE:20270508
SUMMARY:劳动节
X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY
END:VEVENT
BEGIN:VEVENT
UID:5
DTSTART;VALUE=DATE:20270307
SUMMARY:惊蛰
END:VEVENT
END:VCALENDAR
"""


# --- reading


def test_a_table_is_read_with_every_way_of_writing_a_day() -> None:
    reading = read("2027.csv", TABLE.encode())
    assert reading.refused == ()
    assert [(str(day.date), day.is_workday, day.name) for day in reading.days] == [
        ("2027-01-01", False, "元旦"), ("2027-01-02", False, "元旦"), ("2027-02-05", False, "春节"),
        ("2027-02-20", True, "调休上班"), ("2027-05-01", False, "劳动节"), ("2027-10-01", False, "国庆节"),
    ]  # fmt: skip
    assert reading.days[0].source == "国务院通知"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_office_programs(encoding: str) -> None:
    assert len(read("a.CSV", TABLE.encode(encoding)).days) == 6


def test_a_calendar_is_read_with_spans_and_both_marks() -> None:
    reading = read("2027.ics", ICS.encode())
    assert [(str(day.date), day.is_workday, day.name) for day in reading.days] == [
        ("2027-01-01", False, "元旦"), ("2027-01-02", False, "元旦"), ("2027-01-03", False, "元旦"),
        ("2027-02-20", True, "调休上班"), ("2027-05-01", False, "劳动节"), ("2027-05-08", True, "调休上班"),
    ]  # fmt: skip
    assert reading.refused == (("2027-03-07 惊蛰", "看不出是放假还是上班，没有采用。"),)


@pytest.mark.parametrize(
    ("title", "works"),
    [
        ("国庆节 假期 第1天/共8天", False), ("国庆节 补班 第1天/共2天", True), ("春节(休)", False),
        ("春节（班）", True), ("清明节放假", False), ("国庆节调休上班", True), ("端午节休", False),
    ],
)  # fmt: skip
def test_titles_as_calendars_write_them(title: str, works: bool) -> None:
    (day,) = read("a.ics", ICS.split("BEGIN:VEVENT")[0].encode() + (
        f"BEGIN:VEVENT\nUID:9\nDTSTART;VALUE=DATE:20271002\nSUMMARY:{title}\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()).days  # fmt: skip
    assert day.is_workday is works
    assert "第" not in day.name
    assert day.name


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2027-13-01,休息,元旦", "第一格不是日期"),
        ("元旦后一天,休息,元旦", "第一格不是日期"),
        ("2027-01-01,也许,元旦", "第二格要写"),
        ("2027-01-01,,元旦", "第二格要写"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_stay(line: str, why: str) -> None:
    reading = read("a.csv", f"2027-05-01,休息,劳动节\n{line}\n".encode())
    assert len(reading.days) == 1
    ((said, reason),) = reading.refused
    assert said.startswith("第 2 行")
    assert why in reason


def test_the_same_day_twice_is_kept_once_and_a_contradiction_is_refused() -> None:
    reading = read("a.csv", "2027-05-01,休息,劳动节\n2027-05-01,休,劳动节\n2027-05-01,上班,调休\n".encode())
    assert [day.is_workday for day in reading.days] == [False]
    assert "说法相反" in reading.refused[0][1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK"), ("a.csv", b""), ("a.csv", b"\xff\xfe\x00\x00"), ("a.ics", b"hello"),
        ("a.csv", b"x" * (MOST_BYTES + 1)), ("a.ics", b""), ("a", b"2027-01-01"), ("a.csv", "日期,上班\n".encode()),
        ("a.csv", b"\x00" * 40),
    ],
)  # fmt: skip
def test_what_is_no_notice_is_refused_with_a_sentence(name: str, content: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        read(name, content)
    assert refusal.value.field == "file"
    assert refusal.value.message.endswith("。")


def test_a_file_of_ten_years_is_not_the_notice() -> None:
    days = "\n".join(f"{date(2027, 1, 1) + timedelta(days=n)},休息,假" for n in range(500))
    with pytest.raises(BadInput):
        read("a.csv", days.encode())


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.ics"]))
def test_no_bytes_break_the_reader(content: bytes, name: str) -> None:
    try:
        reading = read(name, content)
    except BadInput:
        return
    assert len({day.date for day in reading.days}) == len(reading.days)


# --- comparing and storing


def days(*rows: tuple[date, bool, str]) -> list[Day]:
    return [Day(on, works, name) for on, works, name in rows]


def test_each_day_is_new_changed_or_the_same(world: World) -> None:
    CalendarDay.objects.create(date=date(2027, 1, 1), is_workday=False, name="元旦")
    CalendarDay.objects.create(date=date(2027, 2, 20), is_workday=False, name="错的")
    WorkCalendar.forget()
    rows = days(
        (date(2027, 1, 1), False, "元旦"), (date(2027, 2, 20), True, "调休上班"), (date(2027, 5, 1), False, "劳动节"),
        (date(2026, 10, 1), False, "国庆节"), (date(2026, 10, 12), False, "县里放假"),
    )  # fmt: skip
    lines = calendar_import.compared(rows, WorkCalendar.load())
    assert [line.what for line in lines] == [SAME, CHANGED, NEW, SAME, NEW]
    assert lines[4].before == "上班（工作日）"


def test_what_was_shown_is_what_is_stored_and_nothing_else_is_taken() -> None:
    rows = days((date(2027, 1, 1), False, "元旦"))
    assert calendar_import.opened(calendar_import.sealed(rows)) == rows
    for text in ("", "nonsense", calendar_import.sealed(rows)[:-2] + "xx"):
        with pytest.raises(BadInput):
            calendar_import.opened(text)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr("opinions.views.calendar_files.send", found.append)
    return found


def upload(client: Client, content: str = TABLE, name: str = "2027.csv", **more: Any) -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content.encode()), "source": "国办通知"} | more)


def sealed_of(answer: Any) -> str:
    return answer.context["shown"]["sealed"]


@pytest.fixture
def staff(world: World) -> Client:
    client = Client()
    client.force_login(world.county_staff)
    return client


def test_looking_writes_nothing_applying_writes_once_and_a_second_time_changes_nothing(
    world: World, staff: Client, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    row = world.opinion(State.HANDLING, at=timezone.now())
    before = row.history.count()
    shown = upload(staff)
    text = shown.content.decode()
    assert "照这样改 6 天" in text
    assert not CalendarDay.objects.exists()
    assert not Job.objects.exists()
    assert row.history.count() == before
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(PAGE, {"apply": "1", "sealed": sealed_of(shown), "source": "国办通知"})
    assert CalendarDay.objects.count() == 6
    assert CalendarDay.objects.get(date="2027-02-20").source == "国办通知"
    entry = AuditEntry.objects.get(action="calendar_imported")
    assert (entry.actor, entry.detail["days"]) == (world.county_staff, 6)
    assert len(sent) == 1
    assert Job.objects.get().kind == recount_runs.KIND
    again = upload(staff)
    assert "都已经在日历里了" in again.content.decode()
    staff.post(PAGE, {"apply": "1", "sealed": sealed_of(shown), "source": "国办通知"})
    assert CalendarDay.objects.count() == 6
    assert AuditEntry.objects.filter(action="calendar_imported").count() == 1
    assert Job.objects.count() == 1


def test_the_forecast_names_the_matters_it_moves(world: World, staff: Client) -> None:
    now = timezone.now()
    row = world.opinion(State.HANDLING, at=now)
    first = now.date() + timedelta(days=2)
    lines = "\n".join(f"{first + timedelta(days=n)},休息,防汛停工" for n in range(3))
    text = upload(staff, lines).content.decode()
    assert '会影响 <b class="num">1</b> 件正在办的' in text
    assert row.title in text


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("clerk", 403), ("handler", 403), ("admin", 403)])
def test_only_the_county_brings_a_notice_in(world: World, who: str, status: int, sent: list[int]) -> None:
    client = Client()
    client.force_login(world.users[who])
    assert upload(client).status_code == status
    sealed = calendar_import.sealed(days((date(2027, 1, 1), False, "元旦")))
    assert client.post(PAGE, {"apply": "1", "sealed": sealed}).status_code == status
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [("日期,上班\n", "a.csv", "没有找到日子"), ("x", "a.xlsx", "请选 .csv 或 .ics"), ("", "a.csv", "这个文件是空的")],
)
def test_a_bad_file_is_answered_beside_the_field(staff: Client, content: str, name: str, said: str) -> None:
    answer = upload(staff, content, name)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_refused_lines_are_shown_with_their_reason(staff: Client) -> None:
    text = upload(staff, "2027-05-01,休息,劳动节\n昨天,休息,假\n").content.decode()
    assert "没有采用的 1 行" in text
    assert "第一格不是日期" in text


def test_a_stale_preview_is_refused_with_words(staff: Client) -> None:
    answer = staff.post(PAGE, {"apply": "1", "sealed": "old"})
    assert answer.status_code == 422
    assert "请把文件再传一次" in answer.content.decode()
    assert not CalendarDay.objects.exists()
