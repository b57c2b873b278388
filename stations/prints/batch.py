"""Many prints at once: a ZIP made in the background, one file a code, in a folder a station."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from core import jobs
from core.models import JobState
from stations.models import EntryCode, PrintOrder
from stations.prints import render

KIND = "entry_code_prints"
MOST = 2000  # codes in one order; a whole county has about that many
WAITED = timedelta(minutes=1)  # an order that nobody took up for so long was lost on its way
AT_ONCE = 20  # lost orders handed over again in one go


@transaction.atomic
def order(code_ids: Sequence[int], size: str, form: str, *, title: str, owner: Any, at: datetime) -> PrintOrder:
    """Write down an order and its waiting job, so that it can be done even if the queue never hears of it."""
    job = jobs.queue(KIND, title[:120], owner=owner, at=at, total=len(code_ids))
    return PrintOrder.objects.create(job=job, code_ids=list(code_ids), size=size, form=form)


def lost(at: datetime) -> list[PrintOrder]:
    """Orders that still wait after `WAITED`, oldest first. Handing one over twice does no harm: it starts once."""
    rows = PrintOrder.objects.filter(job__state=JobState.QUEUED, job__created_at__lte=at - WAITED)
    return list(rows.order_by("job_id")[:AT_ONCE])


def make_zip(job_id: int, code_ids: Sequence[int], size: str, form: str, clock: Callable[[], datetime]) -> None:
    """Render every code and keep the ZIP with the job. A second delivery of the task does nothing.

    A code revoked meanwhile is left out: its print would lead nowhere.
    """
    if not jobs.start(job_id, at=clock()):
        return
    stored, written = io.BytesIO(), 0
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:  # PDF and PNG are compressed already
        for number, entry in enumerate(_entries(code_ids), 1):
            name = f"{entry.station.name}/{render.file_name(entry, size, form)}"
            archive.writestr(name, render.render(entry, size, form, settings.SITE_URL))
            written = number
            if not jobs.advance(job_id, number, at=clock()):
                return
    if not written:
        jobs.fail(job_id, "这些码都已经作废了，没有可以打印的。", at=clock())
        return
    words = f"{written} 个码，每个一份{render.PRINTS[size].name}。"
    jobs.finish(job_id, at=clock(), file_name=f"codes-{job_id}-{size}.zip", content=stored.getvalue(), message=words)


def _entries(code_ids: Sequence[int]) -> Iterator[EntryCode]:
    rows = EntryCode.objects.live().filter(pk__in=list(code_ids)).select_related("station", "representative")
    yield from rows.order_by("station__region_id", "id")
