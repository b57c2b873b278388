"""A yearly list from its upload to its end: kept, looked at, put on the list once, erased.

A list has some dozens of rows: all of them go in one transaction of one request, each in a savepoint of its own, so
that a refused row leaves nothing and a second press waits for the first and finds it done.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from core.workflow import BadInput, NotAllowed, VerbError
from opinions.ledger.fields import guess
from opinions.ledger.lines import Line, Verdict
from opinions.ledger.reading import Table, read
from projects.works.enrolling import enrol
from projects.yearly.columns import BY_WORD, MEANINGS
from projects.yearly.models import YearlySheet
from projects.yearly.reading import Reader
from stations.models import Region

MOST = 300  # rows
KEPT = timedelta(days=1)  # rows of an upload that was never carried out
GONE = "这个文件已经导入过，或者过了一天，内容删掉了。要再办，请重新上传。"


def upload(name: str, content: bytes, *, region: Region, year: int, owner: Any, at: datetime) -> YearlySheet:
    """Read a file and keep its rows for the preview. Raises BadInput with a sentence."""
    table = read(name, content, frozenset(BY_WORD))
    if len(table.rows) > MOST:
        raise BadInput(f"一份年度清单最多 {MOST} 行，这个文件有 {len(table.rows)} 行。", "file")
    return YearlySheet.objects.create(
        owner=owner,
        region=region,
        year=year,
        file_name=name[-120:],
        rows=json.dumps([table.headings, table.rows], ensure_ascii=False),
        row_count=len(table.rows),
        columns=guess(table.headings, BY_WORD),
        uploaded_at=at,
    )


def table_of(sheet: YearlySheet) -> Table:
    """Return the kept rows. Raises BadInput when they are erased."""
    if not sheet.rows:
        raise BadInput(GONE)
    headings, rows = json.loads(sheet.rows)
    return Table(tuple(headings), tuple((number, tuple(texts)) for number, texts in rows))


def match(sheet: YearlySheet, columns: Mapping[str, int]) -> None:
    """Say anew which column holds what. Raises BadInput when what must be there is missing."""
    _check(columns)
    YearlySheet.objects.filter(pk=sheet.pk, done_at=None).update(columns=dict(columns))


def _check(columns: Mapping[str, int]) -> None:
    missing = [meaning.label for meaning in MEANINGS if meaning.is_required and meaning.key not in columns]
    if missing:
        raise BadInput(f"还没有说哪一栏是“{'、'.join(missing)}”。表里没有这一栏，就在表里加上再传。")


def lines_of(sheet: YearlySheet) -> list[Line]:
    """Return the preview of every row; nothing is written. Raises BadInput when that cannot be."""
    table = table_of(sheet)
    _check(sheet.columns)
    return Reader(sheet.region, sheet.year, table, sheet.columns).lines()


@transaction.atomic
def carry_out(sheet_id: int, *, actor: Any, at: datetime) -> YearlySheet:
    """Put every good row on the list and keep what came of each; a second time changes nothing.

    Raises BadInput when the rows are erased, NotAllowed to whoever may not run the county's list.
    """
    sheet = YearlySheet.objects.select_for_update(of=("self",)).select_related("region").get(pk=sheet_id)
    if sheet.done_at is not None:
        return sheet
    done, bad, already = 0, [], 0
    for line in lines_of(sheet):
        already += line.verdict == Verdict.ALREADY
        if line.verdict == Verdict.BAD:
            bad.append((line.number, "；".join(f"{cell.label}：{cell.error}" for cell in line.cells if cell.error)))
        if line.ready is None or line.verdict != Verdict.READY:
            continue
        row = line.ready
        try:
            with transaction.atomic():
                _, is_new = enrol(
                    region=row.region, year=sheet.year, title=row.title, plan=row.plan, actor=actor, at=at
                )
        except NotAllowed:
            raise
        except VerbError as error:
            bad.append((line.number, error.message))
            continue
        done, already = done + is_new, already + (not is_new)
    sheet.result, sheet.done_at, sheet.rows = {"done": done, "already": already, "bad": bad}, at, ""
    sheet.save(update_fields=["result", "done_at", "rows"])
    detail = {"year": sheet.year, "done": done, "already": already, "bad": len(bad)}
    audit.record("yearly_list_imported", actor=actor, at=at, subject=f"yearly_sheet:{sheet.pk}", detail=detail)
    return sheet


def erase_old(at: datetime) -> int:
    """Erase the rows of uploads that nobody carried out within a day. Returns how many."""
    return YearlySheet.objects.filter(uploaded_at__lte=at - KEPT).exclude(rows="").update(rows="")
