"""A unit's batch: down with its list as a spreadsheet, up with its answers.

Each row carries a key that nobody can make up: the matter, its round and a keyed hash of both. Whoever sends it back
must still see the matter and lead it; the key alone opens nothing.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare

from core.fields import keyed_hash
from core.workdays import end_of_day, local_date
from core.workflow import BadInput, VerbError
from opinions import workflow
from opinions.ledger import fields
from opinions.ledger.fields import BadCell
from opinions.ledger.lines import Line, Outcome, ShownCell, Verdict
from opinions.ledger.reading import Table, heading
from opinions.models import Assignment, Opinion, Reply
from opinions.states import PROMISES, State
from opinions.states import Outcome as Result

MOST = 1000
MAX_ANSWER = 5000
OPEN = (State.ASSIGNED, State.HANDLING)
KEY, RESULT, PROMISE, ANSWER = "行码", "办理结果", "承诺日期", "答复"
GIVEN = ("事情", "内容", "地点", "请办什么", "交办日期", "答复期限", "状态")
HEADINGS = (KEY, *GIVEN, RESULT, PROMISE, ANSWER)
_WIDTHS = (17, 28, 50, 18, 30, 12, 12, 9, 16, 13, 60)
_HASH = 14


@dataclass(frozen=True)
class Answer:
    """One answer that can be given."""

    opinion_id: int
    body: str
    outcome: str
    promised_on: date | None


def rows_for(user: Any) -> "QuerySet[Opinion]":
    """Return what a handler's units lead and have not answered, the most urgent first."""
    rows = Opinion.objects.visible_to(user).filter(lead_unit__code__in=user.unit_codes, state__in=OPEN)
    return rows.select_related("region").order_by(F("reply_due_at").asc(nulls_last=True), "id")


def row_key(opinion_id: int, round_: int) -> str:
    """Return a row's key: matter, round, and what proves that we wrote it."""
    return f"{opinion_id}-{round_}-{keyed_hash(f'{opinion_id}:{round_}', 'answer row')[:_HASH]}"


def opened_key(key: str) -> tuple[int, int] | None:
    """Return matter and round of a key, None for one that we did not write."""
    parts = key.strip().split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts[:2]):
        return None
    opinion_id, round_ = int(parts[0]), int(parts[1])
    return (opinion_id, round_) if constant_time_compare(key.strip(), row_key(opinion_id, round_)) else None


