"""Who is told of what: the notice kinds of the loop, and drafts of notices for the people they concern.

Texts live in `templates/opinions/notices/`. Nothing here sends; `notices.outbox` writes the rows in the verb's own
transaction and delivery follows after commit.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, RoleGrant
from notices import kinds
from notices.outbox import Draft
from opinions import notice_words
from opinions.models import Opinion

STAFF_KINDS = {
    "opinion_received": "收到一条新意见",
    "opinion_assigned": "有一件事交给您单位办",
    "opinion_returned": "单位申请退回",
    "opinion_return_decided": "退回申请有了结果",
    "opinion_extension_asked": "单位申请延期",
    "opinion_extension_decided": "延期申请有了结果",
    "opinion_part_given": "协办单位交了意见",
    "opinion_pressed": "有人催办",
    "opinion_unmerged": "并在一起的事拆开了",
    "opinion_referred": "站点提请县里交办",
    "opinion_replied": "单位已答复，等您审核",
    "opinion_rejected": "答复被退回，请补充",
    "opinion_dissatisfied": "群众不满意，重新办",
    "opinion_words_added": "群众补充了情况",
    "opinion_withdrawn": "群众撤回了",
    "opinion_taken_back": "交办已撤回",
    "opinion_due_soon": "期限快到了",
    "opinion_overdue": "已经超期",
    "opinion_unsigned": "过了签收时限还没签收",
    "supervision_yellow": "亮了黄牌",
    "supervision_red": "亮了红牌，要督办",
}
RESIDENT_KINDS = {
    "resident_received": "收到您的留言",
    "resident_accepted": "您说的事受理了",
    "resident_declined": "您说的事没有受理",
    "resident_assigned": "您说的事有单位在办了",
    "resident_merged": "您说的事和同一件事一起办",
    "resident_extended": "答复的日子延后了",
    "resident_explained": "代表给您写了几句话",
    "resident_fed_back": "您说的事有结果了",
    "resident_reminded": "请您看看办得怎么样",
    "resident_redo": "您不满意的事正在重新办",
    "resident_closed": "您说的事办结了",
    "resident_taken_back": "刚才告诉您的有变动",
    "resident_suggested": "代表为您说的事提的建议有答复了",
}
SECONDER_KINDS = {"seconder_told": "您附议的事有结果了"}
for _name, _title in STAFF_KINDS.items():
    kinds.register(kinds.Kind(_name, _title, f"opinions/notices/{_name}", **notice_words.to_staff(_name)))
for _name, _title in (RESIDENT_KINDS | SECONDER_KINDS).items():
    kinds.register(kinds.Kind(_name, _title, f"opinions/notices/{_name}", **notice_words.to_residents()))
kinds.link("opinion", lambda pk: reverse("opinions:detail", args=[pk]))


def subject_of(opinion: Opinion) -> str:
    """Return the notice subject that leads back to the matter."""
    return f"opinion:{opinion.pk}"


def to_users(kind: str, opinion: Opinion, users: Iterable[int], *, at: datetime, tag: str) -> list[Draft]:
    """Draft an in-site notice for each user id. `tag` names the occasion, so the same occasion is told once."""
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{opinion.pk}:{tag}:{user_id}",
            user_id=user_id,
            region_code=opinion.region_id,
            station_code=opinion.station.code,
            subject=subject_of(opinion),
            context=_context(opinion) | {"tag": tag, "groups": _groups(opinion)},
        )
        for user_id in dict.fromkeys(users)
    ]


def to_resident(kind: str, opinion: Opinion, *, at: datetime, tag: str) -> list[Draft]:
    """Draft a message to the resident, or nothing where no phone was left. The text carries the receipt, no name."""
    if not opinion.phone:
        return []
    return [
        Draft(
            kind=kind,
            at=at,
            dedupe=f"{kind}:{opinion.pk}:{tag}",
            phone=opinion.phone,
            region_code=opinion.region_id,
            station_code=opinion.station.code,
            subject=subject_of(opinion),
            context=_context(opinion) | {"path": reverse("resident:track", args=[opinion.receipt])},
        )
    ]


def to_seconders(opinion: Opinion, *, at: datetime, tag: str) -> list[Draft]:
    """Draft a message to each who seconded a published matter and left a phone. It leads to the public page."""
    if not opinion.seconds or not opinion.is_public:
        return []
    rows = opinion.secondings.exclude(phone_hash="").only("pk", "phone")
    context = {"path": f"/s/{opinion.station.code}/board/{opinion.merged_into_id or opinion.pk}/"}
    return [
        Draft(
            kind="seconder_told",
            at=at,
            dedupe=f"seconder_told:{row.pk}:{tag}",
            phone=row.phone,
            region_code=opinion.region_id,
            subject=subject_of(opinion),
            context=context,
        )
        for row in rows
        if row.phone
    ]


def _groups(opinion: Opinion) -> list[str]:
    """Name the WeCom groups that the matter concerns; who was told belongs to one of them."""
    units = [f"unit:{opinion.lead_unit.code}"] if opinion.lead_unit else []
    return [f"station:{opinion.station.code}", *units, f"county:{opinion.region_id[:6]}"]


def _context(opinion: Opinion) -> dict[str, Any]:
    due = opinion.reply_due_at
    day = timezone.localtime(due) if due else None
    return {
        "opinion_id": opinion.pk,
        "receipt": opinion.receipt,
        "title": opinion.title,
        "station": opinion.station.name,
        "station_phone": opinion.station.phone,
        "unit": opinion.lead_unit.short_name if opinion.lead_unit else "",
        "holder": opinion.lead_unit.short_name if opinion.lead_unit else "站点",
        "due": due.isoformat() if due else "",
        "due_part": f"，{day.month}月{day.day}日前答复" if day else "",
    }


def handlers_of(unit_code: str) -> list[int]:
    """Return the user ids of a unit's handlers."""
    grants = RoleGrant.objects.filter(role=Role.UNIT_HANDLER, unit_code=unit_code, revoked_at=None)
    return list(grants.values_list("user_id", flat=True))


def county_staff_of(region_code: str) -> list[int]:
    """Return the user ids of the county committee staff above a region code."""
    above = [region_code[:length] for length in (2, 4, 6)]
    grants = RoleGrant.objects.filter(role=Role.COUNTY_STAFF, revoked_at=None, region_code__in=above)
    return list(grants.values_list("user_id", flat=True))
