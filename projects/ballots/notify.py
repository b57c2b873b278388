"""Who is told of a ballot: everybody whose wish led to a project, those who vote, and the units that build.

Whoever proposed or seconded what failed is told by `shelve`.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse

from notices import kinds
from notices.kinds import Kind
from notices.outbox import Draft
from notices.states import Channel
from opinions.notify import handlers_of
from projects.ballots.models import Ballot
from projects.council.preparing import invitable
from projects.notify import FAMILY

KINDS = {
    "idea_balloted": "您提的项目代表投票通过了",
    "idea_ballot_tied": "您提的项目还要再投一次票",
}
DESK_KINDS = {
    "ballot_opened": "民生实事开始票决",
    "ballot_closed": "民生实事票决有结果了",
    "ballot_cancelled": "民生实事票决取消了",
}
_WORDS = ("subject", "station", "station_phone", "link", "receipt2")

kinds.link("ballot", lambda pk: reverse("projects_public:ballot", args=[pk]))
for _name, _title in KINDS.items():
    kinds.register(
        Kind(_name, _title, f"projects/notices/{_name}", (Channel.IN_SITE, Channel.SMS, Channel.WECHAT), words=_WORDS)
    )
for _name, _title in DESK_KINDS.items():
    kinds.register(
        Kind(
            _name, _title, f"projects/notices/{_name}", words=("subject", "title", "link"), family=FAMILY,
            pass_on=(Channel.EMAIL, Channel.WECOM, Channel.WECHAT),
        )
    )  # fmt: skip


def to_concerned(kind: str, ballot: Ballot, *, at: datetime) -> list[Draft]:
    """Tell the county's representatives who have an account, and the handlers of the units that build what is voted on.

    The same page says the same to all: the candidates, and once it is closed the numbers.
    """
    voters = invitable(None, ballot.region_id).exclude(user=None).order_by().values_list("user_id", flat=True)
    units = ballot.items.exclude(idea__work=None).values_list("idea__work__unit__code", flat=True)
    context: dict[str, Any] = {"title": ballot.title, "groups": [f"ballot:{ballot.pk}"]}
    return [
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{ballot.pk}:{user_id}", user_id=user_id, region_code=ballot.region_id,
            subject=f"ballot:{ballot.pk}", context=context,
        )
        for user_id in sorted({*voters, *(handler for unit in set(units) for handler in handlers_of(unit))})
    ]  # fmt: skip
