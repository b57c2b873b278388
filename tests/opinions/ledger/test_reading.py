"""Reading uploaded sheets: what people send is understood, what is hostile is refused with a sentence."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.workdays import OFFICE
from core.workflow import BadInput
from opinions.ledger import fields, reading
from opinions.ledger.fields import BadCell, guess, moment
from opinions.ledger.reading import read
from tests.opinions.ledger.books import book, changed

HEAD = ["日期", "姓名", "反映内容"]


def refused(name: str, content: bytes) -> str:
    with pytest.raises(BadInput) as error:
        read(name, content, fields.KNOWN)
    return error.value.message


def test_days_numbers_and_texts_become_texts_with_their_row() -> None:
    rows = [
        HEAD,
        [date(2023, 1, 13), 12.0, "路灯\n不亮"],
        [None, None, None],
        [datetime(2023, 1, 14, 9, 30), True, 1.5],
    ]
    table = read("台账.xlsx", book(rows), fields.KNOWN)
    assert table.headings == ("日期", "姓名", "反映内容")
    assert table.rows == ((2, ("2023-01-13", "12", "路灯\n不亮")), (4, ("2023-01-14 09:30", "是", "1.5")))


def test_the_headings_may_stand_below_a_title() -> None:
    rows = [["洺南街道民情台账", None, None], ["2023 年", "一月", None], HEAD, ["2023-1-13", "田", "路灯"]]
    table = read("a.xlsx", book(rows), fields.KNOWN)
    assert table.headings == tuple(HEAD)
    assert table.rows == ((4, ("2023-1-13", "田", "路灯")),)


def test_a_heading_may_take_two_rows_and_a_row_is_never_taken_for_one() -> None:
    over, under = ["日期", "来访人", "", "内容"], ["", "姓名", "电话（手机）", ""]
    table = read("a.xlsx", book([over, under, ["2023-1-13", "田", "1", "路灯"]]), fields.KNOWN)
    assert table.headings == ("日期", "姓名", "电话（手机）", "内容")
    assert table.rows == ((3, ("2023-1-13", "田", "1", "路灯")),)
    for row in (["2023-1-13", "姓名", "电话", "路灯"], ["", "田", "1", ""], ["", "姓名", "", ""]):
        plain = read("a.xlsx", book([over, row]), fields.KNOWN)
        assert (plain.headings, plain.rows) == (tuple(over), ((2, tuple(row)),))


def test_a_hidden_sheet_is_passed_over() -> None:
    table = read("a.xlsx", book([HEAD, ["2023-1-13", "", "路灯"]], hidden=[["秘密", "秘密"], ["x", "y"]]), fields.KNOWN)
    assert table.headings[0] == "日期"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_the_usual_encodings_and_marks(encoding: str, mark: str) -> None:
    text = f'日期{mark}姓名{mark}反映内容\r\n2023-1-13{mark}田{mark}"洺河边{mark}\n路灯"\r\n'
    table = read("a.CSV", text.encode(encoding), fields.KNOWN)
    assert table.rows == ((2, ("2023-1-13", "田", f"洺河边{mark}\n路灯")),)


def test_a_formula_is_read_as_what_it_showed_and_a_formula_s_text_as_text() -> None:
    table = read("a.xlsx", book([HEAD, ["2023-1-13", "=1+1", "'=2+2"]]), fields.KNOWN)
    assert table.rows[0][1] == ("2023-1-13", "", "'=2+2")  # nothing was stored for the formula


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xls", b"\xd0\xcf\x11\xe0"), ("a.txt", b"x"), ("a.xlsx", b"PK\x03\x04broken"), ("a.xlsx", b"")],
)
def test_other_files_are_refused(name: str, content: bytes) -> None:
    assert "xlsx" in refused(name, content)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.xml", "<x/>")
    assert "打不开" in refused("a.xlsx", made.getvalue())


def test_size_parts_rows_and_columns_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "最大" in refused("a.xlsx", b"0" * (reading.MAX_BYTES + 1))
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    good = [["2023-1-13", "田", "路灯"]]
    assert len(read("a.xlsx", book([HEAD, *good * 3]), fields.KNOWN).rows) == 3
    assert "一次最多 3 行" in refused("a.xlsx", book([HEAD, *good * 4]))
    wide = read("a.xlsx", book([HEAD + ["多"] * 100, ["2023-1-13"]]), fields.KNOWN)
    assert len(wide.headings) == reading.MAX_COLUMNS
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    assert "太大" in refused("a.xlsx", book([HEAD, *good]))


def test_a_packed_bomb_is_not_unpacked() -> None:
    made = io.BytesIO(book([HEAD, ["2023-1-13", "", "x"]]))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.xml", b"0" * (reading.MAX_UNPACKED + 1))
    assert len(made.getvalue()) < 200_000
    assert "太大" in refused("a.xlsx", made.getvalue())


def test_a_sheet_that_lies_about_its_size_costs_nothing() -> None:
    def lie(name: str, data: bytes) -> bytes:
        return data.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:XFD1048576"').replace(
            b'<row r="2"', b'<row r="1048576"'
        )

    with pytest.raises(BadInput):
        read("a.xlsx", changed(book([HEAD, ["2023-1-13", "田", "路灯"]]), lie), fields.KNOWN)


def test_a_sheet_that_says_it_is_smaller_than_it_is_loses_nothing() -> None:
    def lie(name: str, data: bytes) -> bytes:
        return data.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1:B1"')

    table = read("a.xlsx", changed(book([HEAD, ["2023-1-13", "田", "路灯"]]), lie), fields.KNOWN)
    assert table.rows == ((2, ("2023-1-13", "田", "路灯")),)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused_in_every_part(part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'

    def poison(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        head, mark, rest = data.partition(b"?>")
        return head + mark + bomb + rest if mark else bomb + data

    assert openpyxl.DEFUSEDXML
    poisoned = changed(book([HEAD, ["2023-1-13", "田", "路灯"]]), poison)
    assert "打不开" in refused("a.xlsx", poisoned)


def test_a_part_in_another_encoding_cannot_hide_entities() -> None:
    def hide(name: str, data: bytes) -> bytes:
        return data if name != "xl/workbook.xml" else data.decode().encode("utf-16")

    assert "打不开" in refused("a.xlsx", changed(book([HEAD, ["2023-1-13", "田", "路灯"]]), hide))


def test_without_headings_or_rows_there_is_nothing_to_import() -> None:
    assert "表头" in refused("a.xlsx", book([["只有一格"]]))
    assert "一行也没有" in refused("a.xlsx", book([HEAD]))
    assert "表头" in refused("a.csv", b"\n\n")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        with suppress(BadInput):
            assert read(name, content, fields.KNOWN).rows


# --- headings and cells


def test_columns_are_guessed_by_their_headings() -> None:
    found = guess(
        [
            "序号",
            "来访时间 *",
            "反映人姓名",
            "联系电话：",
            "反映的主要内容",
            "承办单位（部门）",
            "处理情况",
            "满意度",
            "备注",
        ]
    )
    assert found == {
        "number": 0, "created": 1, "name": 2, "phone": 3, "body": 4, "unit": 5, "reply": 6, "satisfaction": 7,
    }  # fmt: skip


def test_our_own_export_is_understood_by_itself() -> None:
    headings = [
        "编号",
        "收到日期",
        "从哪来",
        "站点",
        "村（社区）",
        "地点",
        "类别",
        "缓急",
        "事情",
        "内容",
        "主办单位",
        "答复日期",
    ]
    found = guess(headings)
    assert {key: headings[at] for key, at in found.items()} == {
        "number": "编号", "created": "收到日期", "channel": "从哪来", "village": "村（社区）", "location": "地点",
        "category": "类别", "kind": "缓急", "title": "事情", "body": "内容", "unit": "主办单位", "replied": "答复日期",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["2023-1-13", "2023.01.13", "2023/1/13", "2023年1月13日", "2023 年 1 月 13 号", "20230113", "23.1.13", "44939"],
)
def test_days_as_people_write_them(text: str) -> None:
    assert moment(text) == datetime(2023, 1, 13, 9, tzinfo=OFFICE)


def test_a_time_is_kept_and_another_hour_may_be_meant() -> None:
    assert moment("2023-1-13 15:04:05") == datetime(2023, 1, 13, 15, 4, tzinfo=OFFICE)
    assert moment("2023.1.13 8时") == datetime(2023, 1, 13, 8, tzinfo=OFFICE)
    assert moment("2023-1-13", time(17)) == datetime(2023, 1, 13, 17, tzinfo=OFFICE)


@pytest.mark.parametrize(
    "text", ["2023.13.1", "2023-2-30", "昨天", "13", "2023-1", "1.13", "99999999", "2023-1-13 25:00"]
)
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(BadCell) as error:
        moment(text)
    assert str(error.value) == f"看不懂“{text}”，请写成 2023-1-13 这样"


@pytest.mark.parametrize(
    ("choose", "text", "value"),
    [
        (fields.channel_of, "入户", "VISIT"),
        (fields.channel_of, " 来电 ", "PHONE"),
        (fields.kind_of, "急", "URGENT"),
        (fields.outcome_of, "已办结", "A"),
        (fields.outcome_of, "b", "B"),
        (fields.satisfaction_of, "比较满意", "FAIR"),
    ],
)
def test_words_of_ledgers_are_understood(choose: object, text: str, value: str) -> None:
    assert choose(text) == value  # type: ignore[operator]


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadCell, match="请写满意、基本满意、不满意当中的一个"):
        fields.satisfaction_of("还行")
