"""App configuration of the opinion loop; registers its notice kinds and permissions when Django is ready."""

from importlib import import_module

from django.apps import AppConfig

ACTIONS = {
    "identity_revealed": "看群众的姓名和电话",
    "book_photo_seen": "看抄完的民情收集簿照片",
    "deadline_rule_changed": "修改期限规则",
    "messages_imported": "导入留言",
    "calendar_imported": "导入放假安排",
    "calendar_day_added": "工作日历加一天",
    "calendar_day_removed": "工作日历删一天",
    "paper_replaced": "换文书模板",
    "paper_reset": "换回原来的文书模板",
    "ledger_exported": "导出台账",
    "posts_exported": "导出服务岗记录",
    "ledger_imported": "导入旧台账",
    "answers_imported": "成批答复",
}


class OpinionsConfig(AppConfig):
    """The `opinions` app."""

    name = "opinions"
    verbose_name = "意见建议"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the permission table and the notice kinds, which register themselves, and name the audit's actions."""
        import_module("opinions.rules")
        import_module("opinions.notify")
        import_module("opinions.told")
        import_module("opinions.posts.rules")
        import_module("opinions.receptions.rules")
        import_module("opinions.records.rules")
        import_module("opinions.records.notify")
        import_module("opinions.suggestions.rules")
        import_module("opinions.suggestions.notify")
        audit = import_module("accounts.audit")
        for action, label in ACTIONS.items():
            audit.name_action(action, label)