def write(user: Any) -> tuple[bytes, int]:
    """Return the handler's list as a spreadsheet with places for the answers, and its number of rows."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and most web workers never need it

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet("清单")
    looks = _looks(book)
    sheet.freeze_panes(1, 2)
    for column, (word, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
        is_answer = word in (RESULT, PROMISE, ANSWER)
        sheet.set_column(column, column, width, looks["open" if is_answer else "shut"])
        sheet.write_string(0, column, word, looks["ask" if is_answer else "head"])
    rows = list(rows_for(user)[:MOST])
    demands = _demands(rows)
    for number, opinion in enumerate(rows, 1):
        _write_row(sheet, number, opinion, demands.get(opinion.pk, ""), looks)
    _help(sheet, max(1, len(rows)))
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    book.close()
    return made.getvalue(), len(rows)


def _looks(book: Any) -> dict[str, Any]:
    common = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#C8C8C8"}
    return {
        "head": book.add_format(common | {"bold": True, "bg_color": "#EDEDED"}),
        "ask": book.add_format(common | {"bold": True, "bg_color": "#FFF3D6"}),
        "shut": book.add_format(common | {"quote_prefix": True}),
        "day": book.add_format(common | {"num_format": "yyyy-mm-dd"}),
        "open": book.add_format(common | {"locked": False, "bg_color": "#FFFCF2"}),
        "open_day": book.add_format(common | {"locked": False, "bg_color": "#FFFCF2", "num_format": "yyyy-mm-dd"}),
    }


def _write_row(sheet: Any, number: int, opinion: Opinion, demand: str, looks: Mapping[str, Any]) -> None:
    place = " ".join(filter(None, (opinion.region.short_name, opinion.location)))
    texts = (row_key(opinion.pk, opinion.round), opinion.title, opinion.body, place, demand)
    for column, text in enumerate(texts):
        sheet.write_string(number, column, text, looks["shut"])
    for column, moment in ((5, opinion.assigned_at), (6, opinion.reply_due_at)):
        if moment is not None:
            sheet.write_datetime(number, column, local_date(moment), looks["day"])
    sheet.write_string(number, 7, opinion.get_state_display(), looks["shut"])
    for column, look in ((8, "open"), (9, "open_day"), (10, "open")):
        sheet.write_blank(number, column, None, looks[look])


def _help(sheet: Any, last: int) -> None:
    """Offer the outcomes as a list, and say beside the cells what is wanted."""
    sheet.data_validation(
        1, 8, last, 8,
        {"validate": "list", "source": list(Result.labels), "input_title": RESULT, "input_message": "从下拉里选一个。",
         "error_title": "请从下拉里选", "error_message": "只能是这四种当中的一种。"},
    )  # fmt: skip
    sheet.data_validation(
        1, 9, last, 9,
        {"validate": "any", "input_title": "承诺日期", "input_message": "正在解决、列入计划的要写，比如 2026-12-1。"},
    )  # fmt: skip
    sheet.data_validation(
        1, 10, last, 10,
        {"validate": "any", "input_title": "答复", "input_message": "群众会看到。不答复的空着，传上来会跳过。"},
    )  # fmt: skip


def _demands(rows: Sequence[Opinion]) -> dict[int, str]:
    charges = Assignment.objects.filter(opinion__in=[row.pk for row in rows], role="LEAD", ended_at=None)
    return dict(charges.values_list("opinion_id", "demand"))


def columns_of(table: Table) -> dict[str, int]:
    """Return where the columns of our own sheet stand. Raises BadInput when it is not ours."""
    folded = [heading(word) for word in table.headings]
    missing = [word for word in (KEY, RESULT, PROMISE, ANSWER) if heading(word) not in folded]
    if missing:
        raise BadInput(f"这不是从这里下载的清单：少了“{'、'.join(missing)}”这一栏。", "file")
    wanted = [word for word in HEADINGS if heading(word) in folded]
    return {word: folded.index(heading(word)) for word in wanted}


class Reader:
    """Understands the rows of one returned list for the handler who returns it."""

    def __init__(self, user: Any, columns: Mapping[str, int], now: datetime) -> None:
        self.user, self.columns, self.now = user, columns, now

    def lines(self, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Line]:
        """Return the preview of every row. Nothing is written."""
        keys = [opened_key(self._cell(cells, KEY)) for _number, cells in rows]
        found = (
            Opinion.objects.visible_to(self.user).select_related("lead_unit").in_bulk([key[0] for key in keys if key])
        )
        seen: dict[int, int] = {}
        lines = []
        for (number, cells), key in zip(rows, keys, strict=True):
            opinion = found.get(key[0]) if key else None
            line = self._line(number, cells, key, opinion)
            if line.ready is not None and (first := seen.setdefault(line.ready.opinion_id, number)) != number:
                line = Line(number, line.cells, Verdict.BAD, f"和第 {first} 行是同一件事，只留一行")
            lines.append(line)
        return lines

    def _cell(self, cells: Sequence[str], word: str) -> str:
        return cells[self.columns[word]] if word in self.columns else ""

    def _line(self, number: int, cells: Sequence[str], key: tuple[int, int] | None, opinion: Opinion | None) -> Line:
        result, promise, body = (self._cell(cells, word) for word in (RESULT, PROMISE, ANSWER))
        title = ShownCell("事情", opinion.title if opinion else self._cell(cells, "事情"))
        if not (result or promise or body):
            return Line(number, (title,), Verdict.BLANK)
        if key is None or opinion is None:
            cell = ShownCell(KEY, self._cell(cells, KEY), "不是您清单里的行码，请重新下载清单，别改这一栏")
            return Line(number, (cell, title), Verdict.BAD)
        shown, values = self._understood(result, promise, body)
        cells_shown = (title, *shown)
        if stale := self._stale(opinion, key[1], values.get(ANSWER, body)):
            return Line(number, cells_shown, *stale)
        if any(cell.error for cell in shown):
            return Line(number, cells_shown, Verdict.BAD)
        answer = Answer(opinion.pk, values[ANSWER], values[RESULT], values[PROMISE])
        return Line(number, cells_shown, Verdict.READY, ready=answer)

    def _understood(self, result: str, promise: str, body: str) -> tuple[list[ShownCell], dict[str, Any]]:
        shown, values = [], {}
        for word, text, turn in ((RESULT, result, _result), (PROMISE, promise, self._promise), (ANSWER, body, _body)):
            try:
                values[word] = turn(text)
                shown.append(ShownCell(word, text))
            except BadCell as error:
                shown.append(ShownCell(word, text, str(error)))
        if values.get(RESULT) in PROMISES and PROMISE in values and values[PROMISE] is None:
            shown[1] = ShownCell(PROMISE, promise, "正在解决、列入计划的要写承诺日期")
        return shown, values

    def _promise(self, text: str) -> date | None:
        if not text:
            return None
        day = fields.moment(text).date()
        if end_of_day(day) <= self.now:
            raise BadCell(f"“{text[:30]}”已经过了")
        return day

    def _stale(self, opinion: Opinion, round_: int, body: str) -> tuple[str, str] | None:
        """Say why a row of yesterday's list is not to be answered any more: done already, or moved on."""
        if opinion.lead_unit is None or opinion.lead_unit.code not in self.user.unit_codes:
            return Verdict.BAD, "这件事现在不归您单位主办"
        if opinion.round == round_ and opinion.state in OPEN:
            return None
        last = opinion.replies.filter(round=round_).order_by("-id").first()
        if last is not None and last.verdict != Reply.Verdict.REJECTED and last.body == body.strip():
            return Verdict.ALREADY, "这份答复已经交过"
        if opinion.round != round_:
            return Verdict.BAD, f"下载清单以后又开了第 {opinion.round} 轮，请重新下载清单"
        return Verdict.BAD, f"下载清单以后这件事已经是“{opinion.get_state_display()}”，不用再答复"


