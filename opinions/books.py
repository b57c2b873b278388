"""Copying 民情收集簿: a photographed page, and each of its lines as a matter exactly once.

A line's matter is written by the counter's verbs; this module only ties paper and matter together, in one transaction.
When the clock starts is decided in docs/adr/0016-paper-and-no-network.md.
"""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import rules
from django.core.files.base import ContentFile
from django.db import transaction

from core.uploads import CleanPhoto
from core.workdays import day_words, local_date
from core.workflow import BadInput, NotAllowed, VerbError
from opinions.models import BookLine, BookPage, BookPhoto, Opinion
from opinions.workflow.engine import keep_files
from stations.models import Station

MOST_PHOTOS = 6


class LineTaken(VerbError):
    """The line was copied before; `opinion` is the matter that stands there."""

    def __init__(self, line: BookLine) -> None:
        super().__init__(f"第 {line.line} 行已经抄过了。再抄一遍会变成两件事，请看看是不是行数填错了。")
        self.opinion = line.opinion


def book_name(text: str) -> str:
    """Return a book's number as it is kept, so that the same book is not two because of a wide digit or a space."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def may_copy(user: Any, station: Station) -> bool:
    """Tell whether a user may copy a station's book: whoever may record for its residents."""
    return rules.has_perm("opinions.submit_opinion", user, station)


@transaction.atomic
def add_page(
    *, station: Station, book: str, page: int, photos: Sequence[CleanPhoto], actor: Any, at: datetime
) -> tuple[BookPage, bool]:
    """Keep a page with its photos and tell whether it is new. A page that is there already stays as it is.

    Raises NotAllowed, or VerbError when the photos cannot be stored.
    """
    _permit(actor, station)
    found, is_new = BookPage.objects.get_or_create(
        station=station, book=book_name(book), page=page, defaults={"added_by": actor, "added_at": at}
    )
    if is_new:
        _keep_photos(found, photos, at)
    return found, is_new


@transaction.atomic
def add_photos(page_id: int, *, photos: Sequence[CleanPhoto], actor: Any, at: datetime) -> BookPage:
    """Add photos to a page, for instance a sharper one; none is ever replaced. BadInput when they are too many."""
    page = _locked(page_id, actor)
    if page.photos.count() + len(photos) > MOST_PHOTOS:
        raise BadInput(f"一页最多放 {MOST_PHOTOS} 张照片。", "photos")
    _keep_photos(page, photos, at)
    return page


def _keep_photos(page: BookPage, photos: Sequence[CleanPhoto], at: datetime) -> None:
    if not photos:
        raise BadInput("请先拍这一页，或者选一张照片。", "photos")
    keep_files(
        [
            BookPhoto(
                page=page,
                image=ContentFile(photo.jpeg, "page.jpg"),
                width=photo.width,
                height=photo.height,
                sha256=photo.sha256,
                added_at=at,
            )
            for photo in photos
        ],
        "照片暂时存不下，请过一会儿再试。",
    )


@transaction.atomic
def copy_line(
    page_id: int,
    line: int,
    *,
    actor: Any,
    at: datetime,
    client_key: UUID,
    record: Callable[[str], Opinion],
    written_on: date | None = None,
    scribe: str = "",
) -> BookLine:
    """Make a line a matter and return the line; the same client key returns what it made before.

    `record` writes the matter by the counter's verbs; it is given the words that its first line of history begins with.
    Raises LineTaken when another matter stands there, BadInput for a day to come, and whatever the verbs raise.
    """
    page = _locked(page_id, actor)
    stands = page.lines.filter(line=line).select_related("opinion").first()
    if stands is not None:
        if stands.opinion.client_key == client_key:
            return stands
        raise LineTaken(stands)
    if written_on is not None and written_on > local_date(at):
        raise BadInput("写的日子还没到，请看看簿上写的是哪天。", "written_on")
    opinion = record(origin_words(page, line, written_on, at))
    earlier = BookLine.objects.filter(opinion=opinion).select_related("opinion").first()
    if earlier is not None:  # the answer got lost, and the line's number was mended before it was sent again
        raise LineTaken(earlier)
    return BookLine.objects.create(
        page=page,
        line=line,
        opinion=opinion,
        written_on=written_on,
        scribe=scribe.strip(),
        copied_by=actor,
        copied_at=at,
    )


def origin_words(page: BookPage, line: int, written_on: date | None, at: datetime) -> str:
    """Say where a resident wrote, as his page tells it to him."""
    when = day_words(written_on, unless_in=local_date(at).year) if written_on else ""
    return f"{when}写在民情收集簿上的事（{page}第 {line} 行）"


@transaction.atomic
def finish(page_id: int, *, actor: Any, at: datetime, is_finished: bool = True) -> BookPage:
    """Say that every line of a page is copied, or that there is more to copy after all."""
    page = _locked(page_id, actor)
    page.finished_at = (page.finished_at or at) if is_finished else None
    page.save(update_fields=["finished_at"])
    return page


def next_line(taken: Sequence[int]) -> int:
    """Return the first line that nobody has copied yet."""
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _locked(page_id: int, actor: Any) -> BookPage:
    page = BookPage.objects.select_for_update(of=("self",)).select_related("station__region").get(pk=page_id)
    _permit(actor, page.station)
    return page


def _permit(actor: Any, station: Station) -> None:
    if not may_copy(actor, station):
        raise NotAllowed("这个站点的民情收集簿不归您抄。")
