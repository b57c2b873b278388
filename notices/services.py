"""Writes on notices that are no delivery: reading, telling by telephone, the editable rules, texts and groups."""

from datetime import datetime, time

import rules
from django.db import transaction

from accounts import audit
from accounts.models import User
from core.fields import keyed_hash
from core.workflow import BadInput, NotAllowed, WrongState
from notices import kinds, rules_cache, texts, wecom, words
from notices.channels import SendFailure
from notices.drafts import BINDING
from notices.kinds import Kind
from notices.models import DeliveryRules, GroupRobot, Notice, NoticeText, WechatBinding
from notices.states import State


def mark_read(user: User, notice_id: int, *, at: datetime) -> Notice:
    """Mark one of his own in-site notices as read; again is harmless. Raises Notice.DoesNotExist for another's."""
    notice = Notice.objects.inbox_of(user).get(pk=notice_id)
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


def mark_all_read(user: User, *, at: datetime) -> int:
    """Mark all his notices written up to `at` as read; returns how many were new."""
    return Notice.objects.inbox_of(user).unread().filter(created_at__lte=at).update(read_at=at)


@transaction.atomic
def mark_told(notice_id: int, *, actor: User, at: datetime, ip: str = "") -> Notice:
    """Record that the receiver of a parked message was told by telephone or in person; the matter's app hears of it.

    Raises Notice.DoesNotExist when it is out of the actor's sight, WrongState when it is no longer parked.
    """
    notice = Notice.objects.cared_for_by(actor).select_for_update(of=("self",)).get(pk=notice_id)
    if notice.state != State.PARKED:
        raise WrongState("这条通知已经不在搁置中，可能刚刚有人处理过。")
    notice.state, notice.told_at, notice.told_by = State.TOLD, at, actor
    notice.save(update_fields=["state", "told_at", "told_by"])
    kinds.tell(notice.subject, notice.kind, actor, at)
    audit.record("notice_told", actor=actor, at=at, subject=f"notice:{notice.pk}", ip=ip)
    return notice


@transaction.atomic
def change_rules(
    *, actor: User, at: datetime, quiet_from: time, quiet_until: time, max_attempts: int, erase_after_days: int,
    digest_at: time, digest_minutes: int, ip: str = "",
) -> DeliveryRules:  # fmt: skip
    """Store the delivery rules; waiting notices follow the new ones. Raises NotAllowed."""
    if not rules.has_perm("notices.change_deliveryrules", actor):
        raise NotAllowed("只有系统管理员可以修改发送规则。")
    values = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "max_attempts": max_attempts,
        "erase_after_days": erase_after_days,
        "digest_at": digest_at,
        "digest_minutes": digest_minutes,
    }
    row, _ = DeliveryRules.objects.update_or_create(only_row=True, defaults=values)
    transaction.on_commit(rules_cache.forget)
    detail = {name: str(value) for name, value in values.items()}
    audit.record("delivery_rules_changed", actor=actor, at=at, subject="delivery-rules", detail=detail, ip=ip)
    return row


@transaction.atomic
def change_text(kind: Kind, channel: str, text: str, *, actor: User, at: datetime, ip: str = "") -> NoticeText:
    """Store the county's own text. Raises NotAllowed, and BadInput with the first sentence about what is wrong."""
    _check_texts(actor)
    text = words.neat(text)
    if not text:
        raise BadInput("请写文字；想用原来的，请按“恢复原文”。", "text")
    if faults := texts.faults(kind, channel, text):
        raise BadInput(faults[0], "text")
    row, _ = NoticeText.objects.update_or_create(
        kind=kind.name, channel=channel, defaults={"text": text, "changed_at": at, "changed_by": actor}
    )
    transaction.on_commit(rules_cache.forget)
    detail = {"notice_kind": kind.title, "channel": row.get_channel_display(), "text": text}
    audit.record("notice_text_changed", actor=actor, at=at, subject=f"text:{kind.name}", detail=detail, ip=ip)
    return row


@transaction.atomic
def reset_text(kind: Kind, channel: str, *, actor: User, at: datetime, ip: str = "") -> None:
    """Go back to our own text; again is harmless. Raises NotAllowed."""
    _check_texts(actor)
    removed, _ = NoticeText.objects.filter(kind=kind.name, channel=channel).delete()
    if removed:
        transaction.on_commit(rules_cache.forget)
        detail = {"notice_kind": kind.title, "channel": channel}
        audit.record("notice_text_reset", actor=actor, at=at, subject=f"text:{kind.name}", detail=detail, ip=ip)


def _check_texts(actor: User) -> None:
    if not rules.has_perm("notices.change_noticetext", actor):
        raise NotAllowed("只有县人大的工作人员可以修改通知文字。")


@transaction.atomic
def save_group(robot: GroupRobot, *, actor: User, at: datetime, ip: str = "") -> GroupRobot:
    """Store a group's robot, new or changed. Raises NotAllowed."""
    _check_groups(actor)
    is_new = robot.pk is None
    if is_new:
        robot.created_at = at
    robot.save()
    action = "group_robot_added" if is_new else "group_robot_changed"
    audit.record(action, actor=actor, at=at, subject=f"group:{robot.pk}", detail={"group": robot.place}, ip=ip)
    return robot


@transaction.atomic
def remove_group(robot_id: int, *, actor: User, at: datetime, ip: str = "") -> None:
    """Forget a group's robot and its address. Raises NotAllowed, GroupRobot.DoesNotExist when out of sight."""
    _check_groups(actor)
    robot = GroupRobot.objects.visible_to(actor).get(pk=robot_id)
    audit.record(
        "group_robot_removed", actor=actor, at=at, subject=f"group:{robot.pk}", detail={"group": robot.place}, ip=ip
    )
    robot.delete()


def try_group(robot_id: int, *, actor: User, at: datetime) -> None:
    """Post a line into a group to see whether it arrives. Raises NotAllowed, WrongState with the failure's sentence."""
    _check_groups(actor)
    robot = GroupRobot.objects.visible_to(actor).get(pk=robot_id)
    try:
        wecom.take_turn(robot.pk, at)
        wecom.post(robot.address, "**试一试**\n人大代表联络站的通知会发到这个群。")
    except SendFailure as failure:
        raise WrongState(f"没有发成：{failure.sentence}") from failure


def _check_groups(actor: User) -> None:
    if not rules.has_perm("notices.change_grouprobot", actor):
        raise NotAllowed("只有县人大的工作人员可以管理群机器人。")


def bind_wechat(openid: str, *, at: datetime, user: User | None = None, phone: str = "") -> WechatBinding:
    """Remember somebody's account of the official account; a newer one takes the place of the old."""
    whose = {"user": user} if user else {"phone_hash": keyed_hash(phone, BINDING)}
    row, _ = WechatBinding.objects.update_or_create(**whose, defaults={"openid": openid, "bound_at": at})
    return row