def _result(text: str) -> str:
    if not text:
        raise BadCell("是空的，请从下拉里选")
    return fields.outcome_of(text)


def _body(text: str) -> str:
    if not text.strip():
        raise BadCell("是空的")
    if len(text) > MAX_ANSWER:
        raise BadCell(f"有 {len(text)} 个字，最多 {MAX_ANSWER} 个字")
    return text.strip()


def carry_out(rows: Sequence[tuple[int, Answer]], user: Any, at: datetime) -> Iterator[Outcome]:
    """Sign where it was not signed, and answer: each row for itself. Yields what it came to so far."""
    outcome = Outcome()
    for number, answer in rows:
        try:
            _give(answer, user, at)
            outcome.done += 1
        except VerbError as error:
            outcome.bad.append((number, error.message))
        yield outcome


@transaction.atomic
def _give(answer: Answer, user: Any, at: datetime) -> None:
    state = Opinion.objects.filter(pk=answer.opinion_id).values_list("state", flat=True).get()
    if state == State.ASSIGNED:
        workflow.sign(answer.opinion_id, actor=user, at=at)
    workflow.reply(
        answer.opinion_id,
        actor=user,
        at=at,
        body=answer.body,
        outcome=answer.outcome,
        promised_on=answer.promised_on,
    )
