"""How far a project being built is: the unit reports it with words and photos; the county says that it is done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.db import transaction

from core.text import tidy
from core.uploads import PHOTO_MAX_COUNT, CleanPhoto
from core.workdays import local_date
from core.workflow import BadInput
from opinions.workflow.engine import keep_files
from projects.states import State
from projects.workflow.engine import act, locked, needed
from projects.works import measure, notify
from projects.works.models import Inspection, ProgressLine, ProgressReport, Work, WorkPhoto
from projects.works.planning import whole_day, work_of

WORDS = 600


def report(
    idea_id: int, *, actor: Any, at: datetime, words: str, percents: Mapping[int, int],
    photos: Sequence[CleanPhoto] = (), client_key: UUID | None = None,
) -> ProgressReport:  # fmt: skip
    """Keep what was done (报进度) and set the milestones that `percents` names by their number. A double tap is one.

    A percent may go down again: an honest correction is shown like every other line. Raises BadInput naming the field.
    """
    key = key_of_words(client_key, idea_id, words, sorted(percents.items())) if client_key else None
    with transaction.atomic():
        locked(idea_id)  # of two taps at once the second finds what the first one wrote
        earlier = ProgressReport.objects.filter(client_key=key).first() if key else None
        return earlier or _report(idea_id, actor, at, words, percents, photos, key)


def key_of_words(client_key: UUID, *said: object) -> UUID:
    """Return the key of a page together with what was typed into it.

    A double tap brings the same words. Whoever goes back and writes others has something else to say, and a key that
    was used for another project stands in nobody's way.
    """
    return uuid5(client_key, repr(said))


def _report(
    idea_id: int, actor: Any, at: datetime, words: str, percents: Mapping[int, int], photos: Sequence[CleanPhoto],
    key: UUID | None,
) -> ProgressReport:  # fmt: skip
    with act("report", idea_id, actor, at) as doing:
        work, day = work_of(doing), local_date(doing.at)
        words = needed(tidy(words), "请写几句做了什么，人人看得到。", "words", WORDS)
        moved = set_percents(work, percents, day)
        work.reported_on = day
        work.save(update_fields=["reported_on"])
        row = ProgressReport.objects.create(
            work=work, client_key=key, day=day, words=words, percent=work.percent, actor=actor,
            actor_label=actor.label, at=doing.at,
        )  # fmt: skip
        ProgressLine.objects.bulk_create(
            ProgressLine(report=row, milestone_id=pk, percent=new) for pk, new in moved.items()
        )
        keep_photos(work, photos, doing.at, report=row)
        doing.say(f"进度 {row.percent}%：{words}")
    return row


def set_percents(work: Work, percents: Mapping[int, int], day: date) -> dict[int, int]:
    """Write the percents of milestones and return those that moved; the day of 100 % is the day it was said."""
    rows = {row.pk: row for row in work.milestones.select_for_update()}
    if not set(percents) <= set(rows):
        raise BadInput("节点对不上，请重新打开这一页再报。", "words")
    if any(not 0 <= percent <= measure.WHOLE for percent in percents.values()):
        raise BadInput("完成多少，请写 0 到 100 的数。", "words")
    moved = {pk: percent for pk, percent in percents.items() if rows[pk].percent != percent}
    for pk, percent in moved.items():
        row = rows[pk]
        row.percent = percent
        row.done_on = day if percent == measure.WHOLE else None
        row.save(update_fields=["percent", "done_on"])
    return moved


def complete(idea_id: int, *, actor: Any, at: datetime, day: date) -> Work:
    """Say that it is finished (完工), by the county, when every milestone is at 100 %."""
    with act("complete", idea_id, actor, at) as doing:
        work = work_of(doing)
        undone = [step.title for step in work.parts if step.percent < measure.WHOLE]
        if undone:
            raise BadInput(f"还有没做完的：{'、'.join(undone)}。全部到 100% 才算完工。", "day")
        if day > local_date(doing.at):
            raise BadInput("完工的日子还没到，到了那天再记。", "day")
        if work.begun_on is not None and day < work.begun_on:
            raise BadInput("完工的日子在开工以前，请再看一下。", "day")
        work.finished_on = day
        work.save(update_fields=["finished_on"])
        doing.target = State.COMPLETED
        doing.say(f"{whole_day(day)}完工")
        doing.tell(notify.to_all("work_completed", doing.idea, at=doing.at))
    return work


def keep_photos(
    work: Work, photos: Sequence[CleanPhoto], at: datetime, *,
    report: ProgressReport | None = None, inspection: Inspection | None = None,
) -> None:  # fmt: skip
    """Keep the photos of a report or of an inspection. Raises VerbError where the disk refuses."""
    if len(photos) > PHOTO_MAX_COUNT:
        raise BadInput(f"照片最多 {PHOTO_MAX_COUNT} 张，您选了 {len(photos)} 张。", "photos")
    rows = [
        WorkPhoto(
            work=work, report=report, inspection=inspection, day=local_date(at), created_at=at,
            image=ContentFile(photo.jpeg, "photo.jpg"), thumb=ContentFile(photo.thumb, "thumb.jpg"),
            width=photo.width, height=photo.height, sha256=photo.sha256,
        )
        for photo in photos
    ]  # fmt: skip
    if rows:
        keep_files(rows, "照片暂时存不下，请先不带照片送出，文字不会丢。")
