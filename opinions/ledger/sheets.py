"""An uploaded sheet from its upload to its end: kept encrypted, previewed, carried out once, erased.

What a row means is said in `importing` (older ledgers) and `answers` (a unit's batch); here both go the same way.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts import audit
from core import jobs
from core.models import JobState
from core.workflow import BadInput, VerbError
from opinions.ledger import answers, fields, importing
from opinions.ledger.lines import Line, Outcome, Verdict
from opinions.ledger.reading import Table, heading, read
from opinions.models import Sheet, SheetKind
from stations.models import Station

LEDGER, ANSWERS = "ledger_import", "answers_import"
KEPT = timedelta(days=1)  # rows of an upload that was never carried out
WAITED = timedelta(minutes=1)
MOST_BAD = 500  # refused rows that are remembered with their sentence


def upload(kind: str, name: str, content: bytes, *, owner: Any, at: datetime, station: Station | None = None) -> Sheet:
    """Read a file and keep its rows for the preview. Raises BadInput with a sentence."""
    known = fields.KNOWN if kind == SheetKind.LEDGER else frozenset(map(heading, answers.HEADINGS))
    table = read(name, content, known)
    columns = answers.columns_of(table) if kind == SheetKind.ANSWERS else _remembered(table, owner, station)
    return Sheet.objects.create(
        kind=kind,
        owner=owner,
        station=station,
        file_name=name[-120:],
        rows=json.dumps([table.headings, table.rows], ensure_ascii=False),
        row_count=len(table.rows),
        signature=_signature(table),
        columns=columns,
        uploaded_at=at,
    )


def _signature(table: Table) -> str:
    return hashlib.sha256("\0".join(map(heading, table.headings)).encode()).hexdigest()


def _remembered(table: Table, owner: Any, station: Station | None) -> dict[str, int]:
    """Return how the same headings were matched the last time, by this person or at this station; else a guess."""
    earlier = Sheet.objects.filter(signature=_signature(table), kind=SheetKind.LEDGER, job__isnull=False)
    last = earlier.filter(Q(owner=owner) | Q(station=station)).order_by("-uploaded_at", "-id").first()
    return dict(last.columns) if last else fields.guess(table.headings)


def table_of(sheet: Sheet) -> Table:
    """Return the kept rows. Raises BadInput when they are erased."""
    if not sheet.rows:
        raise BadInput("这个文件已经办完或者过了一天，内容删掉了。要再办，请重新上传。")
    headings, rows = json.loads(sheet.rows)
    return Table(tuple(headings), tuple((number, tuple(cells)) for number, cells in rows))


def match(sheet: Sheet, columns: Mapping[str, int]) -> None:
    """Say anew which column holds what. Raises BadInput when what must be there is missing, or twice."""
    _check(columns)
    Sheet.objects.filter(pk=sheet.pk, job=None).update(columns=dict(columns))
    sheet.columns = dict(columns)


def _check(columns: Mapping[str, int]) -> None:
    missing = [meaning.label for meaning in fields.MEANINGS if meaning.is_required and meaning.key not in columns]
    if missing:
        raise BadInput(f"还没有说哪一栏是“{'、'.join(missing)}”。")


def lines_of(sheet: Sheet, now: datetime) -> list[Line]:
    """Return the preview of every row. Nothing is written. Raises BadInput when that cannot be."""
    table = table_of(sheet)
    if sheet.kind == SheetKind.ANSWERS:
        return answers.Reader(sheet.owner, sheet.columns, now).lines(table.rows)
    _check(sheet.columns)
    assert sheet.station is not None  # a constraint holds that
    return importing.Reader(sheet.station, sheet.columns, now).lines(table.rows)


@transaction.atomic
def order(sheet_id: int, at: datetime) -> Sheet:
    """Write down that a sheet is to be carried out, with its waiting job. A second time changes nothing."""
    sheet = Sheet.objects.select_for_update(of=("self",)).select_related("station", "owner").get(pk=sheet_id)
    if sheet.job_id is None:
        table_of(sheet)
        is_answers = sheet.kind == SheetKind.ANSWERS
        where = "" if sheet.station is None else f"{sheet.station.name} · "
        title = f"{where}{sheet.file_name}"
        kind = ANSWERS if is_answers else LEDGER
        sheet.job = jobs.queue(kind, title[:120], owner=sheet.owner, at=at, total=sheet.row_count)
        sheet.save(update_fields=["job"])
    return sheet


def lost(at: datetime) -> list[int]:
    """Jobs of sheets that the queue never handed out, oldest first."""
    waiting = Sheet.objects.filter(job__state=JobState.QUEUED, job__created_at__lte=at - WAITED)
    return list(waiting.order_by("job_id").values_list("job_id", flat=True)[:20])


def run(job_id: int, clock: Callable[[], datetime]) -> None:
    """Carry out an ordered sheet: what the preview called ready, row by row. A second delivery does nothing."""
    if not jobs.start(job_id, at=clock()):
        return
    sheet = Sheet.objects.select_related("station__region", "owner").get(job_id=job_id)
    outcome = Outcome()
    try:
        lines = lines_of(sheet, clock())
        ready = [(line.number, line.ready) for line in lines if line.ready is not None]
        jobs.advance(job_id, 0, len(ready), at=clock())
        for outcome in _carried_out(sheet, ready, clock()):
            seen = outcome.done + outcome.already + len(outcome.bad)
            if not jobs.advance(job_id, min(seen, len(ready)), at=clock()):
                return
    except VerbError as error:
        jobs.fail(job_id, error.message, at=clock())
        return
    outcome.already += sum(line.verdict == Verdict.ALREADY for line in lines)
    _end(sheet, outcome, clock())


def _carried_out(sheet: Sheet, ready: Sequence[tuple[int, Any]], at: datetime) -> Iterator[Outcome]:
    if sheet.kind == SheetKind.ANSWERS:
        yield from answers.carry_out(ready, sheet.owner, at)
        return
    assert sheet.station is not None
    for report in importing.LedgerImporter(sheet.station, sheet.owner, at).run_rows(ready):
        yield Outcome(report.imported, report.already, report.bad)


@transaction.atomic
def _end(sheet: Sheet, outcome: Outcome, at: datetime) -> None:
    """Keep numbers and sentences, erase the rows, leave the audit line, close the job."""
    result = {"done": outcome.done, "already": outcome.already, "bad": outcome.bad[:MOST_BAD]}
    Sheet.objects.filter(pk=sheet.pk).update(result=result, rows="")
    is_answers = sheet.kind == SheetKind.ANSWERS
    detail = {"done": outcome.done, "already": outcome.already, "bad": len(outcome.bad)}
    if sheet.station is not None:
        detail["station_code"] = sheet.station.code  # type: ignore[assignment]
    action = "answers_imported" if is_answers else "ledger_imported"
    audit.record(action, actor=sheet.owner, at=at, subject=f"sheet:{sheet.pk}", detail=detail)
    verb = "答复了" if is_answers else "导入了"
    words = [f"{verb} {outcome.done} 件", f"{outcome.already} 件以前就有" if outcome.already else ""]
    words.append(f"{len(outcome.bad)} 件没办成，原因在下面" if outcome.bad else "")
    assert sheet.job_id is not None
    jobs.finish(sheet.job_id, at=at, message="，".join(filter(None, words)) + "。")


def erase_old(at: datetime) -> int:
    """Erase the rows of uploads that nobody carried out within a day. Returns how many."""
    old = Sheet.objects.filter(uploaded_at__lte=at - KEPT).exclude(rows="")
    waiting = Q(job__state__in=(JobState.QUEUED, JobState.RUNNING))
    return Sheet.objects.filter(pk__in=list(old.exclude(waiting).values_list("pk", flat=True))).update(rows="")
