"""Writes on notices that are no delivery: reading, and the editable rules."""

from datetime import datetime, time

import rules
from django.db import transaction

from accounts import audit
from accounts.models import User
from core.workflow import NotAllowed
from notices import rules_cache
from notices.models import DeliveryRules, Notice


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
def change_rules(
    *, actor: User, at: datetime, quiet_from: time, quiet_until: time, max_attempts: int, erase_after_days: int,
    ip: str = "",
) -> DeliveryRules:  # fmt: skip
    """Store the delivery rules; waiting notices follow the new ones. Raises NotAllowed."""
    if not rules.has_perm("notices.change_deliveryrules", actor):
        raise NotAllowed("只有系统管理员可以修改发送规则。")
    values = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "max_attempts": max_attempts,
        "erase_after_days": erase_after_days,
    }
    row, _ = DeliveryRules.objects.update_or_create(only_row=True, defaults=values)
    transaction.on_commit(rules_cache.forget)
    detail = {name: str(value) for name, value in values.items()}
    audit.record("delivery_rules_changed", actor=actor, at=at, subject="delivery-rules", detail=detail, ip=ip)
    return row
