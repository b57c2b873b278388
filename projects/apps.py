"""App configuration of the livelihood projects; registers notice kinds and permissions when Django is ready."""

from importlib import import_module

from django.apps import AppConfig

ACTIONS = {
    "campaign_opened": "开民生实事大家谈",
    "campaign_changed": "修改民生实事大家谈",
    "proposer_revealed": "看提议人的姓名和电话",
    "ideas_exported": "导出民生实事储备库",
    "poll_rule_changed": "改民生实事评议的数",
    "council_planned": "筹备民生议事会",
    "council_opened": "开民生议事会",
    "council_closed": "公布民生议事会结果",
    "scores_entered": "登记纸质打分",
    "yearly_list_imported": "导入年度清单",
    "ballot_opened": "开始票决",
    "ballot_printed": "印票决的票",
    "ballot_discarded": "不计没对上的纸票",
    "ballot_closed": "公布票决结果",
    "ballot_cancelled": "取消票决",
    "ballot_exported": "导出票决结果报告单",
    "list_exported": "导出提交政府的清单",
    "works_exported": "导出年度民生实事清单",
}

LOADED = (
    "rules",
    "notify",
    "links",
    "council.rules",
    "council.notify",
    "works.notify",
    "polls.notify",
    "ballots.rules",
    "ballots.notify",
)


class ProjectsConfig(AppConfig):
    """The `projects` app."""

    name = "projects"
    verbose_name = "民生实事"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what registers itself: permissions, notice kinds, the link on a matter's page, the way of a receipt."""
        for name in LOADED:
            import_module(f"projects.{name}")
        audit = import_module("accounts.audit")
        for action, label in ACTIONS.items():
            audit.name_action(action, label)
