"""Propose and withdraw: how an idea comes in, and how its proposer takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from core.codes import new_receipt
from core.text import fold, headline, tidy
from core.uploads import PHOTO_MAX_COUNT, CleanPhoto
from core.workdays import local_date
from core.workflow import BadInput, VerbError
from notices.outbox import post_many
from opinions.models import Opinion, PostRecord
from opinions.workflow.engine import keep_files
from opinions.workflow.intake import check_body
from projects import notify
from projects.models import Campaign, IdeaPhoto, ProjectIdea
from projects.states import BY_STAFF, TABLE, Source, State
from projects.workflow.engine import Act, act, permit
from projects.workflow.grouping import release
from stations.models import EntryCode, Region, Station
from stations.queries import guess_category_id


@dataclass(frozen=True)
class Wish:
    """What is proposed, for where, by whom and how he can be reached; all of it validated again by `propose`."""

    body: str
    region: Region
    source: str = Source.RESIDENT
    location: str = ""
    entry_code: EntryCode | None = None
    opinion: Opinion | None = None
    post_record: PostRecord | None = None
    name: str = ""
    phone: str = ""
    consent_version: str = ""
    photos: Sequence[CleanPhoto] = ()


class AlreadySent(VerbError):
    """The same client key came with other words; `idea` is what it made the first time."""

    def __init__(self, idea: ProjectIdea) -> None:
        super().__init__("这一条刚才已经送出去了。如果要提的是另一件，请再点一次送出。")
        self.idea = idea


def propose(*, actor: Any, at: datetime, wish: Wish, client_key: UUID | None = None) -> ProjectIdea:
    """Take an idea in and return it with its receipt.

    The same client key with the same words returns the first one, and so does a record of a service post that an idea
    was made of before; with other words the key raises AlreadySent. Raises BadInput naming the field, NotAllowed, or
    VerbError to a resident while no campaign runs.
    """
    TABLE.check("propose", "")
    body = check_body(wish.body)
    _check(wish)
    idea = _new(wish, body, actor, at, client_key)
    permit("propose", actor, idea)
    if wish.source == Source.RESIDENT and idea.campaign is None:
        earlier = _earlier(client_key, body)  # sent on the last evening, asked for again after midnight
        if earlier is None:
            raise VerbError("这一轮民生实事大家谈已经结束了。您的事可以在站点留言，一样有人办。")
        return earlier
    try:
        with transaction.atomic():
            _write(idea, wish, actor, at)
    except IntegrityError:
        earlier = _earlier(client_key, body) or _of_record(wish)
        if earlier is None:
            raise
        return earlier
    return idea


def _check(wish: Wish) -> None:
    if len(wish.location) > 200:
        raise BadInput("地点写得太长了，最多 200 个字。", "location")
    if wish.source not in Source.values:
        raise BadInput("请选从哪里来的。", "source")
    if len(wish.photos) > PHOTO_MAX_COUNT:
        raise BadInput(f"照片最多 {PHOTO_MAX_COUNT} 张，您选了 {len(wish.photos)} 张。", "photos")
    if wish.source == Source.OPINION and wish.opinion is None:
        raise BadInput("请从那件意见的页面上转过来。", "source")


def _earlier(client_key: UUID | None, body: str) -> ProjectIdea | None:
    earlier = ProjectIdea.objects.filter(client_key=client_key).first() if client_key else None
    if earlier is not None and earlier.body != body:
        raise AlreadySent(earlier)
    return earlier


def _of_record(wish: Wish) -> ProjectIdea | None:
    return ProjectIdea.objects.filter(post_record=wish.post_record).first() if wish.post_record else None


def _new(wish: Wish, body: str, actor: Any, at: datetime, client_key: UUID | None) -> ProjectIdea:
    day = local_date(at)
    campaign = Campaign.objects.running(day).filter(region_id=wish.region.pk[:6]).first()
    heading = headline(body) or body[:28]
    return ProjectIdea(
        receipt=new_receipt(),
        client_key=client_key,
        campaign=campaign,
        year=campaign.year if campaign else day.year,
        station=_station(wish),
        region=wish.region,
        location=tidy(wish.location).strip(),
        entry_code=wish.entry_code,
        source=wish.source,
        opinion=wish.opinion,
        post_record=wish.post_record,
        body=body,
        body_folded=fold(f"{heading} {body} {wish.location}"),
        heading=heading[:80],
        category_id=guess_category_id(body),
        state=State.IDEA,
        recorded_by=actor if actor.pk else None,
        name=tidy(wish.name).strip(),
        phone=wish.phone,
        consent_version=wish.consent_version,
        created_at=at,
        changed_at=at,
    )


def _station(wish: Wish) -> Station | None:
    """Return the station that looks after it: the opinion's or the code's own where the place is in its reach."""
    for given in (wish.opinion, wish.post_record, wish.entry_code):
        if given is not None and wish.region.pk.startswith(given.station.region_id):
            return given.station
    return Station.objects.for_region(wish.region.pk)  # type: ignore[no-any-return]


def _write(idea: ProjectIdea, wish: Wish, actor: Any, at: datetime) -> None:
    idea.save(force_insert=True)
    doing = Act("propose", idea, actor, at, source="", target=State.IDEA)
    doing.say(_said(idea), f"由{actor.label}记下" if wish.source in BY_STAFF else "")
    doing.write_line()
    if wish.photos:
        _keep_photos(idea, wish.photos, at)
    post_many(notify.to_staff("idea_received", idea, at=at) + notify.to_proposer("idea_kept", idea, at=at))


def _said(idea: ProjectIdea) -> str:
    keeper = idea.station.name if idea.station else "县人大代表工委"
    how = {
        Source.RESIDENT: "您用手机提的，",
        Source.REPRESENTATIVE: "代表提的，",
        Source.OPINION: "您反映的事适合做成民生实事项目，",
    }.get(Source(idea.source), "您提的记下来了，")
    return f"{how}{keeper}收到"


def _keep_photos(idea: ProjectIdea, photos: Sequence[CleanPhoto], at: datetime) -> None:
    rows = [
        IdeaPhoto(
            idea=idea,
            image=ContentFile(photo.jpeg, "photo.jpg"),
            thumb=ContentFile(photo.thumb, "thumb.jpg"),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            created_at=at,
        )
        for photo in photos
    ]
    keep_files(rows, "照片暂时存不下，请先不带照片送出，文字不会丢。")


def withdraw(idea_id: int, *, actor: Any, at: datetime) -> ProjectIdea:
    """Take an idea back (撤回) before it is in the pool; what was taken into it stands by itself again."""
    with act("withdraw", idea_id, actor, at) as doing:
        release(doing)
        doing.target = State.WITHDRAWN
        doing.say("您撤回了")
        doing.tell(notify.to_staff("idea_withdrawn", doing.idea, at=doing.at))
    return doing.idea
