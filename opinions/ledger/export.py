"""The ledger as a spreadsheet: any filtered list, read and written a row at a time, at once or in the background.

Cells are texts, numbers and days, never formulas: the writer stores a text as a text whatever it begins with, and marks
it so that it stays one when somebody edits the cell.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.http import QueryDict

from accounts import audit
from core import jobs
from core.filters import RegisterFilter
from core.models import JobState
from opinions.filters import OpinionFilter
from opinions.ledger.columns import Cell, Column, cells_of, columns_for, widths
from opinions.models import LedgerExport, Opinion

KIND = "ledger_export"
AT_ONCE = 2000  # rows that a request writes itself, well under a second
MOST = 1_000_000  # rows of one sheet; a spreadsheet has 1,048,576
CHUNK = 2000
WAITED = timedelta(minutes=1)
Moved = Callable[[int], bool]


class Stopped(Exception):
    """The job is not running any more; what was written so far is dropped."""


def filtered(query: QueryDict, user: Any, at: datetime, only: Sequence[int] = ()) -> OpinionFilter:
    """Return the list behind an address, cut to what the user may see, and to the chosen rows where some are."""
    rows = Opinion.objects.visible_to(user)
    return OpinionFilter(query, queryset=rows.filter(pk__in=only) if only else rows, user=user, at=at)


def write(path: Path, found: OpinionFilter, columns: Sequence[Column], moved: Moved = lambda done: True) -> int:
    """Write the list to `path` and return its number of rows. `moved` hears of progress; False from it stops the work.

    Raises Stopped.
    """
    counted = [0]
    put(path, _rows(found, columns, moved, counted), columns, "台账")
    if counted[0] < 0:
        raise Stopped
    return counted[0]


def put(path: Path, rows: Iterator[dict[str, Cell]], columns: Sequence[Column], sheet: str) -> None:
    """Write rows of cells to `path` as one sheet; every text stays a text, whatever it begins with."""
    from rustpy_xlsxwriter import Format, write_worksheet  # noqa: PLC0415 - heavy, and most web workers never need it

    day, text = Format().set_num_format("yyyy-mm-dd"), Format().set_quote_prefix()
    write_worksheet(
        rows,
        str(path),
        sheet_name=sheet,
        freeze_row=1,
        header_format=Format().set_bold().set_background_color("#EDEDED"),
        column_widths=dict(widths(columns)),
        column_formats={column.heading: day if column.is_day else text for column in columns},
    )


def _rows(
    found: OpinionFilter, columns: Sequence[Column], moved: Moved, counted: list[int]
) -> Iterator[dict[str, Cell]]:
    make = cells_of(columns)
    rows = found.ordered.values_list(*(column.source for column in columns))[:MOST]
    number = 0
    for number, values in enumerate(rows.iterator(chunk_size=CHUNK), 1):
        yield make(values)
        if number % CHUNK == 0 and not moved(number):
            counted[0] = -1
            return
    counted[0] = number
    if not number:
        yield dict.fromkeys(column.heading for column in columns)  # the writer takes the headings from the first row


def note(
    found: OpinionFilter,
    user: Any,
    at: datetime,
    count: int,
    *,
    with_identity: bool,
    ip: str = "",
    is_chosen: bool = False,
) -> None:
    """Leave the audit line: who took how many rows by which conditions, or chose them one by one."""
    words = "一件一件选的" if is_chosen else filter_words(found)
    detail = {"filters": words, "rows": count, "identity": "打码" if with_identity else "没有"}
    audit.record("ledger_exported", actor=user, at=at, subject="ledger", detail=detail, ip=ip)


def filter_words(found: RegisterFilter) -> str:
    """Return the conditions in words, for audit and job. What was searched for may be a name: it is not repeated."""
    said = []
    for name, field in found.form.fields.items():
        values = [value for value in found.data.getlist(name) if value]
        if not values or name == "sort":
            continue
        labels = _labels(getattr(field, "choices", ()))
        words = "（不记原文）" if name == "q" else "、".join(labels.get(value, value)[:30] for value in values[:20])
        said.append(f"{field.label}：{words}")
    return "；".join(said)[:300]


def _labels(choices: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for value, label in choices:
        found |= _labels(label) if isinstance(label, list | tuple) else {str(value): str(label)}
    return found


@transaction.atomic
def order(query: QueryDict, *, user: Any, at: datetime, total: int, with_identity: bool) -> LedgerExport:
    """Write down an export for the background, with its waiting job."""
    words = filter_words(filtered(query, user, at))
    job = jobs.queue(KIND, f"台账：{words or '全部'}"[:120], owner=user, at=at, total=total)
    return LedgerExport.objects.create(job=job, query=query.urlencode(), with_identity=with_identity, asked_at=at)


def lost(at: datetime) -> list[int]:
    """Jobs of exports that the queue never handed out, oldest first."""
    waiting = LedgerExport.objects.filter(job__state=JobState.QUEUED, job__created_at__lte=at - WAITED)
    return list(waiting.order_by("job_id").values_list("job_id", flat=True)[:20])


def run(job_id: int, clock: Callable[[], datetime]) -> None:
    """Make an ordered export. A second delivery of the task does nothing."""
    if not jobs.start(job_id, at=clock()):
        return
    asked = LedgerExport.objects.select_related("job__owner").get(job_id=job_id)
    user, at = asked.job.owner, asked.asked_at
    found = filtered(QueryDict(asked.query), user, at)
    columns = columns_for(user, with_identity=asked.with_identity)
    jobs.advance(job_id, 0, found.qs.count(), at=clock())

    def moved(done: int) -> bool:
        return jobs.advance(job_id, min(done, asked.job.total), at=clock())

    asked.job.refresh_from_db()
    with NamedTemporaryFile(suffix=".xlsx") as made:
        try:
            count = write(Path(made.name), found, columns, moved)
        except Stopped:
            return
        note(found, user, clock(), count, with_identity=asked.with_identity)
        name = f"ledger-{job_id}.xlsx"
        jobs.finish(job_id, at=clock(), file_name=name, content=File(made), message=f"导出了 {count} 件。")
