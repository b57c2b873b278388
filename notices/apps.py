"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig
from django.core.checks import register

from notices.checks import check_texts


class NoticesConfig(AppConfig):
    """The outbox and its channels."""

    name = "notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the texts checked at start-up."""
        register(check_texts)
