"""Who is told of a council: the representatives when they can score, a unit when it is asked."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from notices import kinds
from notices.kinds import Kind
from notices.outbox import Draft
from notices.states import Channel
from opinions.notify import county_staff_of, handlers_of
from projects.council.models import Council, FeasibilityOpinion
from projects.notify import FAMILY

KINDS = {"council_opened": "议事会开了，请您打分", "council_asked": "请单位说一件项目行不行"}
ANSWERED = "council_answered"
_OUTSIDE = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)

kinds.link("council", lambda pk: reverse("projects:council_score", args=[pk]))
kinds.link("feasibility", lambda pk: reverse("projects:feasibility", args=[pk]))
kinds.link("council_desk", lambda pk: reverse("projects:council", args=[pk]))
for _name, _title in {**KINDS, ANSWERED: "单位说了项目行不行"}.items():
    kinds.register(
        Kind(
            _name, _title, f"projects/notices/{_name}", words=("subject", "title", "station", "link"), family=FAMILY,
            pass_on=_OUTSIDE,
        )
    )  # fmt: skip


def to_invited(council: Council, invited: Collection[int], *, at: datetime) -> list[Draft]:
    """Tell the invited representatives of these numbers who have an account."""
    seats = council.seats.filter(representative__in=invited).exclude(representative__user=None)
    users = seats.order_by("pk").values_list("representative__user_id", flat=True)
    return [_draft("council_opened", council, f"council:{council.pk}", user_id, council.title, at) for user_id in users]


def to_unit(asked: FeasibilityOpinion, *, at: datetime) -> list[Draft]:
    """Tell the handlers of the unit."""
    subject, title = f"feasibility:{asked.pk}", asked.item.idea.title
    return [
        _draft("council_asked", asked.item.council, subject, user_id, title, at)
        for user_id in handlers_of(asked.unit.code)
    ]


def to_asker(asked: FeasibilityOpinion, *, at: datetime) -> list[Draft]:
    """Tell whoever asked that the unit has answered, once; at the county's meeting all its staff."""
    council = asked.item.council
    told = {asked.asked_by_id, *(county_staff_of(council.region_id) if council.station is None else ())}
    title = f"{asked.item.idea.title}：{asked.unit.short_name}"
    return [
        replace(
            _draft(ANSWERED, council, f"council_desk:{council.pk}", user_id, title, at),
            dedupe=f"{ANSWERED}:{asked.pk}:{user_id}",
        )
        for user_id in sorted(told)
    ]


def _draft(kind: str, council: Council, subject: str, user_id: int, title: str, at: datetime) -> Draft:
    context: dict[str, Any] = {"title": title, "station": council.held_by, "groups": [f"council:{council.pk}"]}
    return Draft(
        kind=kind, at=at, dedupe=f"{kind}:{subject}:{user_id}", user_id=user_id, region_code=council.region_id,
        station_code=council.station.code if council.station else "", subject=subject, context=context,
    )  # fmt: skip
