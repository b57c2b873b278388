"""App configuration of the opinion loop; registers its notice kinds and permissions when Django is ready."""

from importlib import import_module

from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    """The `opinions` app."""

    name = "opinions"
    verbose_name = "意见建议"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the permission table and the notice kinds, both of which register themselves on import."""
        import_module("opinions.rules")
        import_module("opinions.notify")
