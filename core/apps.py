"""App configuration of the core package."""

from django.apps import AppConfig
from django.core.checks import register

from core.checks import check_keys


class CoreConfig(AppConfig):
    """Registers the package and the check of its keys."""

    name = "core"
    verbose_name = "基础数据"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with missing or unusable keys, rather than fail at the first message."""
        register(check_keys)
