"""A unit's batch: down with its list, up with its answers; nothing that is not its own, nothing twice."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from accounts.models import AuditEntry
from core.workflow import BadInput
from opinions import workflow
from opinions.actors import RESIDENT
from opinions.ledger import answers, sheets
from opinions.ledger.answers import HEADINGS, opened_key, row_key
from opinions.ledger.lines import Line, Verdict
from opinions.models import Opinion, Reply, Sheet, SheetKind
from opinions.states import State
from tests.opinions.ledger.books import book, cells
from tests.world import START, World

pytestmark = pytest.mark.django_db
NOW = START + timedelta(hours=2)
Given = dict[int, tuple[Any, Any, Any]]


def filled(user: Any, given: Given) -> bytes:
    """The downloaded list with answers typed in, by row of the sheet."""
    content, _count = answers.write(user)
    made = openpyxl.load_workbook(io.BytesIO(content))
    for row, values in given.items():
        for column, value in zip((9, 10, 11), values, strict=True):
            made.active.cell(row, column).value = value
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def returned(content: bytes, user: Any) -> Sheet:
    return sheets.upload(SheetKind.ANSWERS, "要答复的.xlsx", content, owner=user, at=NOW)


def look(content: bytes, user: Any) -> list[Line]:
    return sheets.lines_of(returned(content, user), NOW)


def carry_out(content: bytes, user: Any) -> Sheet:
    sheet = sheets.order(returned(content, user).pk, NOW)
    sheets.run(sheet.job_id or 0, lambda: NOW)
    sheet.refresh_from_db()
    return sheet


def test_the_list_holds_what_waits_for_the_unit_and_no_person(world: World) -> None:
    for state in (State.ASSIGNED, State.HANDLING, State.REPLIED, State.CLOSED, State.ACCEPTED):
        world.opinion(state)
    content, count = answers.write(world.handler)
    head, *rows = cells(content)
    assert tuple(head) == HEADINGS
    assert count == len(rows) == 2
    assert {row[7] for row in rows} == {"已交办", "办理中"}
    assert {row[4] for row in rows} == {"查明原因并修复"}
    text = str(rows)
    for opinion in Opinion.objects.all():
        assert opinion.receipt not in text
    assert "田大山" not in text
    assert "13800001234" not in text


def test_the_outcomes_are_offered_and_only_the_answers_are_open(world: World) -> None:
    world.opinion(State.ASSIGNED)
    sheet = openpyxl.load_workbook(io.BytesIO(answers.write(world.handler)[0])).active
    choices = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert choices == ['"已解决,正在解决,列入计划,留作参考、暂无条件"']
    assert sheet.protection.sheet
    assert [sheet.cell(2, column).protection.locked for column in range(1, 12)] == [True] * 8 + [False] * 3
    assert sheet.freeze_panes == "C2"
    assert sheet.cell(2, 7).is_date


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_message_that_looks_like_a_formula_is_a_text(world: World, start: str) -> None:
    opinion = world.submit(body=f"{start}1+1 路灯")
    workflow.accept(opinion.pk, actor=world.clerk, at=START, category=world.category)
    workflow.assign(opinion.pk, actor=world.clerk, at=START, lead=world.unit, demand=f"{start}cmd|'/c calc'!A0")
    sheet = openpyxl.load_workbook(io.BytesIO(answers.write(world.handler)[0])).active
    for column in (3, 5):
        assert sheet.cell(2, column).data_type == "s"
        assert sheet.cell(2, column).value.startswith(start)
        assert sheet.cell(2, column).quotePrefix


def test_answers_go_up_through_sign_and_reply(world: World) -> None:
    fresh, signed = world.opinion(State.ASSIGNED), world.opinion(State.HANDLING)
    content = filled(
        world.handler,
        {2: ("已解决", None, "三盏灯都修好了。"), 3: ("正在解决", date(2026, 5, 1), "正在换电缆。\n五月前换完。")},
    )
    assert carry_out(content, world.handler).result == {"done": 2, "already": 0, "bad": []}
    found = {row.opinion_id: row for row in Reply.objects.all()}
    assert set(found) == {fresh.pk, signed.pk}
    assert sorted(row.outcome for row in found.values()) == ["A", "B"]
    promised = next(row for row in found.values() if row.outcome == "B")
    assert (promised.promised_on, promised.body) == (date(2026, 5, 1), "正在换电缆。\n五月前换完。")
    assert set(Opinion.objects.values_list("state", flat=True)) == {State.REPLIED}
    roads = list(fresh.history.order_by("at", "id").values_list("verb", flat=True))
    assert roads[-2:] == ["sign", "reply"]
    line = AuditEntry.objects.get(action="answers_imported")
    assert line.detail == {"done": 2, "already": 0, "bad": 0}


def test_the_same_file_twice_answers_once(world: World) -> None:
    world.opinion(State.ASSIGNED)
    content = filled(world.handler, {2: ("已解决", None, "修好了。")})
    carry_out(content, world.handler)
    (line,) = look(content, world.handler)
    assert (line.verdict, line.note) == (Verdict.ALREADY, "这份答复已经交过")
    assert carry_out(content, world.handler).result == {"done": 0, "already": 1, "bad": []}
    assert Reply.objects.count() == 1


def test_rows_without_an_answer_are_passed_over(world: World) -> None:
    world.opinion(State.ASSIGNED)
    (line,) = look(filled(world.handler, {}), world.handler)
    assert (line.verdict, line.ready) == (Verdict.BLANK, None)


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        ((None, None, "修好了。"), ["第 2 行 办理结果：是空的，请从下拉里选"]),
        (
            ("修好了", None, "修好了。"),
            [
                "第 2 行 办理结果：没有“修好了”这种办理结果，"
                "请写已解决、正在解决、列入计划、留作参考、暂无条件当中的一个"
            ],
        ),
        (("已解决", None, None), ["第 2 行 答复：是空的"]),
        (("列入计划", None, "明年修。"), ["第 2 行 承诺日期：正在解决、列入计划的要写承诺日期"]),
        (("列入计划", "2026.13.1", "明年修。"), ["第 2 行 承诺日期：看不懂“2026.13.1”，请写成 2023-1-13 这样"]),
        (("列入计划", "2026-3-1", "明年修。"), ["第 2 行 承诺日期：“2026-3-1”已经过了"]),
        (("已解决", None, "长" * 5001), ["第 2 行 答复：有 5001 个字，最多 5000 个字"]),
    ],
)
def test_errors_name_row_column_and_cell(world: World, given: tuple[Any, Any, Any], sentences: list[str]) -> None:
    world.opinion(State.ASSIGNED)
    (line,) = look(filled(world.handler, {2: given}), world.handler)
    assert line.sentences == sentences
    assert line.verdict == Verdict.BAD


def test_a_row_whose_matter_moved_on_is_explained(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    content = filled(world.handler, {2: ("已解决", None, "这是表里的答复。")})
    workflow.reply(opinion.pk, actor=world.handler, at=NOW, body="另一份答复", outcome="A")
    (line,) = look(content, world.handler)
    assert (line.verdict, line.note) == (Verdict.BAD, "下载清单以后这件事已经是“待审核”，不用再答复")
    workflow.approve_reply(opinion.pk, actor=world.clerk, at=NOW)
    workflow.rate(opinion.pk, actor=RESIDENT, at=NOW, solved="NO", satisfaction="DISSATISFIED")
    (line,) = look(content, world.handler)
    assert line.note == "下载清单以后又开了第 2 轮，请重新下载清单"
    assert carry_out(content, world.handler).result["done"] == 0


def test_a_row_given_back_is_not_the_unit_s_any_more(world: World) -> None:
    opinion = world.opinion(State.RETURN_REQUESTED)
    Opinion.objects.filter(pk=opinion.pk).update(state=State.ASSIGNED)
    content = filled(world.handler, {2: ("已解决", None, "修好了。")})
    Opinion.objects.filter(pk=opinion.pk).update(state=State.RETURN_REQUESTED)
    workflow.grant_return(opinion.pk, actor=world.clerk, at=NOW)
    workflow.assign(opinion.pk, actor=world.clerk, at=NOW, lead=world.other_unit, demand="查明")
    (line,) = look(content, world.handler)
    assert line.note == "这件事现在不归您单位主办"


def test_an_answer_that_was_sent_back_can_be_given_again(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    content = filled(world.handler, {2: ("已解决", None, "修好了。")})
    carry_out(content, world.handler)
    workflow.reject_reply(opinion.pk, actor=world.clerk, at=NOW, missing="没写日期")
    (line,) = look(content, world.handler)
    assert line.verdict == Verdict.READY


def test_what_changes_between_look_and_end_is_refused_row_by_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = world.opinion(State.HANDLING), world.opinion(State.HANDLING)
    ready = [(2, answers.Answer(first.pk, "甲", "A", None)), (3, answers.Answer(second.pk, "乙", "A", None))]
    workflow.reply(first.pk, actor=world.handler, at=NOW, body="抢先", outcome="A")
    outcome = list(answers.carry_out(ready, world.handler, NOW))[-1]
    assert outcome.done == 1
    assert outcome.bad[0][0] == 2
    assert "待审核" in outcome.bad[0][1]


def test_a_refused_answer_leaves_the_matter_unsigned(world: World) -> None:
    opinion = world.opinion(State.ASSIGNED)
    refused = [(2, answers.Answer(opinion.pk, "修好了", "B", None))]
    assert list(answers.carry_out(refused, world.handler, NOW))[-1].bad[0][0] == 2
    opinion.refresh_from_db()
    assert opinion.state == State.ASSIGNED


def test_one_matter_stands_in_one_row(world: World) -> None:
    world.opinion(State.HANDLING)
    content = filled(world.handler, {2: ("已解决", None, "甲")})
    head, row = cells(content)
    first, second = look(book([head, row, [*row[:-1], "乙"]]), world.handler)
    assert first.verdict == Verdict.READY
    assert second.note == "和第 2 行是同一件事，只留一行"


# --- keys


def test_a_key_opens_only_its_own_matter_and_round(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    key = row_key(opinion.pk, 1)
    assert opened_key(f" {key} ") == (opinion.pk, 1)
    _pk, _round, mark = key.split("-")
    assert len(mark) == 14
    for wrong in (f"{opinion.pk + 1}-1-{mark}", f"{opinion.pk}-2-{mark}", key[:-1] + "x", str(opinion.pk), "", "a-b-c"):
        assert opened_key(wrong) is None


def test_another_unit_s_list_or_a_made_up_key_says_nothing_of_the_matter(world: World) -> None:
    opinion = world.opinion(State.HANDLING)
    content = filled(world.handler, {2: ("已解决", None, "修好了。")})
    (line,) = look(content, world.other_handler)
    assert line.verdict == Verdict.BAD
    assert "不是您清单里的行码" in line.sentences[0]
    assert opinion.title in str(line.cells)  # the uploader's own file, not the database
    head, row = cells(content)
    row[0], row[1] = row_key(opinion.pk, 1).replace("-1-", "-9-"), "我编的"
    (made_up,) = look(book([head, row]), world.handler)
    assert "不是您清单里的行码" in made_up.sentences[0]
    assert opinion.title not in str(made_up.cells)


def test_a_co_unit_does_not_answer_for_the_lead(world: World) -> None:
    opinion = world.opinion(State.ACCEPTED)
    workflow.assign(
        opinion.pk, actor=world.county_staff, at=START, lead=world.unit, co_units=[world.co_unit], demand="查明"
    )
    assert answers.write(world.co_handler)[1] == 0
    content = filled(world.handler, {2: ("已解决", None, "修好了。")})
    (line,) = look(content, world.co_handler)
    assert line.note == "这件事现在不归您单位主办"


def test_a_strange_sheet_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="不是从这里下载的清单：少了“行码、承诺日期”"):
        returned(book([["事情", "办理结果", "答复"], ["路灯", "已解决", "好了"]]), world.handler)


def test_the_list_is_cut_at_the_most_urgent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    late = world.opinion(State.HANDLING)
    soon = world.opinion(State.HANDLING, at=START - timedelta(days=3))
    monkeypatch.setattr(answers, "MOST", 1)
    content, count = answers.write(world.handler)
    assert count == 1
    assert cells(content)[1][0] == row_key(soon.pk, 1) != row_key(late.pk, 1)
