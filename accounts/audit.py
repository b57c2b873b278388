"""Writing the audit log. Reading it is `AuditEntry.objects.visible_to`."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from accounts.models import AuditEntry, Role, User

# What a line is called on the page. An app on the right adds its own with `name_action` when it is ready, so that the
# list is whole in every process, whichever pages it has loaded.
ACTIONS: dict[str, str] = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_in_locked": "登录被锁定",
    "sign_out": "退出",
    "session_expired": "超时自动退出",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "user_created": "新建账号",
    "user_disabled": "停用账号",
    "user_enabled": "启用账号",
    "user_unlocked": "解除锁定",
    "role_granted": "授予角色",
    "role_revoked": "收回角色",
    "second_factor_enrolled": "绑定动态口令",
    "second_factor_passed": "通过动态口令",
    "second_factor_failed": "动态口令错误",
    "second_factor_reset": "解除动态口令绑定",
    "audit_exported": "导出审计记录",
}

_DETAIL_NAMES = {
    "role": "角色",
    "scope": "范围",
    "region_code": "区划",
    "station_code": "站点",
    "unit_code": "单位",
    "username": "用户名",
    "filters": "条件",
    "reason": "事由",
    "what": "做了什么",
    "step": "环节",
    "kind": "事项类别",
    "working_days": "工作日数",
    "category": "类别",
    "days": "几天",
    "from": "从哪天",
    "until": "到哪天",
    "source": "依据",
    "before": "原来",
    "quiet_from": "安静时段开始",
    "quiet_until": "安静时段结束",
    "max_attempts": "最多尝试次数",
    "erase_after_days": "保存天数",
    "digest_at": "早上提醒时刻",
    "digest_minutes": "合并等待分钟",
    "notice_kind": "通知",
    "channel": "渠道",
    "text": "文字",
    "group": "群",
    "count": "条数",
}


def name_action(action: str, label: str) -> None:
    """Register the Chinese name of an `action` for the audit page; again with the same label is harmless."""
    ACTIONS[action] = label


def record(
    action: str,
    *,
    actor: Any,
    at: datetime,
    subject: str,
    detail: dict[str, Any] | None = None,
    ip: str = "",
) -> AuditEntry:
    """Append one line, in the caller's transaction.

    `actor` is a User, or None (or an anonymous visitor) for the system; `subject` is such as "opinion:12".
    `detail` must hold no personal data.
    """
    person = actor if isinstance(actor, User) else None
    return AuditEntry.objects.create(
        action=action, actor=person, at=at, subject=subject[:120], detail=detail or {}, ip=ip[:45]
    )


def in_words(entry: AuditEntry) -> list[tuple[str, str]]:
    """The detail of a line as pairs of Chinese name and value; unknown names stay as they are."""
    labels = dict(Role.choices)
    return [(_DETAIL_NAMES.get(name, name), str(labels.get(value, value)) if isinstance(value, str) else str(value))
            for name, value in entry.detail.items()]  # fmt: skip


def address_of(request: HttpRequest) -> str:
    """The caller's network address as the web server saw it."""
    return str(request.META.get("REMOTE_ADDR") or "")[:45]
