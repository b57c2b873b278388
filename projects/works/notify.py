"""Who is told of a project that is being built: the unit, the county, and everybody who had wished for it."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from core.workdays import day_words
from notices import kinds
from notices.kinds import Kind
from notices.outbox import Draft
from notices.states import Channel
from opinions.notify import county_staff_of, handlers_of
from projects.models import ProjectIdea
from projects.notify import FAMILY, to_proposers, to_seconders
from projects.works.models import Milestone, Work

PEOPLE_KINDS = {
    "work_adopted": "您提的项目列入了年度",
    "work_started": "您提的项目开工了",
    "work_completed": "您提的项目完工了",
}
DESK_KINDS = {
    "work_given": "有一个民生实事项目由您单位来办",
    "work_report_wanted": "该报这个月的进度了",
    "work_milestone_soon": "民生实事的节点快到了",
    "work_slipped": "民生实事的节点拖期了",
    "work_inspected": "代表视察提出了问题",
}
_OUTSIDE = (Channel.EMAIL, Channel.WECOM, Channel.WECHAT)
_WORDS = ("subject", "title", "station", "station_phone", "link", "receipt2")

kinds.link("work", lambda pk: reverse("projects:work", args=[pk]))
for _name, _title in PEOPLE_KINDS.items():
    kinds.register(
        Kind(_name, _title, f"projects/notices/{_name}", (Channel.IN_SITE, Channel.SMS, Channel.WECHAT), words=_WORDS)
    )
for _name, _title in DESK_KINDS.items():
    kinds.register(
        Kind(
            _name, _title, f"projects/notices/{_name}", words=("subject", "title", "link"), family=FAMILY,
            pass_on=_OUTSIDE,
        )
    )  # fmt: skip


def to_all(kind: str, idea: ProjectIdea, *, at: datetime) -> list[Draft]:
    """Tell everybody whose idea or matter led to it, and each who seconded it and left a telephone."""
    return to_proposers(kind, idea, at=at) + to_seconders(kind, idea, at=at)


def to_unit(kind: str, work: Work, *, at: datetime, tag: str = "", what: str = "") -> list[Draft]:
    """Tell the handlers of the unit that builds it; `tag` makes a notice of one month or milestone one."""
    return [
        _draft(kind, work, user_id, at, tag or f"{at:%Y%m%d%H%M%S%f}", what) for user_id in handlers_of(work.unit.code)
    ]


def to_county(kind: str, work: Work, *, at: datetime, tag: str, what: str = "") -> list[Draft]:
    """Tell the county committee's staff."""
    return [_draft(kind, work, user_id, at, tag, what) for user_id in county_staff_of(work.idea.region_id)]


def step_words(step: Milestone, day: date) -> str:
    """Say which milestone is meant, and its day."""
    return f"{step.title}（{day_words(day)}）"


def _draft(kind: str, work: Work, user_id: int, at: datetime, tag: str, what: str) -> Draft:
    idea = work.idea
    title = f"{idea.named}：{what}" if what else idea.named
    context: dict[str, Any] = {"title": title, "groups": [f"unit:{work.unit.code}"]}
    return Draft(
        kind=kind, at=at, dedupe=f"{kind}:{work.pk}:{user_id}:{tag}", user_id=user_id, region_code=idea.region_id,
        station_code=idea.station.code if idea.station else "", subject=f"work:{work.pk}", context=context,
    )  # fmt: skip
