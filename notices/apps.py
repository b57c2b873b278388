"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The outbox and its channels."""

    name = "notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"
