"""App configuration of the rosters; registers notice kinds and permissions when Django is ready."""

from importlib import import_module

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """The `duties` app."""

    name = "duties"
    verbose_name = "值班"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the permission table and the notice kinds, which register themselves, and name the audit's actions."""
        import_module("duties.rules")
        import_module("duties.themes.rules")
        import_module("duties.commendations.rules")
        import_module("duties.notify")
        import_module("duties.commendations.notify")
        audit = import_module("accounts.audit")
        audit.name_action("duty_rules_changed", "修改值班规则")
