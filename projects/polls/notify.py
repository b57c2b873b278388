"""Who at the desk is told of a poll and of what must be mended: keepers, county, the unit, representatives who may
still speak.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.workdays import day_words
from notices import kinds
from notices.kinds import Kind
from notices.outbox import Draft
from notices.states import Channel
from opinions.notify import county_staff_of, handlers_of
from projects.notify import FAMILY
from projects.polls.models import Poll
from projects.works.models import Work

KINDS = {
    "poll_closed": "一次满意度测评到期结束了",
    "poll_to_close": "满意度测评到期了，请来结束",
    "poll_waits": "请您评一件办完的民生实事",
    "rectify_wanted": "民生实事大家不够满意，请整改",
    "rectify_moved": "整改的日子往后改了",
    "rectify_soon": "民生实事的整改快到期了",
    "rectify_late": "民生实事的整改超期了",
    "rectify_reported": "民生实事整改好了",
}
_OUTSIDE = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)

kinds.link("poll", lambda pk: reverse("projects:poll", args=[pk]))
for _name, _title in KINDS.items():
    kinds.register(
        Kind(
            _name, _title, f"projects/notices/{_name}", words=("subject", "title", "link"), family=FAMILY,
            pass_on=_OUTSIDE,
        )
    )  # fmt: skip


def closed_by_the_clock(poll: Poll, *, at: datetime) -> list[Draft]:
    """Tell whoever looks after it that a poll has ended by itself."""
    return _drafts("poll_closed", poll, _keepers(poll), at, subject=f"poll:{poll.pk}")


def to_close(poll: Poll, *, at: datetime, tag: str) -> list[Draft]:
    """Ask for somebody who counts the slips that are left; once for each tag."""
    told = {*_keepers(poll), *county_staff_of(poll.idea.region_id)}
    return _drafts("poll_to_close", poll, told, at, subject=f"poll:{poll.pk}", tag=tag)


def to_representatives(poll: Poll, user_ids: Iterable[int], *, at: datetime) -> list[Draft]:
    """Ask representatives to speak, once in a poll."""
    what = f"评到 {day_words(poll.closes_on)}"
    return _drafts("poll_waits", poll, user_ids, at, subject=f"poll:{poll.pk}", what=what, groups=())


def to_unit(kind: str, poll: Poll, *, at: datetime) -> list[Draft]:
    """Tell the unit that built it until when to mend; once for each day it is given."""
    unit = Work.objects.filter(pk=poll.idea_id).values_list("unit__code", flat=True).first()
    told = handlers_of(unit) if unit else []
    groups = [f"unit:{unit}"]
    subject = f"work:{poll.idea_id}"
    return _drafts(kind, poll, told, at, subject=subject, tag=_day_tag(poll), what=_until(poll), groups=groups)


def to_county(kind: str, poll: Poll, *, at: datetime, but: Any = None) -> list[Draft]:
    """Tell the county committee's staff of the mending; not whoever reported it himself."""
    told = [user_id for user_id in county_staff_of(poll.idea.region_id) if but is None or user_id != but.pk]
    what = _until(poll) if kind == "rectify_late" else ""
    return _drafts(kind, poll, told, at, subject=f"poll:{poll.pk}", tag=_day_tag(poll), what=what)


def _keepers(poll: Poll) -> set[int]:
    """Return who opened it, and the contact of the station, or the county's staff where no station has it."""
    station = poll.idea.station
    above = [station.contact_id] if station and station.contact_id else county_staff_of(poll.idea.region_id)
    return {poll.opened_by_id, *above}


def _until(poll: Poll) -> str:
    return f"{day_words(poll.rectify_by)}以前" if poll.rectify_by else ""


def _day_tag(poll: Poll) -> str:
    return f"{poll.rectify_by:%Y%m%d}" if poll.rectify_by else ""


def _drafts(
    kind: str,
    poll: Poll,
    user_ids: Iterable[int],
    at: datetime,
    *,
    subject: str,
    tag: str = "",
    what: str = "",
    groups: Sequence[str] | None = None,
) -> list[Draft]:
    idea = poll.idea
    title, county = f"{idea.named}（{what}）" if what else idea.named, [f"county:{idea.region_id[:6]}"]
    context: dict[str, Any] = {"title": title, "groups": list(county if groups is None else groups)}
    return [
        Draft(
            kind=kind, at=at, dedupe=f"{kind}:{poll.pk}:{user_id}:{tag}", user_id=user_id, region_code=idea.region_id,
            station_code=idea.station.code if idea.station else "", subject=subject, context=context,
        )
        for user_id in sorted(user_ids)
    ]  # fmt: skip
