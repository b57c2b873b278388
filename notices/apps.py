"""The app's entry in INSTALLED_APPS."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register

from notices.checks import check_texts

ACTIONS = {"delivery_rules_changed": "修改发送规则", "notice_retried": "重发搁置的通知"}


class NoticesConfig(AppConfig):
    """The outbox and its channels."""

    name = "notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the texts checked at start-up, and name the audit's actions."""
        register(check_texts)
        audit = import_module("accounts.audit")
        for action, label in ACTIONS.items():
            audit.name_action(action, label)
