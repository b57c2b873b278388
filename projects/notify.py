"""Who is told of what: the notice kinds of the projects, and drafts for staff, proposers and seconders.

An idea from an opinion is told to whoever raised the opinion. Texts live in `templates/projects/notices/`; nothing
here sends.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from notices import kinds
from notices.kinds import Family, Kind
from notices.outbox import Draft
from notices.states import Channel
from opinions.notify import county_staff_of
from projects.models import ProjectIdea
from projects.states import State

FAMILY = "ideas"
STAFF_KINDS = {
    "idea_received": "有人提了民生实事项目",
    "idea_withdrawn": "提议人撤回了民生实事项目",
}
PROPOSER_KINDS = {
    "idea_kept": "收到您提的民生实事项目",
    "idea_pooled": "您提的项目进了储备库",
    "idea_merged": "您提的项目和同样的放在一起",
    "idea_unmerged": "您提的项目又单独放着了",
    "idea_shelved": "您提的项目暂缓",
    "idea_poll_opened": "您提的项目办完了，请您来评",
    "idea_evaluated": "您提的项目大家满意",
    "idea_rectifying": "您提的项目要整改",
    "idea_rectified": "您提的项目整改好了",
    "idea_screened": "您提的项目议定列入",
    "idea_listed": "您提的项目列进了提交政府的清单",
}
SECONDER_KINDS = {
    "idea_seconder_shelved": "您附议的项目暂缓",
    "idea_seconder_pooled": "您附议的项目又进了储备库",
    "idea_seconder_poll": "您附议的项目办完了，请您来评",
    "idea_seconder_listed": "您附议的项目列进了提交政府的清单",
}
_OUTSIDE = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)
_STAFF_WORDS = ("subject", "title", "station", "link")
_PROPOSER_WORDS = ("subject", "station", "station_phone", "link", "receipt2")

kinds.link("idea", lambda pk: reverse("projects:detail", args=[pk]))
kinds.link("idea_list", lambda tab: f"{reverse('projects:list')}?tab={tab}")
kinds.register_family(Family(FAMILY, "民生实事项目的事", subject="idea_list:new"))
for _name, _title in STAFF_KINDS.items():
    kinds.register(
        Kind(_name, _title, f"projects/notices/{_name}", words=_STAFF_WORDS, family=FAMILY, pass_on=_OUTSIDE)
    )
for _name, _title in (PROPOSER_KINDS | SECONDER_KINDS).items():
    _channels = (Channel.IN_SITE, Channel.SMS, Channel.WECHAT) if _name in PROPOSER_KINDS else (
        Channel.SMS, Channel.WECHAT
    )  # fmt: skip
    kinds.register(Kind(_name, _title, f"projects/notices/{_name}", _channels, words=_PROPOSER_WORDS))


def to_staff(kind: str, idea: ProjectIdea, *, at: datetime) -> list[Draft]:
    """Tell the station's contact, or the county's staff where no station has it; never whoever wrote it down."""
    station = idea.station
    told = [station.contact_id] if station and station.contact_id else county_staff_of(idea.region_id)
    groups = [f"station:{station.code}"] if station else [f"county:{idea.region_id[:6]}"]
    return [
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{idea.pk}:{user_id}", user_id=user_id, region_code=idea.region_id,
            station_code=station.code if station else "", subject=f"idea:{idea.pk}",
            context=_context(idea) | {"groups": groups},
        )
        for user_id in told
        if user_id != idea.recorded_by_id
    ]  # fmt: skip


def to_proposers(kind: str, idea: ProjectIdea, *, at: datetime) -> list[Draft]:
    """Tell everybody who proposed it: the proposer, and those whose ideas were taken in."""
    together = idea.followers.filter(state=State.MERGED).select_related("station", "opinion", "recorded_by")
    return [draft for one in (idea, *together) for draft in to_proposer(kind, one, at=at)]


def to_proposer(kind: str, idea: ProjectIdea, *, at: datetime) -> list[Draft]:
    """Tell one proposer: a representative on his page, a resident on the telephone that he left."""
    phone = idea.phone or (idea.opinion.phone if idea.opinion else "")
    user = idea.recorded_by if idea.source == "REPRESENTATIVE" else None
    if user is None and not phone:
        return []
    path = {} if user else {"path": reverse("projects_public:track", args=[idea.receipt])}
    return [
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{idea.pk}:{at:%Y%m%d%H%M%S%f}", user=user, phone="" if user else phone,
            region_code=idea.region_id, station_code=idea.station.code if idea.station else "",
            subject=f"idea:{idea.pk}", context=_context(idea) | path,
        )
    ]  # fmt: skip


def to_seconders(kind: str, idea: ProjectIdea, *, at: datetime) -> list[Draft]:
    """Tell each who seconded it and left a telephone; the message leads to the public page."""
    if not idea.seconds:
        return []
    return _to_phones(kind, idea, list(idea.secondings.exclude(phone_hash="").only("pk", "phone")), at)


def _to_phones(kind: str, idea: ProjectIdea, rows: Sequence[Any], at: datetime) -> list[Draft]:
    context = _context(idea) | {"path": reverse("projects_public:project", args=[idea.pk])}
    return [
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{row.pk}:{at:%Y%m%d%H%M%S%f}", phone=row.phone,
            region_code=idea.region_id, subject=f"idea:{idea.pk}", context=context,
        )
        for row in rows
    ]  # fmt: skip


def reaches(idea: ProjectIdea) -> bool:
    """Tell whether the proposer can be told by himself, without somebody ringing or visiting."""
    return bool(idea.source == "REPRESENTATIVE" or idea.phone or (idea.opinion and idea.opinion.phone))


def _context(idea: ProjectIdea) -> dict[str, Any]:
    station = idea.station
    return {
        "idea_id": idea.pk,
        "title": idea.named,
        "station": station.name if station else "县人大代表工委",
        "station_phone": station.phone if station else "",
        "receipt": idea.receipt,
    }
