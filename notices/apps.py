"""The app's entry in INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register

ACTIONS = {
    "delivery_rules_changed": "修改发送规则",
    "notice_retried": "重发搁置的通知",
    "notices_retried": "重发全部搁置的通知",
    "notice_told": "没发出去的通知已打电话告知",
    "notice_text_changed": "修改通知文字",
    "notice_text_reset": "恢复通知原文",
    "group_robot_added": "添加群机器人",
    "group_robot_changed": "修改群机器人",
    "group_robot_removed": "移除群机器人",
}


class NoticesConfig(AppConfig):
    """The outbox and its channels."""

    name = "notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the texts checked at start-up, and name the audit's actions."""
        checks = import_module("notices.checks")
        register(checks.check_texts)
        register(checks.check_gateways)
        audit = import_module("accounts.audit")
        for action, label in ACTIONS.items():
            audit.name_action(action, label)
