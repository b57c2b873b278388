"""视察: representatives go and look; each problem they find becomes a matter with a clock of its own."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from core.text import tidy
from core.uploads import CleanPhoto
from core.workdays import local_date
from core.workflow import BadInput
from opinions import workflow as matters
from opinions.models import Opinion
from opinions.states import Channel
from projects.workflow.engine import act, in_years, locked, needed
from projects.works import notify
from projects.works.models import Finding, Inspection, Work
from projects.works.planning import work_of
from projects.works.reporting import keep_photos, key_of_words
from stations.models import Service, Station

PEOPLE, WORDS, FINDING, MOST_FINDINGS = 200, 600, 500, 10


def inspect(
    idea_id: int, *, actor: Any, at: datetime, day: date, people: str, words: str, findings: Sequence[str] = (),
    photos: Sequence[CleanPhoto] = (), client_key: UUID,
) -> Inspection:  # fmt: skip
    """Keep an inspection and hand each finding in as a matter, all or nothing. A double tap is one inspection.

    Raises BadInput naming the field, or what handing in a matter raises.
    """
    key = key_of_words(client_key, idea_id, day, people, words, list(findings))
    with transaction.atomic():
        locked(idea_id)  # of two taps at once the second finds what the first one wrote
        earlier = Inspection.objects.filter(client_key=key).first()
        return earlier or _inspect(idea_id, actor, at, day, (people, words), findings, photos, key)


def _inspect(
    idea_id: int, actor: Any, at: datetime, day: date, told: tuple[str, str], findings: Sequence[str],
    photos: Sequence[CleanPhoto], key: UUID,
) -> Inspection:  # fmt: skip
    people, words = told
    with act("inspect", idea_id, actor, at) as doing:
        work = work_of(doing)
        if day > local_date(doing.at):
            raise BadInput("视察的日子还没到。", "day")
        in_years(day, "视察的年份没有写对，请再看一下。", "day")
        row = Inspection.objects.create(
            work=work, client_key=key, day=day, actor=actor, at=doing.at,
            people=needed(tidy(people), "请写视察的代表。", "people", PEOPLE),
            words=needed(tidy(words), "请写看到的情况。", "words", WORDS),
        )  # fmt: skip
        said = [tidy(one).strip() for one in findings if tidy(one).strip()]
        if len(said) > MOST_FINDINGS or any(len(one) > FINDING for one in said):
            raise BadInput(f"问题最多 {MOST_FINDINGS} 条，每条最多 {FINDING} 个字。", "findings")
        for number, one in enumerate(said, 1):
            opinion = _hand_in(work, actor, doing.at, one, uuid5(key, str(number)))
            Finding.objects.create(inspection=row, number=number, words=one, opinion=opinion)
        keep_photos(work, photos, doing.at, inspection=row)
        found = f"，提出 {len(said)} 个问题，都转成意见去办" if said else "，没有发现问题"
        doing.say(f"代表视察{found}")
        if said:
            doing.tell(notify.to_unit("work_inspected", work, at=doing.at, tag=str(row.pk)))
    return row


def _hand_in(work: Work, actor: Any, at: datetime, words: str, key: UUID) -> Opinion:
    """Hand a finding in at the station that looks after the place."""
    idea = work.idea
    message = matters.Message(
        body=f"视察“{idea.named}”发现：{words}", channel=Channel.VISIT, region=idea.region,
        location=work.place or idea.location, title=f"{idea.named}：视察发现的问题"[:80],
    )  # fmt: skip
    return matters.submit(station=_station(work, actor), actor=actor, at=at, message=message, client_key=key)


def _station(work: Work, actor: Any) -> Station:
    """Return the project's station where the inspector may hand in there; else the one where he serves."""
    idea = work.idea
    served = Service.objects.of(actor).values("station")
    here = Station.objects.active().filter(region__code__startswith=idea.region_id[:9]).order_by("pk")
    own = here.filter(pk__in=served)
    if idea.station is not None and (not own or idea.station in own):
        return idea.station
    found = own.first() or here.first()
    if found is None:
        raise BadInput("这个地方还没有融合站点，问题没处交办。请到“站点”里先设一个。", "findings")
    return found
